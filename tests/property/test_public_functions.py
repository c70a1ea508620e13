"""Any value for any argument of a public function: an answer, or a refusal that names the argument.

``make fuzz`` also tries many at once; EMISS_FUZZ sets how many calls of each function are tried.

The functions are those that docs/api.md lists; `public_calls` has a good call of each.
"""

from __future__ import annotations

import inspect
import os
import pkgutil
import random
import re
from pathlib import Path

import numpy as np
import pytest
from event_tables import layout, made_up
from hostile import answer_to, answer_with, hostile_values, numbers_in, random_value
from more_calls import further
from plot_calls import UNDRAWN, figures
from public_calls import INFINITE, lead, photon, processes, small_limit, surface
from room_calls import INFINITE as INFINITE_IN_ROOMS
from room_calls import of_rooms, small_likelihood

import emiss
import emiss.api
from emiss import read_curve
from emiss.analysis.blinding.skim import skim
from emiss.events.record import columns_of
from emiss.events.record.files import write_events
from emiss.events.signal.sample import sample_bosons
from emiss.events.signal.source import Source, emitters
from emiss.events.transport import Beam, Slab, Stack
from emiss.experiments.compiled import write_all
from emiss.ground.errors import EmissError
from emiss.presentation.export import load_limit, write_hepdata, write_results
from emiss.presentation.export.likelihood_file import load_likelihood, write_likelihood

API = Path(__file__).resolve().parents[2] / "docs/api.md"
CALLS = {**processes(), **surface()}


def places():
    for name, good in CALLS.items():
        for parameter in inspect.signature(pkgutil.resolve_name(name)).parameters.values():
            if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                start = good.get(parameter.name, parameter.default)
                yield pytest.param(name, parameter.name, start, id=f"{name[6:]}({parameter.name})")


@pytest.mark.parametrize(("name", "argument", "start"), list(places()))
def test_any_value_is_answered_or_refused_by_the_name_of_its_argument(name, argument, start):
    function, unclear = pkgutil.resolve_name(name), []
    for label, value in hostile_values(start).items():
        try:
            answer_to(function, CALLS[name], argument, value, infinite=name in INFINITE)
        except AssertionError as error:
            unclear.append(f"{label}: {error}")
    assert not unclear, "\n".join(unclear)


SIMULATED = {
    "acceptance", "analyse", "backgrounds", "cutflow", "ecal_response", "generate",
    "hcal_response", "optimise", "punch_through", "shape", "simulate", "skim", "unblind",
}  # fmt: skip
"""Functions that simulate or work on files of events: guarded as well, tried in test_surface."""


def test_every_function_of_the_surface_is_tried():
    functions = {n for n in emiss.api.__all__ if inspect.isfunction(getattr(emiss.api, n))}
    tried = {name.removeprefix("emiss.api.") for name in CALLS}
    assert functions - tried == SIMULATED & functions
    for name in functions:
        assert hasattr(getattr(emiss.api, name), "__wrapped__"), f"{name} has no guards"


def test_every_figure_is_tried():
    assert set(figures()) == set(emiss.plots.__all__)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", emiss.plots.__all__)
def test_any_value_is_drawn_or_refused_by_figures(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a text may be taken as a path to write to
    function, good = figures()[name]
    if name not in UNDRAWN:
        assert function(**good) is not None
    for argument in good:
        for label, value in hostile_values(good[argument]).items():
            try:
                found = answer_to(function, good, argument, value)
            except AssertionError as error:
                raise AssertionError(f"{argument}, {label}: {error}") from error
            assert found is None or name not in UNDRAWN, f"{label} is drawn"


@pytest.mark.parametrize("name", further())
def test_any_value_is_answered_or_refused_by_functions_for_checks(name):
    function, good = further()[name]
    assert function(**good) is not None
    for argument in good:
        for label, value in hostile_values(good[argument]).items():
            try:
                answer_to(function, good, argument, value)
            except AssertionError as error:
                raise AssertionError(f"{argument}, {label}: {error}") from error


@pytest.mark.parametrize("name", of_rooms())
def test_any_value_is_answered_or_refused_in_the_rooms(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a text may be taken as a path
    function, good = of_rooms()[name]
    infinite, unclear = name in INFINITE_IN_ROOMS, []
    assert function(**good) is not None
    for argument in good:
        for label, value in hostile_values(good[argument]).items():
            try:
                answer_to(function, good, argument, value, infinite=infinite)
            except AssertionError as error:
                unclear.append(f"{argument}, {label}: {error}")
    assert not unclear, "\n".join(unclear)


@pytest.fixture(scope="module")
def methods(tmp_path_factory):
    """Methods of results, and readers of files, with a good call of each."""
    folder = tmp_path_factory.mktemp("results")
    curve = folder / "c.csv"
    curve.write_text("mass [MeV],epsilon\n1,1e-5\n10,1e-4\n", "utf-8")
    limit, shower = small_limit(), emiss.tracks(energy=20.0, min_energy=5.0)
    limit.save(folder / "saved")
    write_likelihood(small_likelihood(), folder / "likelihood.json")
    events = folder / "events.parquet"
    write_events(made_up(12, 1), columns_of(layout()), events, "parquet")
    return {
        "read_curve": (emiss.read_curve, {"path": curve, "column": "epsilon"}),
        "load": (emiss.Limit.load, {"path": folder / "saved"}),
        "at": (limit.at, {"mass": 0.05}),
        "export": (limit.export, {"form": "bibtex"}),
        "to_pyhf": (limit.to_pyhf, {"mass": 0.01}),
        "save": (limit.save, {"directory": folder / "saved"}),
        "above": (shower.above, {"energy": [6.0, 7.0], "particle": "e-"}),
        "histogram": (shower.histogram, {"particle": "e-", "bins": 12}),
        "load_limit": (load_limit, {"path": folder / "saved"}),
        "write_results": (
            write_results,
            {"limit": limit, "directory": folder / "written", "overlays": [read_curve(curve)],
             "thermal_lines": [read_curve(curve)], "figures": False, "html": False,
             "beside": [limit]},
        ),
        "write_hepdata": (
            write_hepdata,
            {"limit": limit, "directory": folder / "hepdata", "figures": {"limit.png": "a limit"}},
        ),
        "write_likelihood": (
            write_likelihood,
            {"likelihood": small_likelihood(), "path": folder / "likelihood.json"},
        ),
        "load_likelihood": (load_likelihood, {"path": folder / "likelihood.json"}),
        "write_all": (write_all, {"load": lambda path: None}),
        "skim": (
            skim, {"path": events, "layout": layout(), "destination": folder / "skimmed.parquet"},
        ),
        "sample_bosons": (
            sample_bosons,
            {"stack": Stack((Slab(lead(), 1.0),)), "beam": Beam("e-", 100.0), "showers": 5,
             "source": Source(photon(), 0.01, 20.0, 110.0),
             "used": emitters(("bremsstrahlung",)), "seed": 1, "chunk": 0, "settings": None},
        ),
    }  # fmt: skip


OF_FILES = (
    *("read_curve", "load", "at", "export", "to_pyhf", "save", "above", "histogram", "load_limit"),
    *("write_results", "write_hepdata", "write_likelihood", "load_likelihood", "write_all", "skim"),
    "sample_bosons",
)


@pytest.mark.parametrize("name", OF_FILES)
def test_any_value_is_answered_or_refused_by_methods_and_readers(
    name, methods, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)  # a text may be taken as a path to write to
    method, good = methods[name]
    for argument in good:
        for label, value in hostile_values(good[argument]).items():
            try:
                answer_to(method, good, argument, value)
            except AssertionError as error:
                raise AssertionError(f"{argument}, {label}: {error}") from error


MADE_BY_FUNCTIONS = {
    "Analysis", "AcceptanceTable", "BackgroundTable", "Campaign", "Excess", "Limit", "Model",
    "Presentable", "ScanResult", "SignalYield", "SimplifiedLikelihood", "ToyCls", "ToyLimit",
    "TrackLengths", "VerdictReport",
}  # fmt: skip
"""Classes of results, and those to derive from: nobody fills them by hand."""
ELSEWHERE = {"Histogram": "test_refinement", "TextTable": "test_shown", "explore": "test_explore"}


def bare(thing):
    """A function without its guards, of a method that of its class."""
    thing = getattr(thing, "__func__", thing)
    while hasattr(thing, "__wrapped__"):
        thing = thing.__wrapped__
    return thing


@pytest.mark.skipif(not API.is_file(), reason="needs a checkout")
def test_everything_that_is_documented_is_tried(methods):
    calls = [*every_call().values(), *methods.values(), *figures().values()]
    tried = {bare(function) for function, _ in calls} | {
        bare(getattr(emiss.plots, name)) for name in figures()
    }
    known = SIMULATED | MADE_BY_FUNCTIONS | set(ELSEWHERE)
    for path in re.findall(r"auto(?:function|class|method):: (\S+)", API.read_text("utf-8")):
        if path.rpartition(".")[2] not in known:
            assert bare(pkgutil.resolve_name(path)) in tried, f"{path} is not tried"


@pytest.mark.parametrize("name", CALLS)
def test_good_calls_are_answered(name):
    function = pkgutil.resolve_name(name)
    for argument, value in CALLS[name].items():
        assert (
            answer_to(function, CALLS[name], argument, value, infinite=name in INFINITE) is not None
        )


LONG = int(os.environ.get("EMISS_FUZZ") or 0)


def every_call():
    """All functions that are tried, with a good call of each."""
    calls = {name: (pkgutil.resolve_name(name), good) for name, good in CALLS.items()}
    return calls | further() | of_rooms()


def rows():
    """Functions with a good call of which some arguments are rows of numbers, and these."""
    for name, (function, good) in every_call().items():
        empty = {a: [] for a, v in good.items() if isinstance(v, list) and isinstance(v[0], float)}
        if empty:
            yield pytest.param(function, good, empty, id=name)


@pytest.mark.parametrize("name", every_call())
def test_any_values_together_are_answered_or_refused(name, tmp_path, monkeypatch):
    """Numbers of any size beside hostile ones: what one guard alone does not see."""
    monkeypatch.chdir(tmp_path)
    function, good = every_call()[name]
    infinite = name in INFINITE or name in INFINITE_IN_ROOMS
    for seed in range(LONG // 20 or 3):
        dice = random.Random(f"{name} {seed}")
        changed = dice.sample(list(good), min(len(good), dice.choice((1, 2, 2, 3)))) if good else []
        changes = {argument: random_value(good[argument], dice) for argument in changed}
        try:
            answer_with(function, good, changes, infinite=infinite)
        except AssertionError as error:
            if "does not name" not in str(error):
                raise AssertionError(f"seed {seed}, {changes}: {error}") from error


OF_A_CURVE = {"masses", "masses_chi", "values", "limit", "upper_edge"}
"""Masses of a limit or line, and its couplings: at least one is asked for."""
LOOKED_UP = {"table_line", "at", "uncertainty_at", "of_process"}
"""Tables that are looked up at masses, as many as there are."""


@pytest.mark.parametrize(("function", "good", "empty"), list(rows()))
def test_rows_without_a_number_give_results_without_one(function, good, empty):
    of_a_yield = type(getattr(function, "__self__", None)).__name__ == "SignalYield"
    if of_a_yield or (OF_A_CURVE.intersection(empty) and function.__name__ not in LOOKED_UP):
        with pytest.raises(EmissError):
            function(**{**good, **empty})
        return
    arrays = [a for a in numbers_in(function(**{**good, **empty})) if a.ndim]
    assert arrays
    assert all(array.size == 0 for array in arrays)


@pytest.mark.parametrize("name", CALLS)
def test_a_number_given_three_times_is_answered_three_times_alike(name):
    function = pkgutil.resolve_name(name)
    for argument, good in CALLS[name].items():
        if isinstance(good, list) and isinstance(good[0], float):
            if argument in ("masses", "values"):
                continue  # given twice, they are refused
            found = function(**{**CALLS[name], argument: [good[0]] * 3})
            arrays = [v for v in np.atleast_1d(found) if isinstance(v, np.ndarray)] or [found]
            for array in arrays:
                if isinstance(array, np.ndarray):
                    assert 3 in array.shape
                    assert np.unique(array).size == 1
