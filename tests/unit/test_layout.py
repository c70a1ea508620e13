"""The apparatus as a whole: order, overlap, the target as one stack, variables, cuts, triggers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from closeness import close

from emiss import materials
from emiss.experiments import Beam, Cut, Layer, Layout, Quantity, Selection, Threshold, Trigger
from emiss.experiments.elements.absorber import Absorber
from emiss.experiments.elements.calorimeter import Calorimeter
from emiss.experiments.elements.counter import Counter
from emiss.experiments.elements.tracker import Tracker
from emiss.experiments.modes.base import bound
from emiss.ground.errors import EmissError

BEAM = Beam(particle="e-", momentum=Quantity(100.0, None, "GeV"), momentum_spread=Quantity(0.01))


def cm(value):
    return Quantity(value, None, "cm")


def gev(value):
    return Quantity(value, None, "GeV")


def block(name, start, length=10.0, *, kind=Calorimeter, role="passive", material="Pb", **more):
    return kind(
        name=name, role=role, position=cm(start), length=cm(length), material=material, **more
    )


def target(name="dump", start=0.0, length=10.0, **more):
    return block(name, start, length, role="target", **more)


def layout(*elements, cuts=(), triggers=(), **selection):
    return Layout(
        BEAM, elements, Selection("missing-energy", tuple(cuts), **selection), tuple(triggers)
    )


def problems(*elements, **more):
    return list(layout(*elements, **more).problems())


def test_a_sound_layout_has_no_problems():
    assert problems(block("a", -20.0), target(), block("b", 10.0), block("c", 50.0)) == []


def test_elements_stand_in_the_order_of_the_beam():
    (place, words), *_ = problems(target(), block("b", 50.0), block("a", 20.0))
    assert place == ("element", 2, "position")
    assert "'a' starts at 20 cm, before 'b' at 50 cm" in words


@pytest.mark.parametrize(
    ("start", "across", "meets"),
    [
        (30.0, {}, False),  # touches the end of the block before
        (30.0 - 5e-8, {}, False),  # by rounding of units
        (29.99, {}, True),
        (20.0, {"offset_x": cm(-30.0)}, False),  # beside it: 20 cm wide each
        (20.0, {"offset_x": cm(-15.0)}, True),
        (20.0, {"offset_y": cm(20.0)}, False),
        (20.0, {"offset_x": cm(-30.0), "width": None}, True),  # as wide as anything
    ],
)
def test_elements_do_not_overlap(start, across, meets):
    size = {"width": cm(20.0), "height": cm(20.0)}
    one, other = block("one", 20.0, **size), block("other", start, **(size | across))
    # The end of an element is that of matter or of a length that is given.
    found = problems(target(), one, other)
    assert bool(found) == meets
    if meets:
        assert found[0][0] == ("element", 2, "position")
        assert "inside 'one', which ends at 30 cm" in found[0][1]


def test_long_elements_are_compared_with_all_behind():
    places = [place for place, _ in problems(target(length=100.0), block("a", 20), block("b", 40))]
    assert places == [("element", 1, "position"), ("element", 2, "position")]


def test_cells_and_edges_give_the_size_across():
    cells = {"cells_x": 5, "cells_y": 6, "cell_width": cm(4.0), "cell_height": cm(4.0)}
    # Half of 5 cells of 4 cm is 10 cm: a counter whose inner edge is at 10 cm stands beside.
    calorimeter = block("ecal", 20.0, **cells)
    for edge, meets in ((10.0, False), (9.9, True)):
        counter = block(
            "side", 25.0, 1.0, kind=Counter, width=cm(30.0), height=cm(30.0), inner_edge=cm(edge)
        )
        assert bool(problems(target(), calorimeter, counter)) == meets


@pytest.mark.parametrize("axis", ["x", "y"])
def test_the_beam_hits_the_target(axis):
    size = {"x": "width", "y": "height"}[axis]
    for offset, misses in ((4.9, False), (5.1, True), (-5.1, True)):
        moved = target(**{size: cm(10.0), f"offset_{axis}": cm(offset)})
        found = problems(moved)
        assert bool(found) == misses
        if misses:
            assert "the beam misses 'dump'" in found[0][1]


def test_positions_count_from_the_target():
    (place, words), *_ = problems(target(start=1.0))
    assert place == ("element", 0, "position")
    assert "must be 0" in words


def test_parts_of_the_target_are_made_of_something_and_adjoin():
    bare = Calorimeter(name="t", role="target", position=cm(0.0), length=cm(1.0))
    assert any("is missing; 't'" in words for _, words in problems(bare))
    found = problems(target("front", length=2.0), target("back", 4.0))
    assert found == [
        (("element", 1, "position"), "must follow 'front' at once: both are parts of the target")
    ]


# ------------------------------------------------------------------ the target as one stack


def sandwich(name, role, start, repeat, lead=0.15, plastic=0.15):
    layers = (Layer("Pb", cm(lead)), Layer("polystyrene", cm(plastic)))
    return Calorimeter(
        name=name, role=role, position=cm(start), layers=layers, repeat=repeat, source="a paper",
        status="published",
    )  # fmt: skip


def test_preshower_and_target_of_one_recipe_are_one():
    front, back = sandwich("ps", "preshower", 0.0, 16), sandwich("ecal", "target", 4.8, 134)
    whole = layout(sandwich("all", "target", 0.0, 150)).target
    parted = layout(front, back).target
    close(parted.length, 45.0, 1e-12)
    close(parted.length, whole.length, 1e-12)
    for name in ("density", "radiation_length_cm"):
        close(getattr(parted.material, name), getattr(whole.material, name), 1e-12)
    # 16 of 150 double layers: the depth goes with the length.
    shares = front.length_cm / parted.length
    close(shares * parted.depth_x0, layout(replace(front, role="target")).target.depth_x0, 1e-12)


def test_preshower_and_target_of_two_recipes_are_mixed():
    front = sandwich("ps", "preshower", 0.0, 10, lead=0.3)
    back = sandwich("ecal", "target", 4.5, 20)
    mixed = layout(front, back).target
    assert mixed.name == "ps+ecal"
    assert (mixed.material.source, mixed.material.status) == ("a paper", "published")
    close(mixed.length, 10 * 0.45 + 20 * 0.3, 1e-12)
    # Depths add up, and so do masses per area, however the matter is called.
    lead, plastic = materials.get("Pb"), materials.get("polystyrene")
    centimetres = {lead: 10 * 0.3 + 20 * 0.15, plastic: 30 * 0.15}
    depth = sum(length / matter.radiation_length_cm for matter, length in centimetres.items())
    close(mixed.depth_x0, depth, 1e-12)
    mass = sum(length * matter.density for matter, length in centimetres.items())
    close(mixed.material.density * mixed.length, mass, 1e-12)
    fraction = next(c for c in mixed.material.components if c.element.symbol == "Pb").mass_fraction
    close(fraction, centimetres[lead] * lead.density / mass, 1e-12)


def test_length_of_a_target_may_be_unknown():
    unknown = replace(target(), length=None)
    assert layout(unknown).target.length is None
    assert problems(unknown) == []
    with pytest.raises(EmissError, match="material and a length"):
        _ = layout(target("front", length=2.0), replace(unknown, material="Fe")).target


# ------------------------------------------------------------------------------- variables


def test_variables_of_event_elements_and_roles():
    found = layout(
        block("hcal-1", -30.0, role="hadronic"), block("h.2", -15.0, role="hadronic"), target()
    ).variables
    assert found["hcal_1_energy"] == found["h_2_energy"] == found["hadronic_energy"] == "GeV"
    assert (found["target_energy"], found["dump_time"], found["dump_max_cell_x"]) == (
        "GeV", "ns", ""
    )  # fmt: skip
    assert (found["incoming_momentum"], found["outgoing_angle"]) == ("GeV", "rad")
    assert "passive_energy" not in found


def test_names_that_give_the_same_variables():
    (place, words), *_ = problems(block("a-b", -30.0), block("a.b", -15.0), target())
    assert place == ("element", 1, "name")
    assert "'a_b_energy' is a variable of 'a-b', too" in words


def test_a_variable_with_two_meanings_is_refused_where_it_is_used():
    parts = (block("veto", -30.0, role="veto"), block("v2", -15.0, role="veto"), target())
    assert problems(*parts) == []
    used = {
        ("selection", "cut", 0, "variable"): {"cuts": [Cut("a", "veto_energy", most=gev(1.0))]},
        ("selection", "cut", 0, "condition"): {"cuts": [Cut("a", condition="veto_energy < 1")]},
        ("trigger", 0, "threshold", 0, "variable"): {
            "triggers": [Trigger("t", thresholds=(Threshold("veto_energy", gev(1.0)),))]
        },
    }
    for place, more in used.items():
        ((found, words),) = problems(*parts, **more)
        assert found == place
        assert "may mean element 'veto' or the role 'veto' (veto, v2)" in words
    # One element of its role by the name of the role: nothing to confuse.
    alone = (block("veto", -30.0, role="veto"), target())
    assert problems(*alone, cuts=[Cut("a", "veto_energy", most=gev(1.0))]) == []


# ----------------------------------------------------------------------- cuts and triggers


@pytest.mark.parametrize(
    ("cut", "key", "words"),
    [
        (Cut("a", "dump_enrgy", most=gev(1.0)), "variable", "did you mean 'dump_energy'"),
        (Cut("a", condition="dump_enrgy < 1"), "condition", "did you mean 'dump_energy'"),
        (Cut("a", condition="dump_energy"), "condition", "compare it with something"),
        (Cut("a", condition="open(1) < 1"), "condition", "may call"),
        (Cut("first", "dump_energy", most=gev(1.0)), "name", "two cuts 'first'"),
    ],
)
def test_cuts_are_checked(cut, key, words):
    first = Cut("first", condition="dump_energy < 50 and incoming_tracks == 1")
    assert problems(target(), cuts=[first]) == []
    ((place, found),) = problems(target(), cuts=[first, cut])
    assert place == ("selection", "cut", 1, key)
    assert words in found


@pytest.mark.parametrize(
    ("trigger", "place", "words"),
    [
        (Trigger("t", ("a",)), ("coincidence",), "no element 'a'"),
        (Trigger("t", (), ("dump", "a")), ("anticoincidence",), "no element 'a'"),
        (
            Trigger("t", thresholds=(Threshold("dump_enrgy", gev(1.0)),)),
            ("threshold", 0, "variable"),
            "did you mean 'dump_energy'",
        ),
        (
            Trigger("t", thresholds=(Threshold("dump_time", gev(1.0)),)),
            ("threshold", 0, "variable"),
            "is no energy (energies: incoming_momentum",
        ),
        (
            Trigger("t", thresholds=(Threshold("dump_energy", gev(2.0), gev(1.0)),)),
            ("threshold", 0, "min"),
            "2 GeV is above max 1 GeV",
        ),
    ],
)
def test_triggers_are_checked(trigger, place, words):
    ((found, said),) = problems(target(), triggers=[Trigger("ok", ("dump",)), trigger])
    assert found == ("trigger", 1, *place)
    assert words in said


def test_signal_region_and_decays_name_what_is_there():
    ((place, words),) = problems(target(), signal_region=("box",))
    assert (place, "no cut 'box'" in words) == (("selection", "signal_region"), True)
    ((place, words),) = problems(target(), decays_from="hcal")
    assert (place, "no element 'hcal' (elements: dump)" in words) == (
        ("selection", "decays_from"), True
    )  # fmt: skip


def test_kinds_say_what_only_they_know():
    bare = Absorber(name="wall", role="passive", position=cm(-50.0), length=cm(1.0))
    ((place, words),) = problems(bare, target())
    assert place == ("element", 0, "material")
    assert "made of something" in words


def test_elements_by_name_role_and_kind():
    found = layout(block("a", -30.0, role="hadronic"), block("t", -15.0, kind=Tracker), target())
    assert found.element("t").kind == "tracker"
    assert [e.name for e in found.role("target", "hadronic")] == ["a", "dump"]
    assert found.first(Tracker, "passive").name == "t"
    assert found.first(Tracker, "target") is None
    with pytest.raises(EmissError, match=r"no element 'x' \(elements: a, t, dump\)"):
        found.element("x")


# ---------------------------------------------------------- bounds of cuts and of triggers


def upper(*values):
    return [Cut(str(i), "dump_energy", most=gev(v)) for i, v in enumerate(values)]


def one(*values):
    return Trigger("t", thresholds=tuple(Threshold("dump_energy", most=gev(v)) for v in values))


@pytest.mark.parametrize(
    ("cuts", "triggers", "expected"),
    [
        (upper(50.0), [], 50.0),
        (upper(50.0, 40.0), [], 40.0),  # all cuts hold
        (upper(50.0), [one(80.0)], 50.0),
        (upper(50.0), [one(30.0)], 30.0),
        (upper(50.0), [one(30.0), one(35.0, 45.0)], 35.0),  # triggers stand in parallel
        (upper(50.0), [one(30.0), Trigger("all")], 50.0),  # ... one of them asks for nothing
        ([], [one(30.0)], 30.0),
        ([], [], None),
    ],
)
def test_the_tightest_bound_counts(cuts, triggers, expected):
    found = bound(layout(target(), cuts=cuts, triggers=triggers), "dump_energy", "max")
    assert (None if found is None else found.value) == expected
    # The same with all signs turned: lower bounds are tightest where they are highest.
    turned_cuts = [Cut(c.name, "dump_energy", gev(100.0 - c.most.value)) for c in cuts]
    turned = [
        Trigger("t", thresholds=tuple(
            Threshold("dump_energy", gev(100.0 - x.most.value)) for x in t.thresholds
        ))
        for t in triggers
    ]  # fmt: skip
    found = bound(layout(target(), cuts=turned_cuts, triggers=turned), "dump_energy", "min")
    assert (None if found is None else 100.0 - found.value) == expected


def test_triggers_do_not_contradict_each_other():
    both = Trigger("physics", coincidence=("dump",), anticoincidence=("dump",))
    (place, words), *_ = problems(target(), triggers=[both])
    assert place == ("trigger", 0, "anticoincidence")
    assert "no event would pass" in words
    twice = [Trigger("physics"), Trigger("physics")]
    (place, words), *_ = problems(target(), triggers=twice)
    assert place == ("trigger", 1, "name")
    assert "two triggers" in words
