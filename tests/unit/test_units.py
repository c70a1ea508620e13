import math

import numpy as np
import pytest
from closeness import close
from hypothesis import given
from hypothesis import strategies as st

from emiss.ground.errors import EmissError, UnitError
from emiss.ground.units import UNITS, format_energy, mass_grid, parse_masses, parse_quantity


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("16.7 MeV", "energy", 0.0167),
        ("100GeV", "energy", 100.0),
        ("1e-3 TeV", "energy", 1.0),
        (" .5 keV ", "energy", 5e-7),
        ("1.5mm", "length", 0.15),
        ("450 m", "length", 45000.0),
        ("19.30 g/cm3", "density", 19.3),
        ("2 b", "cross-section", 2e-24),
        ("3 mrad", "angle", 3e-3),
    ],
)
def test_parses_quantities_with_units(text, kind, value):
    close(parse_quantity(text, kind), value, 1e-12)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("100", "no unit"),
        (100.0, "no unit"),
        (None, "no unit"),
        ("100 cm", "not a unit of energy"),
        ("hundred GeV", "cannot read"),
        ("1e999 GeV", "not a finite number"),
        ("nan GeV", "cannot read"),
        ("", "cannot read"),
        ("GeV", "cannot read"),
        ("1 2 GeV", "cannot read"),
    ],
)
def test_refuses_what_is_no_energy(text, message):
    with pytest.raises(UnitError, match=message):
        parse_quantity(text, "energy")


@given(st.text(max_size=20), st.sampled_from(sorted(UNITS)))
def test_any_text_gives_a_finite_number_or_a_clear_error(text, kind):
    try:
        value = parse_quantity(text, kind)
    except UnitError:
        return
    assert math.isfinite(value)


@given(st.floats(1e-9, 1e3))
def test_format_and_parse_are_inverse_to_the_digits_shown(value):
    close(parse_quantity(format_energy(value), "energy"), value, 6e-4)


def test_mass_grid_has_exact_ends_and_equal_ratios():
    grid = mass_grid("1 MeV", "1 GeV", 61)
    assert grid[0] == 0.001
    assert grid[-1] == 1.0
    np.testing.assert_allclose(grid[1:] / grid[:-1], 1000 ** (1 / 60), rtol=1e-12)


@pytest.mark.parametrize("arguments", [("1 GeV", "1 MeV", 3), ("0 MeV", "1 MeV", 3), (1, 2, 1)])
def test_mass_grid_refuses_impossible_grids(arguments):
    with pytest.raises(EmissError):
        mass_grid(*arguments)


def test_parse_masses_reads_grids_and_lists():
    np.testing.assert_allclose(parse_masses("1MeV:100MeV:3"), [1e-3, 1e-2, 0.1])
    np.testing.assert_allclose(parse_masses("16.7MeV, 1 MeV"), [1e-3, 0.0167])


@pytest.mark.parametrize("text", ["1MeV:1GeV", "1MeV:1GeV:x", "1", "1MeV,1MeV", "-1MeV", ""])
def test_parse_masses_refuses_nonsense(text):
    with pytest.raises(EmissError):
        parse_masses(text)
