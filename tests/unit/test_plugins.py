"""One of everything from another package: found, read, used, and left out with a word if broken."""

from __future__ import annotations

import sys
import textwrap
import warnings

import numpy as np
import pytest
from closeness import close

from emiss import backgrounds, experiments, limit, materials, models
from emiss.analysis.backgrounds import sources
from emiss.analysis.reconstruction import columns_needed, reconstruct
from emiss.events.chain import steps
from emiss.events.produce import make_job, produce
from emiss.experiments import catalogues, loader
from emiss.ground.discovery import discover
from emiss.ground.errors import (
    ArgumentError,
    EmissError,
    ExperimentFileError,
    PluginWarning,
    UnknownNameError,
)
from emiss.physics.materials import registry as material_registry

INSIDE = '''
    """A model, a material, a kind of element and a mode."""

    from dataclasses import dataclass, replace
    from typing import ClassVar

    from emiss.experiments import modes
    from emiss.experiments.elements import Detector, Element
    from emiss.experiments.fields import count, number
    from emiss.ground.quantity import Quantity
    from emiss.physics.materials import Component, Material, element
    from emiss.physics.models import BMinusL

    BOSON = BMinusL()
    BRASS = Material("brass", 8.5, (Component(element("Cu"), 0.7), Component(element("Zn"), 0.3)))


    @dataclass(frozen=True, slots=True, kw_only=True)
    class Cherenkov(Element):
        """A Cherenkov counter."""

        kind: ClassVar[str] = "cherenkov"
        measures: ClassVar[dict[str, str]] = {"light": "", "energy": "GeV"}

        rings: int = count("rings")
        threshold_angle: Quantity | None = number("angle", "below which it is dark")


    CHERENKOV = Detector("cherenkov", Cherenkov, {"particle-ring": "ring of light of the beam"})


    def _setup(layout):
        setup = modes()["missing-energy"].setup(layout)
        return replace(setup, min_missing_energy=2.0 * setup.min_missing_energy - 20.0)


    MODE = replace(
        modes()["missing-energy"],
        name="twice-missing",
        setup=_setup,
        title="of another package",
        roles=("target", "watch"),
        own_roles={"watch": "counter that watches the dump"},
    )
'''
DERIVED = '''
    """Kinds of element that are derived from ours."""

    from dataclasses import dataclass
    from typing import ClassVar

    from emiss.experiments.elements import Detector
    from emiss.experiments.elements.calorimeter import Calorimeter
    from emiss.experiments.elements.counter import Counter
    from emiss.experiments.fields import number
    from emiss.ground.quantity import Quantity


    @dataclass(frozen=True, slots=True, kw_only=True)
    class Crystal(Calorimeter):
        """A calorimeter of crystals."""

        kind: ClassVar[str] = "crystal"
        drift: Quantity | None = number("fraction", "of the light per degree")


    @dataclass(frozen=True, slots=True, kw_only=True)
    class Strip(Counter):
        """A strip."""

        kind: ClassVar[str] = "strip"


    CRYSTAL, STRIP = Detector("crystal", Crystal), Detector("strip", Strip)
'''
SILENT = '''
    """A source of background that needs no simulation."""

    from emiss.analysis.backgrounds import Estimate, Source


    def _estimate(question):
        rate = 2e-12 * question.layout.element("dump").length.value / 60.0
        return Estimate(rate, 0.25 * rate, {"guess": 0.5 * rate}, {"length": 60.0})


    SOURCE = Source("silence", "cosmic silence", ("twice-missing",), "counted", _estimate)
    OTHER = Source("quiet", "elsewhere", ("visible",), "counted", _estimate)
'''
MINE = """
    [experiment]
    name = "from-outside"
    title = "From outside"

    [beam]
    particle = "e-"
    momentum = "100 GeV"
    momentum_spread = 0

    [[element]]
    kind = "cherenkov"
    name = "cedar"
    role = "particle-ring"
    position = "-10 m"
    length = "6 m"
    rings = 8
    threshold_angle = "2 mrad"

    [[element]]
    kind = "counter"
    name = "eye"
    role = "watch"
    position = "-1 m"
    length = "1 cm"

    [[element]]
    kind = "calorimeter"
    name = "dump"
    role = "target"
    position = "0 mm"
    material = "brass"
    length = "60 cm"
    stochastic = "9 % sqrt(GeV)"
    constant = 0

    [selection]
    mode = "twice-missing"

    [[selection.cut]]
    name = "missing"
    variable = "target_energy"
    max = "50 GeV"

    [[selection.cut]]
    name = "tag"
    condition = "cedar_light > 3 and particle_ring_energy < 1 and watch_energy < 2"

    [defaults]
    efficiency = 0.5
    yield_uncertainty = 0

    [[run]]
    period = "one"
    particles_on_target = 1e11
    background = 0.1
    observed = 0
"""
CHANGED = """
    [experiment]
    name = "changed"
    title = "Changed"
    base = "from-outside"

    [override]
    particles_on_target = 1e12
"""
ENTRIES = """
    [emiss.models]
    our-boson = bench:BOSON
    [emiss.materials]
    brass = bench:BRASS
    [emiss.detectors]
    cherenkov = bench:CHERENKOV
    [emiss.modes]
    twice-missing = bench:MODE
    [emiss.experiments]
    bench = bench.catalogue
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Makes an installed package: modules, and a dist-info folder with entry points."""

    def forget():
        discover.cache_clear()
        catalogues.outside.cache_clear()
        for cached in (material_registry._all, loader._readable, loader._from_catalogue):
            cached.cache_clear()

    def make(name, files, entries):
        for file, text in files.items():
            path = tmp_path / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text), "utf-8")
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(textwrap.dedent(entries))
        return tmp_path

    forget()
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    yield make
    for module in set(sys.modules) - before:
        if module.split(".")[0] in ("bench", "broken"):
            del sys.modules[module]
    forget()


@pytest.fixture
def bench(package):
    files = {
        "bench/__init__.py": INSIDE,
        "bench/catalogue/__init__.py": "",
        "bench/catalogue/from-outside.toml": MINE,
        "bench/catalogue/changed.toml": CHANGED,
    }
    return package("bench", files, ENTRIES)


def test_one_of_each_is_found(bench):
    assert "our-boson" in models.names()
    assert "brass" in materials.names()
    assert "cherenkov" in experiments.kinds()
    assert "twice-missing" in experiments.modes()
    assert {"particle-ring", "watch", "target", "decay-counter"} <= set(experiments.roles())
    assert {"from-outside", "changed", "na64e-2016-2022"} <= set(experiments.names())


def test_one_of_each_is_used(bench):
    experiment = experiments.get("from-outside")
    cedar = experiment.layout.element("cedar")
    assert (cedar.kind, cedar.rings) == ("cherenkov", 8)
    close(cedar.threshold_angle.value, 2e-3, 1e-12)
    names = {row.name for row in experiments.rows(experiment) if row.section == "element cedar"}
    assert {"rings", "threshold_angle", "position"} <= names
    assert experiment.layout.target.material == materials.get("brass")
    close(experiment.runs[0].setup.min_missing_energy, 80.0, 1e-12)
    assert experiment.search.title == "of another package"
    found = limit(experiment, models.get("our-boson", {}), masses=[0.01])
    assert np.isfinite(found.observed[0])
    # A file of theirs may build on another by name, and so may one's own.
    assert experiments.get("changed").total_on_target == 1e12
    own = bench / "own.toml"
    own.write_text('[experiment]\nname = "o"\ntitle = "O"\nbase = "from-outside"\n')
    assert experiments.get(own).layout == experiment.layout


@pytest.fixture
def crystals(package):
    """An experiment with kinds of element that are derived from ours, each one a file."""
    text = textwrap.dedent(MINE)
    text = text[: text.index("[[element]]")] + text[text.index('[[element]]\nkind = "counter"') :]
    text = text.replace('kind = "counter"', 'kind = "strip"\nmaterial = "polystyrene"')
    cells = 'drift = "2 %"\nenergy_scale = "visible"\ncells_x = 3\n'
    cells += 'cell_width = "4 cm"\nheight = "12 cm"'
    text = text.replace('kind = "calorimeter"', f'kind = "crystal"\n{cells}')
    text = text.replace("cedar_light > 3 and particle_ring_energy < 1", "dump_max_cell_x == 1")
    files = {
        "bench/__init__.py": INSIDE,
        "bench/derived.py": DERIVED,
        "bench/catalogue/__init__.py": "",
        "bench/catalogue/from-outside.toml": text,
    }
    kinds = "crystal = bench.derived:CRYSTAL\n    strip = bench.derived:STRIP\n"
    package("bench", files, ENTRIES.replace("cherenkov =", f"{kinds}    cherenkov ="))
    return experiments.get("from-outside")


def test_derived_kinds_are_simulated_and_reconstructed_like_what_they_derive_from(crystals):
    layout = crystals.layout
    assert [element.kind for element in layout.elements] == ["strip", "crystal"]
    events = produce(make_job(layout, "crystals", "x", chunk_events=2, seed=3), 0, 2)
    assert events["dump_cells"].shape == (2, 3)
    found = reconstruct(events, layout, tracks=False)
    # 60 cm of brass hold the shower; 100 GeV are read to a few per cent.
    assert np.all(np.abs(found["dump_energy"] - 100.0) < 15.0)
    assert np.all(found["dump_max_cell_x"] == 1.0)
    # 1 cm of plastic: 2 MeV and its fluctuations.
    assert np.all((found["eye_energy"] > 1e-3) & (found["eye_energy"] < 2e-2))


def test_a_source_of_background_is_found_and_estimated(package):
    files = {
        "bench/__init__.py": INSIDE,
        "bench/silent.py": SILENT,
        "bench/catalogue/__init__.py": "",
        "bench/catalogue/from-outside.toml": MINE,
    }
    entries = "[emiss.backgrounds]\nsilence = bench.silent:SOURCE\nquiet = bench.silent:OTHER\n"
    package("bench", files, textwrap.dedent(ENTRIES) + entries)
    assert {"silence", "quiet", "dimuons"} <= set(sources())
    # none of ours belongs to this mode, and of theirs the one that names it
    found = backgrounds("from-outside")
    assert [one.source.name for one in found.sources] == ["silence"]
    one = found["silence"]
    close(found.total, 0.1, 1e-12)  # 1e11 particles, 2e-12 each, of which half are recorded
    close(one.statistical, 0.025, 1e-12)
    close(one.systematic, 0.05, 1e-12)
    close(found.total_error, 0.003125**0.5, 1e-12)
    assert found.record()["sources"][0]["published"] is None
    with pytest.raises(ArgumentError, match="'quiet' does not belong to 'from-outside'"):
        backgrounds("from-outside", sources=["quiet"])
    # an experiment of ours has its own sources and none of theirs
    known = sources()
    layout = experiments.get("na64e-2021-2022").layout
    assert not any(known[name].belongs_to(layout) for name in ("silence", "quiet"))


def test_a_kind_that_nobody_simulates_or_reconstructs_says_what_to_offer(bench):
    layout = experiments.get("from-outside").layout
    with pytest.raises(EmissError, match=r"no station for the kind 'cherenkov'.*emiss.stations"):
        steps(layout)
    with pytest.raises(EmissError, match=r"no reconstruction for .*'cherenkov'.*reconstructions"):
        columns_needed(layout)


def test_nothing_of_theirs_is_loaded_for_a_name_of_ours(bench):
    experiments.get("na64e-2016-2022")
    assert "bench.catalogue" not in sys.modules
    assert experiments.get("from-outside").name == "from-outside"
    assert "bench.catalogue" in sys.modules


def test_roles_from_outside_are_known_and_needed(bench):
    own, text = bench / "own.toml", textwrap.dedent(MINE).replace(" and watch_energy < 2", "")
    cases = (
        ('role = "watch"', 'role = "wacth"', "did you mean 'watch'"),
        ('role = "watch"', 'role = "veto"', "needs an element with the role 'watch'"),
        ('role = "watch"', "role = 3", "must be one of"),
    )
    for old, new, words in cases:
        own.write_text(text.replace(old, new))
        with pytest.raises(ExperimentFileError, match=words):
            experiments.get(own)


def test_a_mode_that_names_an_unknown_process_says_so(package):
    changed = INSIDE.replace(
        'own_roles={"watch"', 'processes=("bremstrahlung",), own_roles={"watch"'
    )
    files = {
        "bench/__init__.py": changed,
        "bench/catalogue/__init__.py": "",
        "bench/catalogue/from-outside.toml": MINE,
    }
    package("bench", files, ENTRIES)
    with pytest.raises(EmissError, match=r"mode 'twice-missing'.*Did you mean 'bremsstrahlung'"):
        limit("from-outside", models.get("our-boson", {}), masses=[0.01])


def test_one_role_has_one_meaning(package):
    changed = INSIDE.replace('"watch": "counter', '"veto": "counter')
    package("bench", {"bench/__init__.py": changed}, ENTRIES.replace("bench.catalogue", "bench"))
    with pytest.raises(EmissError, match="'twice-missing' says of the role 'veto'"):
        experiments.roles()


def test_a_module_beside_the_files_will_do(package):
    package(
        "bench",
        {"bench/__init__.py": INSIDE, "bench/here.py": "", "bench/from-outside.toml": MINE},
        ENTRIES.replace("bench.catalogue", "bench.here"),
    )
    assert experiments.get("from-outside").mode == "twice-missing"


@pytest.mark.parametrize(
    ("entry", "files", "problem"),
    [
        ("broken.nothing", {}, "cannot be loaded"),
        ("broken.torn", {"broken/torn.py": "1/0\n"}, "ZeroDivisionError"),
        ("broken.empty", {"broken/empty/__init__.py": ""}, "no \\*.toml file"),
        ("broken:X", {}, "is a int, not a module"),
        (
            "broken.files",
            {"broken/files/__init__.py": "", "broken/files/bad.toml": "[experiment]\n"},
            "has 'bad.toml', which is left out: .*is missing",
        ),
        (
            "broken.files",
            {"broken/files/__init__.py": "", "broken/files/na64e-2016.toml": MINE},
            "'na64e-2016.toml', which is left out: emiss has one of that name",
        ),
    ],
)
def test_what_is_broken_is_left_out_with_a_word(package, entry, files, problem):
    start = {"broken/__init__.py": "X = 3\n"}
    package("broken", start | files, f"[emiss.experiments]\nbad = {entry}\n")
    with pytest.warns(PluginWarning, match=f"package broken: 'bad' .*{problem}") as caught:
        names = experiments.names()
    assert len(caught) == 1
    assert "bad" not in names
    with warnings.catch_warnings():  # said once; the rest works
        warnings.simplefilter("error")
        assert experiments.names() == names
        assert experiments.get("na64e-2016").name == "na64e-2016"
        with pytest.raises(UnknownNameError):
            experiments.get("no-such-experiment")
    if "broken/files/bad.toml" in files:  # who asks for it learns what is wrong
        with pytest.raises(ExperimentFileError, match=r"bad\.toml.*is missing"):
            experiments.get("bad")


def test_two_packages_with_one_name(package):
    files = {
        "bench/__init__.py": INSIDE,
        "bench/one/__init__.py": "",
        "bench/one/from-outside.toml": MINE,
        "bench/two/__init__.py": "",
        "bench/two/from-outside.toml": MINE,
    }
    package(
        "bench", files, ENTRIES.replace("bench = bench.catalogue", "a = bench.one\nb = bench.two")
    )
    with pytest.warns(PluginWarning, match=r"'b' .*left out: bench\.one has one of that name"):
        assert experiments.names().count("from-outside") == 1
