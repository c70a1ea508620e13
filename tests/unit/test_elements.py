"""Kinds of element: what each declares is read with its unit, shown, and refused with another."""

from __future__ import annotations

import json

import pytest
from closeness import close

from emiss import experiments
from emiss.experiments import kinds
from emiss.experiments.elements.dipole import Dipole
from emiss.experiments.fields import DIMENSIONS, declared
from emiss.ground.errors import ExperimentFileError, ValidityError

GOOD = {
    # text in the file, value inside (GeV, cm, rad, ns, T m), text with a unit of another kind
    "angle": ('"2 mrad"', 2e-3, '"2 mm"'),
    "energy": ('"30 MeV"', 0.03, '"30 mm"'),
    "field integral": ('"1.4 T.m"', 1.4, '"1.4 T"'),
    "fraction": ('"3 %"', 0.03, '"3 GeV"'),
    "length": ('"15 mm"', 1.5, '"15 GeV"'),
    "noise": ('"2 MeV"', 0.002, '"2 ns"'),
    "position": ('"-3 mm"', -0.3, '"-3 MeV"'),
    "ratio": ("1.2", 1.2, '"1.2 GeV"'),
    "size": ('"25 mm"', 2.5, '"25 ns"'),
    "stochastic": ('"9 % sqrt(GeV)"', 0.09, '"9 %"'),
    "time": ('"500 ps"', 0.5, '"500 mm"'),
    "yield per energy": ("1500.0", 1500.0, '"1500 GeV"'),
}
"""What may be written for a number of each dimension."""


NUMBERS = [
    (kind, key)
    for kind, detector in kinds().items()
    for key in declared(detector.element)
    if key.form == "number"
]


def element_text(kind, **given):
    """A table of an element far from all others, with all that the kind requires."""
    wanted = {"kind": f'"{kind}"', "name": '"probe"', "role": '"passive"', "position": '"-40 m"'}
    for key in declared(kinds()[kind].element):
        if key.required and key.name not in wanted:
            wanted[key.name] = GOOD[key.dimension][0]
    if kind == "absorber":
        wanted["material"] = '"Pb"'
    return "\n".join(f"{key} = {text}" for key, text in (wanted | given).items())


def partners(kind, name):
    """What has to be given with a key."""
    pairs = {
        "tail_fraction": {"tail_resolution": '"20 %"'},
        "tail_resolution": {"tail_fraction": '"1 %"'},
        "window_thickness": {"window_material": '"Al"'},
        "window_material": {"window_thickness": '"1 mm"'},
        "inner_edge": {"width": '"10 cm"'},
        "hole_width": {"hole_height": '"5 cm"'},
        "hole_height": {"hole_width": '"5 cm"'},
    }
    if kind == "calorimeter":
        pairs |= {
            "stochastic": {"constant": '"1 %"'},
            "constant": {"stochastic": '"9 % sqrt(GeV)"'},
        }
    return pairs.get(name, {})


@pytest.fixture
def load(tmp_path):
    def read(text):
        path = tmp_path / "my.toml"
        template = experiments.template()
        at = template.index("[[element]]")
        path.write_text(f"{template[:at]}[[element]]\n{text}\n\n{template[at:]}", "utf-8")
        return experiments.get(path)

    return read


def test_eight_kinds_come_with_emiss():
    assert tuple(kinds()) == (
        *("absorber", "calorimeter", "counter", "dipole"),
        *("synchrotron-detector", "tracker", "vacuum", "veto"),
    )
    for name, detector in kinds().items():
        assert detector.name == detector.element.kind == name
        assert detector.element.__doc__


def test_every_dimension_is_tried():
    others = {"momentum", "particles"}  # of the beam and of acceptance tables alone
    assert set(GOOD) == set(DIMENSIONS) - others
    tried = {key.dimension for _, key in NUMBERS}
    assert set(GOOD) - tried == {"angle"}  # of the beam alone, too


@pytest.mark.parametrize(("kind", "key"), NUMBERS, ids=lambda x: getattr(x, "name", x))
def test_numbers_are_read_with_their_unit(kind, key, load):
    text, value, wrong = GOOD[key.dimension]
    if key.name == "position":
        text, value = '"-41000 mm"', -4100.0
    given = {key.name: text} | partners(kind, key.name)
    experiment = load(element_text(kind, **given))
    element = experiment.layout.element("probe")
    found = getattr(element, key.name)
    close(found.value, value, 1e-12)
    assert found.source == "my.toml"
    # It is a row, with its unit.
    row = next(
        r
        for r in experiments.rows(experiment)
        if (r.section, r.name) == ("element probe", key.name)
    )
    assert row.value == found
    for bad, words in ((wrong, ""), ("true", ""), ("[1]", "")):
        with pytest.raises(ExperimentFileError) as caught:
            load(element_text(kind, **(given | {key.name: bad})))
        assert caught.value.key == f"element[0].{key.name}"
        assert words in caught.value.problem
        assert (
            f"{key.name} = {bad}"
            in caught.value.path.read_text("utf-8").split("\n")[caught.value.line - 1]
        )


OTHERS = [
    (kind, key)
    for kind, detector in kinds().items()
    for key in declared(detector.element)
    if key.form in ("word", "count")
]


def test_elements_that_make_bosons_are_read_and_shown(load):
    text = element_text("calorimeter", producing='["Pb", "C"]')
    element = load(text).layout.element("probe")
    assert element.producing == ("Pb", "C")
    assert dict(element.words())["producing"] == "Pb, C"
    for bad in ("3", '"Pb"', "[3]"):
        with pytest.raises(ExperimentFileError) as caught:
            load(element_text("calorimeter", producing=bad))
        assert caught.value.key.startswith("element[0].producing")


@pytest.mark.parametrize(("kind", "key"), OTHERS, ids=lambda x: getattr(x, "name", x))
def test_words_and_counts_are_read_and_shown(kind, key, load):
    good = {"count": "3", "word": f'"{key.choices[0]}"' if key.choices else '"Fe"'}[key.form]
    experiment = load(element_text(kind, **({key.name: good} | partners(kind, key.name))))
    element = experiment.layout.element("probe")
    assert getattr(element, key.name) == json.loads(good)
    shown = {r.name: r.value for r in experiments.rows(experiment) if r.section == "element probe"}
    assert shown[key.name] == str(json.loads(good))
    assert shown["kind"] == f"{kind}, passive"
    bad = {"count": ("0", '"3"', "2.5", "true"), "word": ("3", '""', "true")}[key.form]
    refused = [*bad, '"no-such-thing"'] if key.choices or "material" in key.name else bad
    for text in refused:
        with pytest.raises(ExperimentFileError) as caught:
            load(element_text(kind, **(partners(kind, key.name) | {key.name: text})))
        assert caught.value.key == f"element[0].{key.name}"


@pytest.mark.parametrize("kind", kinds())
def test_keys_of_other_kinds_are_unknown(kind, load):
    own = {key.name for key in declared(kinds()[kind].element)}
    others = {key.name for d in kinds().values() for key in declared(d.element)} - own
    assert others
    for name in sorted(others):
        with pytest.raises(ExperimentFileError) as caught:
            load(element_text(kind, **{name: "1"}))
        assert caught.value.key == f"element[0].{name}"
        assert "unknown key" in caught.value.problem


@pytest.mark.parametrize(
    ("kind", "given", "key", "words"),
    [
        ("dipole", {"tail_fraction": "0.1"}, "tail_fraction", "tail_resolution together"),
        ("vacuum", {"window_material": '"Al"'}, "window_material", "window_thickness together"),
        ("counter", {"inner_edge": '"1 cm"'}, "width", "inner_edge needs it"),
        (
            "counter",
            {"inner_edge": '"1 cm"', "width": '"1 cm"', "offset_x": '"1 cm"'},
            "inner_edge",
            "leave one of them out",
        ),
        ("dipole", {"tail_resolution": "0.1"}, "tail_resolution", "together"),
        ("vacuum", {"window_thickness": '"1 mm"'}, "window_thickness", "together"),
        ("calorimeter", {"constant": "0.1"}, "constant", "constant together"),
        ("calorimeter", {"stochastic": '"9 % sqrt(GeV)"'}, "stochastic", "constant together"),
        (
            "calorimeter",
            {"width": '"1 m"', "cell_width": '"1 cm"'},
            "width",
            "follows from the cells",
        ),
    ],
)
def test_what_belongs_together(kind, given, key, words, load):
    with pytest.raises(ExperimentFileError) as caught:
        load(element_text(kind, **given))
    assert caught.value.key == f"element[0].{key}"
    assert words in caught.value.problem


def test_layers_and_their_origin(load):
    layers = '[{ material = "Fe", thickness = { value = "5 cm", source = "a drawing", '
    layers += 'status = "published" } }, { material = "polystyrene", thickness = "4 mm" }]'
    text = element_text("veto", layers=layers, repeat="2", source='"a talk"', status='"recalled"')
    element = load(text).layout.element("probe")
    assert [layer.material for layer in element.layers] == ["Fe", "polystyrene"]
    origins = [(q.source, q.status) for name, q in element.quantities() if "layer" in name]
    assert origins == [("a drawing", "published"), ("a talk", "recalled")]
    close(element.length_cm, 2 * 5.4, 1e-12)


def test_the_file_declares_each_kind_in_the_schema():
    from emiss.experiments.tables import json_schema

    definitions = json_schema()["$defs"]
    for detector in kinds().values():
        own = definitions[f"{detector.element.__name__}Table"]["properties"]
        assert {key.name for key in declared(detector.element)} <= set(own)
        assert own["kind"]["const"] == detector.name


def test_bend_of_a_dipole_by_hand():
    experiment = experiments.get("na64mu-2022")
    magnet = experiment.layout.first(Dipole, "outgoing-spectrometer")
    # p_T = 0.3 B L: 1.4 T m bend 80 GeV by 5.246 mrad.
    close(magnet.kick, 0.299792458 * magnet.field_integral.value, 1e-12)
    close(magnet.deflection(80.0), magnet.kick / 80.0, 1e-12)
    for bad in (0.0, -1.0, float("inf"), float("nan")):
        with pytest.raises(ValidityError):
            magnet.deflection([80.0, bad])
