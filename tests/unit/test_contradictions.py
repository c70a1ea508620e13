"""Files whose parts each look well and that let no event pass are refused, and why is said."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from closeness import close

from emiss import experiments, inference, models
from emiss.experiments import Beam, Cut, Layout, Quantity, Selection, Threshold, Trigger
from emiss.experiments.contradictions import contradictions, share_on_target
from emiss.experiments.elements.absorber import Absorber
from emiss.experiments.elements.calorimeter import Calorimeter
from emiss.experiments.elements.counter import Counter
from emiss.experiments.elements.dipole import Dipole
from emiss.experiments.elements.tracker import Tracker
from emiss.experiments.expression import comparisons
from emiss.ground.errors import ExperimentFileError

BEAM = Beam(particle="e-", momentum=Quantity(100.0, None, "GeV"), momentum_spread=Quantity(0.01))


def cm(value):
    return Quantity(value, None, "cm")


def gev(value):
    return Quantity(value, None, "GeV")


def element(kind, name, role, start, **more):
    return kind(name=name, role=role, position=cm(start), length=cm(10.0), **more)


ELEMENTS = (
    element(Dipole, "bend", "incoming-spectrometer", -900.0, field_integral=Quantity(7.0)),
    element(Tracker, "track", "incoming-spectrometer", -500.0, planes=2),
    element(Counter, "s1", "beam-definition", -300.0, width=cm(4.0), height=cm(4.0)),
    element(
        Counter, "far", "beam-definition", -200.0, width=cm(4.0), height=cm(4.0), offset_x=cm(50.0)
    ),
    element(Calorimeter, "first", "preshower", 0.0, material="Pb"),
    element(Calorimeter, "dump", "target", 10.0, material="Pb", cells_x=6, cells_y=6),
    element(Calorimeter, "back", "hadronic", 50.0, material="Fe"),
    element(Calorimeter, "rear", "hadronic", 70.0, material="Fe"),
    element(Absorber, "wall", "passive", 90.0, material="Fe"),
)


def at_least(variable, value):
    return Cut(f"{variable} {value}", variable, least=Quantity(value))


def at_most(variable, value):
    return Cut(f"{variable} below {value}", variable, most=Quantity(value))


def condition(text):
    return Cut(text, condition=text)


def found(*cuts, triggers=(), beam=BEAM):
    layout = Layout(beam, ELEMENTS, Selection("missing-energy", cuts), tuple(triggers))
    assert list(layout.problems()) == []
    return list(contradictions(layout))


@pytest.mark.parametrize(
    ("cuts", "words"),
    [
        ((at_least("incoming_momentum", 160.0),), "the beam has 100 GeV"),
        ((at_least("incoming_momentum", 140.0),), "the beam has 100 GeV"),
        ((at_most("incoming_momentum", 40.0),), "the beam has 100 GeV"),
        ((at_least("dump_energy", 200.0),), "the beam has 100 GeV"),
        ((condition("dump_energy > 200 and back_energy < 1"),), "the beam has 100 GeV"),
        ((condition("200 < dump_energy"),), "the beam has 100 GeV"),
        ((condition("track_hits >= 3"),), "'track' has not so many"),
        ((condition("dump_max_cell_x == 6"),), "'dump' has not so many"),
        ((at_least("outgoing_angle", 3.2),), "no angle is above pi"),
        ((at_most("incoming_tracks", 0.0),), "is below 0, and never is"),
        ((condition("dump_lateral_ratio < -1"),), "never is"),
        ((at_least("dump_energy", 40.0), at_most("dump_energy", 30.0)), "at least 40 and below 30"),
        ((at_least("dump_energy", 40.0), at_most("dump_energy", 40.0)), "at least 40 and below 40"),
        ((condition("dump_energy > 3"), condition("dump_energy <= 3")), "at least 3 and below 3"),
        ((condition("5 < dump_energy < 3"),), "at least 5 and below 3"),
        ((at_least("first_energy", 60.0), at_most("target_energy", 50.0)), "60 GeV are asked for"),
        ((at_least("preshower_energy", 9.0), at_most("target_energy", 5.0)), "9 GeV are asked for"),
        (
            (
                at_least("back_energy", 3.0),
                at_least("rear_energy", 4.0),
                at_most("hadronic_energy", 6.0),
            ),
            "7 GeV are asked for in parts of what may hold less than 6",
        ),
        (
            (at_least("target_energy", 80.0), at_least("hadronic_energy", 90.0)),
            "170 GeV are asked for in all",
        ),
    ],
)
def test_cuts_that_no_event_passes(cuts, words):
    problems = found(*cuts)
    assert len(problems) == 1
    (*place, key), text = problems[0]
    assert place[:2] == ["selection", "cut"]
    assert key in ("min", "max", "condition")
    assert words in text


@pytest.mark.parametrize(
    "cuts",
    [
        (at_least("incoming_momentum", 95.0), at_most("incoming_momentum", 105.0)),
        (at_least("dump_energy", 99.0),),
        (condition("track_hits == 2 and dump_max_cell_x == 5"),),
        # Either may hold; what a product asks of its parts is not looked into.
        (condition("dump_energy > 200 or back_energy < 1"),),
        (condition("dump_energy * 2 > 150"),),
        (condition("dump_energy >= 3"), condition("dump_energy <= 3")),
        # The first layers are part of the target.
        (at_least("first_energy", 60.0), at_least("target_energy", 60.0)),
        (at_least("back_energy", 3.0), at_least("rear_energy", 4.0), at_most("track_time", -3.0)),
        (at_most("hadronic_energy", 1.0), at_most("incoming_angle", 0.001)),
    ],
)
def test_cuts_that_some_event_passes(cuts):
    assert found(*cuts) == []


def trigger(name="t", least=None, variable="dump_energy", **more):
    thresholds = () if least is None else (Threshold(variable, least=gev(least)),)
    return Trigger(name, thresholds=thresholds, **more)


@pytest.mark.parametrize(
    ("triggers", "place", "words"),
    [
        ([trigger(least=170.0)], ("threshold", 0, "min"), "the beam has 100 GeV"),
        ([trigger(coincidence=("s1", "wall"))], ("coincidence",), "'wall' is a absorber"),
        ([trigger(anticoincidence=("dump",))], ("anticoincidence",), "every beam particle"),
        ([trigger(coincidence=("far",))], ("coincidence",), "the beam misses 'far'"),
    ],
)
def test_triggers_that_never_fire(triggers, place, words):
    ((where, text),) = found(triggers=triggers)
    assert where == ("trigger", 0, *place)
    assert words in text


def test_of_triggers_in_parallel_one_is_enough():
    assert found(triggers=[trigger("a", 170.0), trigger("b", 20.0)]) == []
    assert found(triggers=[trigger("a", 170.0), trigger("b")]) == []
    ((where, _),) = found(triggers=[trigger("a", 170.0), trigger("b", 180.0)])
    assert where == ("trigger", 0, "threshold", 0, "min")
    # A cut below what all triggers ask for.
    assert len(found(at_most("dump_energy", 10.0), triggers=[trigger("a", 20.0)])) == 1


def test_a_beam_beside_or_wider_than_the_target():
    narrow = tuple(
        replace(e, width=cm(4.0), height=cm(4.0)) if e.role in ("preshower", "target") else e
        for e in ELEMENTS
    )

    def layout(spot, **changes):
        beam = replace(BEAM, spot=cm(spot), **changes)
        return Layout(beam, narrow, Selection("missing-energy"))

    # One standard deviation to each side in both planes: 0.6827^2 of a normal distribution.
    close(share_on_target(layout(2.0)), 0.682689**2, 1e-5)
    assert share_on_target(layout(0.0)) == 1.0
    ((where, text),) = contradictions(layout(2.0))
    assert where == ("beam", "spot")
    assert "53 % of so wide a beam miss the target" in text
    # a part without a size is not the one that it misses, though it comes first
    endless = tuple(
        replace(e, width=None, height=None) if e.role == "preshower" else e for e in narrow
    )
    ((_, text),) = contradictions(replace(layout(2.0), elements=endless))
    assert "is 4 by 4 cm across)" in text
    assert list(contradictions(layout(1.0))) == []
    # 1 rad: at the end of the target the beam is as wide as the target is long.
    wide = layout(0.1, divergence=Quantity(1.0, unit="rad"))
    end = max(e.known_end for e in narrow if e.role in ("preshower", "target"))
    close(share_on_target(wide), math.erf(2.0 / (math.sqrt(2.0) * math.hypot(0.1, end))) ** 2, 1e-9)
    assert any(where == ("beam", "spot") for where, _ in contradictions(wide))
    parts = tuple(experiments.Contamination(name, Quantity(0.6)) for name in ("pi-", "mu-"))
    ((where, text),) = contradictions(layout(0.5, contaminations=parts))
    assert where == ("beam", "contaminations")
    assert "120 %" in text


def sized(name, width, height, **beam):
    """The elements with one of another size."""
    other = tuple(
        replace(e, width=cm(width), height=cm(height)) if e.name == name else e for e in ELEMENTS
    )
    return Layout(replace(BEAM, **beam), other, Selection("missing-energy"))


def test_a_target_smaller_than_any_beam():
    """Where no spot is stated a beam of 1 mm must hit it."""
    layout = sized("dump", 0.005, 0.005)
    close(1e3 * share_on_target(layout), 1e3 * math.erf(0.025 / math.sqrt(2.0)) ** 2, 1e-9)
    ((where, text),) = contradictions(layout)
    assert where == ("element", 5)
    assert "'dump' is 0.005 by 0.005 cm across; the beam misses the target: 100 %" in text
    assert "1 mm (no spot is stated)" in text
    assert list(contradictions(sized("dump", 0.5, 0.5))) == []
    ((_, text),) = contradictions(sized("dump", 0.5, 0.5, divergence=Quantity(0.05, None, "rad")))
    assert "1 mm (no spot is stated) and 0.05 rad" in text
    # What is stated counts: a beam of 10 micrometres hits it.
    assert list(contradictions(sized("dump", 0.005, 0.005, spot=cm(0.001)))) == []


@pytest.mark.parametrize("beam", [{}, {"spot": cm(0.5)}])
def test_trackers_and_counters_smaller_than_any_beam(beam):
    ((where, text),) = contradictions(sized("track", 0.005, 0.005, **beam))
    assert where == ("element", 1)
    assert "the beam misses 'track' (0.005 by 0.005 cm across)" in text
    assert list(contradictions(sized("track", 1.0, 0.3, **beam))) == []
    narrow = sized("s1", 0.005, 0.005, **beam)
    assert list(contradictions(narrow)) == []
    asked = replace(narrow, triggers=(trigger(coincidence=("s1",)),))
    ((where, text),) = contradictions(asked)
    assert where == ("trigger", 0, "coincidence")
    assert "the beam misses 's1'" in text


def test_a_tracker_beside_the_beam():
    """Of the orbit before the magnet, and whatever the spot may be."""
    aside = tuple(
        replace(e, width=cm(8.0), height=cm(8.0), offset_x=cm(14.0)) if e.name == "track" else e
        for e in ELEMENTS
    )
    layout = Layout(BEAM, aside, Selection("missing-energy"))
    ((_, text),) = contradictions(layout)
    assert "the beam misses 'track'" in text
    # With a divergence of 10 mrad the beam is 5 cm wide at 5 m.
    wide = replace(layout, beam=replace(BEAM, divergence=Quantity(0.01, None, "rad")))
    assert list(contradictions(wide)) == []


def test_comparisons_that_must_hold():
    text = "a > 3 and 2 >= b and (c == -1 and not d < 2) and (e > 1 or f > 2) and 1 < g <= 4"
    assert sorted(comparisons(text)) == [
        ("a", ">", 3.0),
        ("b", "<=", 2.0),
        ("c", "==", -1.0),
        ("g", "<=", 4.0),
        ("g", ">", 1.0),
    ]
    assert list(comparisons("a + 1 > 3 and abs(b) < 2 and a != 3 and a < b")) == []


@pytest.mark.parametrize(
    ("mode", "old", "new", "key", "words"),
    [
        (
            "visible",
            'kind = "calorimeter"\nname = "wcal"\nrole = "target"',
            'kind = "counter"\nname = "wcal"\nrole = "target"\nmaterial = "W"\nlength = "28 cm"',
            "element[0].kind",
            "a counter is no target",
        ),
        (
            "visible",
            'position = "1.6 m"',
            'position = "1.6 m"\noffset_x = "3 m"',
            "element[3].offset_x",
            "the axis of the beam is not in 'ecal'",
        ),
        (
            "missing-energy",
            'name = "ecal"\nrole = "target"',
            'name = "ecal"\nrole = "target"\noffset_y = "3 m"',
            "element[2]",
            "the beam misses 'ecal'",
        ),
    ],
)
def test_files_are_refused_where_they_say_it(tmp_path, mode, old, new, key, words):
    text = experiments.template(mode)
    assert old in text
    text = text.replace(old, new)
    if "counter is" in words:  # its layers go
        start = text.index("layers = [", text.index(new))
        text = text[:start] + text[text.index("repeat", start) :].split("\n", 1)[1]
    path = tmp_path / "own.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ExperimentFileError) as caught:
        experiments.load(path)
    assert words in caught.value.problem
    assert caught.value.key == key


@pytest.mark.parametrize(
    ("mode", "key", "value", "words"),
    [
        ("missing-momentum", "offset_x", "30 m", "no lepton of at most"),
        ("missing-momentum", "offset_x", "-30 m", "no lepton of at most"),
        ("missing-momentum", "offset_y", "1 m", "centred out of the bending plane"),
        ("thin-target", "offset_x", "-30 m", "no lepton of at most"),
    ],
)
def test_planes_that_no_scattered_lepton_hits(tmp_path, mode, key, value, words):
    layout = experiments.modes()[mode]
    path = tmp_path / "own.toml"
    path.write_text(experiments.template(mode), "utf-8")
    experiment = experiments.load(path)
    plane = next(
        e for e in experiment.layout.elements if e.start > 0.0 and e.width and e.role != "target"
        and e.kind in ("tracker", "counter")
    )  # fmt: skip
    size = float(value.split()[0]) * 100.0
    changes = {key: cm(size)} | ({"inner_edge": None} if hasattr(plane, "inner_edge") else {})
    moved = tuple(replace(e, **changes) if e is plane else e for e in experiment.layout.elements)
    assert list(layout.check(experiment.layout)) == []
    problems = list(layout.check(replace(experiment.layout, elements=moved)))
    assert [text for _, text in problems if words in text]


def test_a_beam_that_partly_misses_is_warned_of(tmp_path):
    path = tmp_path / "own.toml"
    text = experiments.template("missing-energy")
    path.write_text(text.replace('particle = "e-" ', 'spot = "60 mm"\nparticle = "e-" '), "utf-8")
    # 5 by 6 cells of 38.2 mm, and a standard deviation of 60 mm.
    inside = math.prod(math.erf(0.5 * n * 38.2 / 60.0 / math.sqrt(2.0)) for n in (5, 6))
    result = inference.limit(str(path), models.get("dark-photon", {}), masses=[0.01])
    words = f"{100.0 * (1.0 - inside):.0f} % of the beam miss the target"
    assert any(words in text for text in result.warnings)


def test_a_thin_visible_dump_is_warned_of(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(experiments.template("visible").replace("repeat = 48", "repeat = 4"), "utf-8")
    result = inference.limit(str(path), models.get("dark-photon", {}), masses=[0.01])
    assert any("radiation lengths deep" in text for text in result.warnings)


def test_a_magnet_without_a_length_is_no_obstacle_to_the_check_of_triggers(tmp_path):
    catalogue = Path(experiments.__file__).parent / "catalogue"
    rows = (catalogue / "na64mu-2022.toml").read_text("utf-8").splitlines()
    kept = [row for row in rows if not row.startswith('length = { value = "5 m"')]
    assert len(kept) == len(rows) - 1
    path = tmp_path / "magnet.toml"
    path.write_text("\n".join(kept), "utf-8")
    assert experiments.get(path).runs
