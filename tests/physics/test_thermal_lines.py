"""Thermal lines: the shipped table against the full calculation, and the dark sector's share."""

from __future__ import annotations

import numpy as np
import pytest
from closeness import close

from emiss import models
from emiss.ground.constants import ELECTRIC_CHARGE
from emiss.ground.errors import EmissError, ValidityError
from emiss.ground.shipped import shipped_text
from emiss.inference import limit
from emiss.inference.thermal import kinds_of, model_line, thermal_overlays
from emiss.physics.constraints.cosmology import thermal_table
from emiss.physics.constraints.cosmology.relic import relic_coupling
from emiss.physics.constraints.cosmology.thermal_lines import (
    THERMAL_KINDS,
    table_line,
    thermal_line,
)

# Off the grid of the table, through the muon threshold and the rho.
MASSES = np.array([7.3e-4, 2.1e-3, 0.0127, 0.0613, 0.0967, 0.101, 0.131, 0.217, 0.293])


@pytest.mark.parametrize("kind", [*THERMAL_KINDS, "dirac"])
def test_table_against_full_calculation(kind: str) -> None:
    # The table was thinned to 0.4 % of log-log interpolation.
    full = relic_coupling(MASSES, kind).y
    np.testing.assert_allclose(table_line(MASSES, kind), full, rtol=5e-3)
    line = thermal_line(MASSES, kind)
    assert line.method == "table"
    np.testing.assert_allclose(line.y, table_line(MASSES, kind), rtol=1e-12)
    np.testing.assert_allclose(line.coupling, np.sqrt(line.y * 81 / 0.1), rtol=1e-12)


def test_table_rows_are_recalculated() -> None:
    # Every 15th row as shipped: six digits are written, and the full mode is deterministic; a
    # change of widths, of the R ratio or of the degrees of freedom must be followed by a new table.
    text = shipped_text("tables", "thermal_lines.csv")
    rows = [[float(v) for v in r.split(",")] for r in text.splitlines() if r[:1].isdigit()]
    for mass, *values in rows[::15]:
        full = [relic_coupling([mass], kind).y[0] for kind in THERMAL_KINDS]
        np.testing.assert_allclose(values, full, rtol=1e-4)


@pytest.mark.parametrize(
    ("alpha_dark", "mass_ratio"),
    [(0.5, 3.0), (0.1, 5.0), (0.01, 10.0), (1e-3, 3.0), (0.1, 2.5), (0.1, 2.2), (0.01, 2.1)],
)
@pytest.mark.parametrize("kind", ["scalar", "pseudo-dirac"])
def test_dependence_on_the_dark_sector(kind: str, alpha_dark: float, mass_ratio: float) -> None:
    # 1.2 % at worst of 7,000 random points of the page's range, 0.5 % at 99 % of them.
    line = thermal_line(MASSES, kind, alpha_dark, mass_ratio)
    assert line.method == "fast"
    full = relic_coupling(MASSES, kind, alpha_dark, mass_ratio)
    np.testing.assert_allclose(line.y, full.y, rtol=0.01)
    np.testing.assert_allclose(line.coupling, full.coupling, rtol=0.005)


def test_resonant_part_does_not_scale_like_y() -> None:
    # At fixed y the off-resonance rate is the same: the y line stays within 2 % for alpha_dark 0.01
    # and 0.1 at ratio 10. Near resonance the peak's height goes like 1/alpha_dark: for a width much
    # smaller than the thermal spread <sigma v> ~ epsilon^2 (not epsilon^2 alpha_dark), so that y of
    # the line falls with alpha_dark, towards proportionality.
    far = [thermal_line([0.02], "scalar", a, 10.0).y[0] for a in (0.01, 0.1)]
    close(far[0], far[1], 0.02)
    near = [thermal_line([0.02], "scalar", a, 2.2).y[0] for a in (1e-4, 1e-3)]
    close(near[1] / near[0], 10.0, 0.1)
    # A naive use of the default's line would be wrong by a factor of thousands there.
    assert thermal_line([0.02], "scalar").y[0] / near[1] > 1e3


def test_mass_ratio_dependence_off_resonance() -> None:
    # sigma v ~ y (2 m)^-2 [4 m^2 ... / (4 m^2 - R^2 m^2)]^2 R^4 at threshold: y of the line goes
    # like (1 - 4/R^2)^2, met to some 10 % for R = 8 against 20 where the thermal spread is small.
    y = [thermal_line([0.02], "dirac", 0.1, r).y[0] for r in (8.0, 20.0)]
    expected = ((1 - 4 / 64) / (1 - 4 / 400)) ** 2
    close(y[0] / y[1], expected, 0.02)


def test_other_mediators() -> None:
    # A vector coupled to e epsilon on electrons alone is a dark photon below the muon threshold.
    electron = models.get("leptophilic", {"dark_matter": "scalar"})
    line = model_line(electron, [0.02, 0.05])
    assert line.mediator == "leptophilic"
    np.testing.assert_allclose(line.y, thermal_line([0.02, 0.05], "scalar").y, rtol=0.02)
    gauge = model_line(models.get("lmu-ltau", {"dark_matter": "majorana"}), [0.02])
    alpha = 0.05**2 / (4 * np.pi)
    assert gauge.coupling_name == "g"
    close(gauge.y[0], (gauge.coupling[0] / ELECTRIC_CHARGE) ** 2 * alpha / 81, 1e-6)


def test_splitting_is_for_pseudo_dirac_only() -> None:
    model = models.get("dark-photon", {"dark_matter": "pseudo-dirac", "splitting": 0.1})
    assert model_line(model, [0.02]).y[0] > 1.5 * table_line([0.02], "pseudo-dirac")[0]
    unsplit = model_line(model, [0.02], "scalar").y
    np.testing.assert_allclose(unsplit, table_line([0.02], "scalar"), rtol=1e-12)


def test_overlays_of_a_limit() -> None:
    result = limit("na64e-2016-2022", masses=np.geomspace(1e-3, 1.0, 8))
    lines, warnings = thermal_overlays(result)
    assert warnings == ()
    assert [line.label.split()[0] for line in lines] == ["complex", "Majorana", "pseudo-Dirac"]
    for line, kind in zip(lines, THERMAL_KINDS, strict=True):
        assert line.quantity == "y"
        # The limit starts at m_chi of 0.33 MeV, where annihilation at rest is closed.
        assert 0.511e-3 < line.masses[0] < 0.56e-3
        close(line.masses[-1], 1.0 / 3.0, 1e-6)
        np.testing.assert_allclose(line.values, table_line(line.masses, kind), rtol=1e-12)


def test_overlays_without_y() -> None:
    result = limit(
        "na64e-2016-2022", models.get("dark-photon", {"dark_matter": "none"}), masses=[0.01]
    )
    assert thermal_overlays(result) == ((), ())
    light = limit("na64e-2016-2022", masses=[1e-3, 1.2e-3])
    lines, warnings = thermal_overlays(light)
    assert lines == ()
    assert "electron" in warnings[0]


def test_missing_lines_are_said() -> None:
    # alpha_dark so small that the visible width overtakes the dark one at all masses.
    tiny = models.get("dark-photon", {"alpha_dark": 1e-11})
    result = limit("na64e-2016-2022", tiny, masses=[0.05, 0.06])
    lines, warnings = thermal_overlays(result)
    assert lines == ()
    assert len(warnings) == 3
    assert "alpha_dark" in warnings[0]


def test_kinds_of_spin_zero() -> None:
    assert kinds_of(models.get("scalar", {"dark_matter": "dirac"})) == ("majorana", "dirac")


@pytest.mark.parametrize(
    ("masses", "error", "words"),
    [
        ([], EmissError, "masses"),
        ([-1.0], EmissError, "masses"),
        ([np.nan], EmissError, "masses"),
        ([1e-4], ValidityError, "table covers"),
        ([5.0], ValidityError, "table covers"),
    ],
)
def test_bad_masses(masses: list[float], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        thermal_line(masses, "scalar")


def test_model_without_dark_matter() -> None:
    with pytest.raises(EmissError, match="no dark matter"):
        model_line(models.get("dark-photon", {"dark_matter": "none"}), [0.01])


def test_a_single_mass_has_no_line_and_no_warning():
    from emiss.inference.search import limit
    from emiss.inference.thermal import thermal_overlays

    assert thermal_overlays(limit("na64e-2016", masses=[0.1])) == ((), ())


def test_masses_of_the_table_bring_interpolation_within_its_tolerance(monkeypatch) -> None:
    """With lines in closed form, a resonance among them: interpolation is as good as promised."""

    def lines(mass: float) -> np.ndarray:
        x = np.log(mass)
        return np.array([2.0 * x, 2.0 * x - 3.0 / np.cosh((x + 3.0) / 0.05), 1.5 * x + x**2 / 20.0])

    monkeypatch.setattr(thermal_table, "_log_y", lines)
    masses = thermal_table.table_masses()
    assert masses == sorted(set(masses))
    # Rounded to four digits as they are written.
    assert (masses[0], masses[-1]) == (5.4e-4, 3.0)
    assert all(float(f"{mass:.4g}") == mass for mass in masses)
    log_m = np.log(masses)
    nodes = np.array([lines(mass) for mass in masses])
    between = np.linspace(log_m[0], log_m[-1], 20_000)
    exact = np.array([lines(mass) for mass in np.exp(between)])
    for kind in range(3):
        error = np.abs(np.interp(between, log_m, nodes[:, kind]) - exact[:, kind])
        # The tolerance holds at the middle of a step; elsewhere, and where a step is at its
        # smallest, little more. The head of the table says 0.5 %.
        assert error.max() < 6e-3, kind
    # Nodes are dense where the line bends and sparse elsewhere.
    dip = np.abs(log_m + 3.0) < 0.3
    assert 40 < dip.sum() < 400
    assert len(masses) - dip.sum() < 150


def test_text_of_the_table_reads_back(monkeypatch) -> None:
    monkeypatch.setattr(thermal_table, "_log_y", lambda mass: np.log([1e-9, 2e-9, 3e-9]))
    lines = thermal_table.table_text().splitlines()
    assert lines[-1] == "3,1e-09,2e-09,3e-09"
    assert lines[lines.index("m_chi_gev,y_scalar,y_majorana,y_pseudo_dirac") + 1].startswith(
        "0.00054,"
    )
    # A straight line needs no mass between those of the coarse grid.
    assert sum(line[0].isdigit() for line in lines) == 24
