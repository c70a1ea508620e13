"""Any value for any argument of a public function: an answer, or a refusal that names the argument.

The functions are those that docs/api.md lists; `public_calls` has a good call of each.
"""

from __future__ import annotations

import inspect
import pkgutil

import numpy as np
import pytest
from hostile import answer_to, hostile_values, numbers_in
from more_calls import further
from plot_calls import UNDRAWN, figures
from public_calls import INFINITE, processes, small_limit, surface

import emiss
import emiss.api
from emiss.ground.errors import EmissError

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


@pytest.fixture(scope="module")
def methods(tmp_path_factory):
    """Methods of results, and readers of files, with a good call of each."""
    folder = tmp_path_factory.mktemp("results")
    curve = folder / "c.csv"
    curve.write_text("mass [MeV],epsilon\n1,1e-5\n10,1e-4\n", "utf-8")
    limit, shower = small_limit(), emiss.tracks(energy=20.0, min_energy=5.0)
    limit.save(folder / "saved")
    return {
        "read_curve": (emiss.read_curve, {"path": curve, "column": "epsilon"}),
        "load": (emiss.Limit.load, {"path": folder / "saved"}),
        "at": (limit.at, {"mass": 0.05}),
        "export": (limit.export, {"form": "bibtex"}),
        "to_pyhf": (limit.to_pyhf, {"mass": 0.01}),
        "save": (limit.save, {"directory": folder / "saved"}),
        "above": (shower.above, {"energy": [6.0, 7.0], "particle": "e-"}),
        "histogram": (shower.histogram, {"particle": "e-", "bins": 12}),
    }


@pytest.mark.parametrize(
    "name", ["read_curve", "load", "at", "export", "to_pyhf", "save", "above", "histogram"]
)
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


@pytest.mark.parametrize("name", CALLS)
def test_good_calls_are_answered(name):
    function = pkgutil.resolve_name(name)
    for argument, value in CALLS[name].items():
        assert (
            answer_to(function, CALLS[name], argument, value, infinite=name in INFINITE) is not None
        )


def rows():
    """Functions with a good call of which some arguments are rows of numbers, and these."""
    calls = {name: (pkgutil.resolve_name(name), good) for name, good in CALLS.items()} | further()
    for name, (function, good) in calls.items():
        empty = {a: [] for a, v in good.items() if isinstance(v, list) and isinstance(v[0], float)}
        if empty:
            yield pytest.param(function, good, empty, id=name)


OF_A_CURVE = {"masses", "values", "limit", "upper_edge"}
"""Masses of a limit or line, and its couplings: at least one is asked for."""


@pytest.mark.parametrize(("function", "good", "empty"), list(rows()))
def test_rows_without_a_number_give_results_without_one(function, good, empty):
    if OF_A_CURVE.intersection(empty) and function.__name__ != "table_line":
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
