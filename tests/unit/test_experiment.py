"""Values of experiments: arithmetic, labels, projections."""

import math
import re
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from closeness import close
from scipy import stats

from emiss import experiments as experiments
from emiss.experiments import Cut, Efficiency, Layer, Layout, Quantity, Selection
from emiss.experiments.elements.calorimeter import Calorimeter, resolution
from emiss.experiments.run import expected_count
from emiss.ground.errors import EmissError, UnitError, ValidityError
from emiss.ground.quantity import parse_fraction, parse_stochastic_term


@pytest.fixture
def combined():
    return experiments.get("na64e-2016-2022")


def test_quantity_carries_its_origin():
    energy = Quantity(100.0, 1.0, "GeV", "a paper", "published", "", "a guess", "assumed")
    number, spread = energy.labels("beam: energy")
    assert (number.name, number.value) == ("beam: energy", "100 GeV")
    assert (number.status, number.source) == ("published", "a paper")
    assert (spread.name, spread.value) == ("beam: energy uncertainty", "1 GeV")
    assert (spread.status, spread.source) == ("assumed", "a guess")
    assert energy.relative_uncertainty == 0.01
    assert Quantity(0.42).labels("x")[0].value == 0.42
    assert len(Quantity(0.42).labels("x")) == 1


@pytest.mark.parametrize(
    "arguments",
    [{"value": math.nan}, {"value": math.inf}, {"uncertainty": -1.0}, {"status": "sure"}],
)
def test_quantity_refuses(arguments):
    with pytest.raises(EmissError):
        Quantity(**({"value": 1.0} | arguments))


def test_relative_uncertainty_of_zero():
    assert Quantity(0.0).relative_uncertainty == 0.0
    with pytest.raises(EmissError, match="zero"):
        _ = Quantity(0.0, 0.1).relative_uncertainty


@pytest.mark.parametrize(
    ("text", "value"), [("9 % sqrt(GeV)", 0.09), ("0.6 sqrt(GeV)", 0.6), ("60%sqrt(GeV)", 0.6)]
)
def test_stochastic_term(text, value):
    close(parse_stochastic_term(text), value, 1e-12)


@pytest.mark.parametrize("value", [0.09, "0.09", "9 %", "9 % GeV", None, "1e999 sqrt(GeV)", True])
def test_stochastic_term_needs_its_unit(value):
    with pytest.raises(UnitError):
        parse_stochastic_term(value)


@pytest.mark.parametrize("value", ["1", "1 GeV", True, None, math.nan, math.inf, [1], 10**400])
def test_fraction_refuses(value):
    with pytest.raises(UnitError):
        parse_fraction(value)


def test_resolution_closed_form(combined):
    # 9 %/sqrt(E) (+) 4 % at 50 GeV: sqrt(0.09^2 50 + (0.04 50)^2) = sqrt(4.405) GeV.
    ecal = combined.layout.element("ecal")
    for sigma in (ecal.resolution([0.0, 50.0]), resolution([0.0, 50.0], 0.09, 0.04)):
        close(sigma, [0.0, math.sqrt(4.405)], 1e-12)
    for bad in (-1.0, math.nan, math.inf):
        with pytest.raises(ValidityError):
            ecal.resolution(bad)
    with pytest.raises(ValidityError, match="'ecal': stochastic and constant are missing"):
        replace(ecal, stochastic=None).resolution(50.0)


def test_efficiency_table_is_linear_in_the_logarithm():
    table = Efficiency((0.5, 0.3, 0.3), (0.001, 0.1, 1.0), (0.05, 0.03, 0.03))
    # 10 MeV is half-way between 1 and 100 MeV in the logarithm.
    close(table.at([0.001, 0.01, 0.1, 1.0]), [0.5, 0.4, 0.3, 0.3], 1e-12)
    close(table.uncertainty_at(0.01), 0.04, 1e-12)
    names = [name for name, _ in table.rows("efficiency")]
    assert names == ["efficiency at 1 MeV", "efficiency at 100 MeV", "efficiency at 1 GeV"]
    for outside in (0.00099, 1.01):
        with pytest.raises(ValidityError, match="1 MeV to 1 GeV"):
            table.at([0.01, outside])
    with pytest.raises(ValidityError, match="masses: nan"):
        table.at([0.01, math.nan])


def test_constant_efficiency_holds_everywhere():
    constant = Efficiency((0.42,))
    assert np.array_equal(constant.at([1e-4, 3.0]), [0.42, 0.42])
    assert np.array_equal(constant.uncertainty_at([1e-4, 3.0]), [0.0, 0.0])
    assert constant.at(0.1).shape == ()


@pytest.mark.parametrize(
    "arguments",
    [
        {"values": (0.0,)},
        {"values": (1.1,)},
        {"values": (math.nan,)},
        {"values": (0.1, 0.2)},
        {"values": (0.1, 0.2), "masses": (1.0, 1.0)},
        {"values": (0.1, 0.2), "masses": (0.0, 1.0)},
        {"values": (0.1, 0.2), "masses": (1.0, math.inf)},
        {"values": (0.1,), "uncertainties": (-0.1,)},
        {"values": (0.1,), "uncertainties": (0.1, 0.1)},
    ],
)
def test_efficiency_refuses(arguments):
    with pytest.raises(EmissError, match="efficiency"):
        Efficiency(**arguments)


def part(name, position, **values):
    return Calorimeter(name=name, role="target", position=Quantity(position, None, "cm"), **values)


def stack(experiment, *parts):
    return replace(experiment.layout, elements=parts).target


def test_target_by_name_and_by_layers_agree(combined):
    thickness = Quantity(0.15, None, "cm")
    layers = (Layer("Pb", thickness), Layer("polystyrene", thickness))
    own = stack(combined, part("own", 0.0, layers=layers, repeat=150))
    named = stack(combined, part("named", 0.0, material="na64-ecal"))
    # 150 x 1.5 mm of Pb (X0 = 5.61 mm) and polystyrene (X0 = 413 mm): 40.1 + 0.5.
    for target in (combined.layout.target, own, named):
        close(target.length, 45.0, 1e-12)
        close(target.depth_x0, 150 * 1.5 / 5.612 + 150 * 1.5 / 413.1, 5e-3)
    assert own.material.status == "user"


def test_target_without_length(combined):
    with pytest.raises(EmissError, match="no length"):
        _ = part("lead", 0.0, material="Pb").length_cm
    with pytest.raises(EmissError, match="target 'Pb' has no length"):
        _ = stack(combined, part("lead", 0.0, material="Pb")).depth_x0
    ten = Quantity(10.0, None, "cm")
    close(stack(combined, part("lead", 0.0, material="Pb", length=ten)).length, 10.0, 1e-12)
    with pytest.raises(ValidityError, match="role 'target'"):
        stack(combined)


def test_values_are_frozen_and_hashable(combined):
    with pytest.raises(FrozenInstanceError):
        combined.name = "x"
    assert hash(combined) == hash(replace(combined))


def test_on_target_rescales_and_marks(combined):
    projected = combined.with_on_target(1e13, source="a plan", status="assumed")
    assert projected.projection
    assert not combined.projection
    close(projected.total_on_target, 1e13, 1e-12)
    for old, new in zip(combined.runs, projected.runs, strict=True):
        share = old.particles_on_target.value / combined.total_on_target
        close(new.particles_on_target.value, 1e13 * share, 1e-12)
        assert new.particles_on_target.source == "a plan"
        assert new.background.value == old.background.value
        assert new.background.status == new.count.status == "assumed"
    assert "1e+13" in projected.title


def test_background_may_grow_with_exposure(combined):
    projected = combined.with_on_target(10 * combined.total_on_target, scale_background=True)
    backgrounds = [run.background for run in projected.runs]
    close([b.value for b in backgrounds], [5.3, 5.1], 1e-12)
    close([b.uncertainty for b in backgrounds], [1.7, 1.3], 1e-12)
    assert [run.observed for run in projected.runs] == [5, 5]


@pytest.mark.parametrize("total", [0, -1.0, 0.5, math.nan, math.inf, 1e26])
def test_on_target_refuses(combined, total):
    with pytest.raises(EmissError, match="particles on target"):
        combined.with_on_target(total)


def test_background_beyond_counting(combined):
    with pytest.raises(EmissError, match="beyond"):
        combined.with_on_target(1e25, scale_background=True)


@pytest.mark.parametrize("mean", [0.0, 0.51, math.log(2), 1.04, 5.67, 42.3, 499.0, 501.2, 12345.6])
def test_median_count(mean):
    count = expected_count(mean)
    assert count.value == (stats.poisson.median(mean) if mean else 0.0)
    assert count.status == "assumed"


def test_efficiency_can_be_refitted(combined):
    fitted = combined.with_efficiency(0.4, "fit", "fitted")
    assert {run.efficiency.values for run in fitted.runs} == {(0.4,)}
    labels = [label for label in fitted.labels() if re.fullmatch("run .*: efficiency", label.name)]
    assert [(label.value, label.status) for label in labels] == [(0.4, "fitted")] * 2
    with pytest.raises(EmissError):
        combined.with_efficiency(0.0)


def test_labels_and_description_cover_every_number(combined):
    labels = combined.labels()
    names = [label.name for label in labels]
    assert len(set(names)) == len(names)
    assert all(label.source and label.status in experiments.STATUSES for label in labels)
    first, second = combined.runs
    numbers = [
        quantity
        for holder in (combined.beam, *combined.layout.elements, *combined.layout.triggers)
        for _, quantity in holder.quantities()
    ]
    numbers += [q for cut in combined.layout.selection.cuts for _, q in cut.quantities()]
    spreads = sum(quantity.uncertainty is not None for quantity in numbers)
    in_common = [
        x for x in labels if not x.name.startswith("run ") and not isinstance(x.value, str)
    ]
    assert len(in_common) == sum(not quantity.unit for quantity in numbers)
    with_unit = [
        x for x in labels if not x.name.startswith("run ") and re.search(r"\d ", str(x.value))
    ]
    assert len(in_common) + len(with_unit) >= len(numbers) + spreads
    for run in (first, second):
        mine = [x for x in labels if x.name.startswith(f"run {run.period}: ")]
        # 2+2+1 counts, 2 efficiency, table, uncertainty, live time; more where the layout differs.
        assert len(mine) == 10 if run.layout == combined.layout else len(mine) > 10
    assert first.layout == combined.layout != second.layout
    described = experiments.describe(combined)
    assert [(row["name"], row["value"]) for row in described] == [(x.name, x.value) for x in labels]
    assert all(isinstance(row["text"], str) for row in described)


def test_differing_selection_of_a_run_is_described(combined):
    first, second = combined.runs
    lower = Quantity(40.0, None, "GeV")
    selection = first.layout.selection
    cuts = tuple(
        replace(cut, most=lower) if cut.variable == "target_energy" else cut
        for cut in selection.cuts
    )
    layout = replace(first.layout, selection=replace(selection, cuts=cuts))
    changed = replace(combined, runs=(replace(first, layout=layout), second))
    extra = {x.name for x in changed.labels()} - {x.name for x in combined.labels()}
    assert extra == {"run 2016-2018: selection: missing energy: target_energy max"}
    assert changed.runs[0].setup.min_missing_energy == 60.0
    assert first.setup.min_missing_energy == 50.0


def test_efficiencies_of_cuts_multiply():
    cuts = (
        Cut("a", efficiency=Quantity(0.9)),
        Cut("b", "target_energy", most=Quantity(50.0, None, "GeV")),
        Cut("c", efficiency=Quantity(0.5)),
    )
    selection = Selection("missing-energy", cuts)
    close(selection.efficiency, 0.45, 1e-12)
    assert Selection("missing-energy").efficiency == 1.0


def test_layouts_hash_by_what_they_say(combined):
    layout = combined.layout
    same = Layout(layout.beam, layout.elements, layout.selection, layout.triggers)
    assert (hash(same), same) == (hash(layout), layout)
    other = replace(layout, triggers=())
    assert other != layout
    assert len({same, layout, other}) == 2


def test_what_is_said_is_hashed(combined):
    again = replace(combined)
    assert again.fingerprint == combined.fingerprint
    first, second = combined.runs
    more = replace(second, background=replace(second.background, note="another note"))
    assert replace(combined, runs=(first, more)).fingerprint != combined.fingerprint


def test_to_dict_is_plain(combined):
    import json

    record = json.loads(json.dumps(combined.to_dict()))
    assert record["layout"]["beam"]["momentum"]["value"] == 100.0
    assert record["runs"][0]["layout"]["selection"]["mode"] == combined.mode == "missing-energy"
    kinds = {item["name"]: item["kind"] for item in record["layout"]["elements"]}
    assert (kinds["ecal"], kinds["magnet1"]) == ("calorimeter", "dipole")
