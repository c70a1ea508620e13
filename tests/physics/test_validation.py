"""The reference numbers of `emiss validate`, and the published curves point by point."""

import dataclasses

import numpy as np
import pytest
from closeness import close
from quoted import quoted

import emiss
from emiss import models
from emiss.ground.errors import UnknownNameError
from emiss.ground.recent import Recent
from emiss.physics.processes import charge_exchange as exchange
from emiss.presentation.validation import Check, hadrons, run_checks, statistics
from emiss.yields import deterministic
from emiss.yields.processes import charge_exchange as charge_exchange_yield


@pytest.fixture(scope="module")
def checks():
    return run_checks()


def test_every_reference_number_is_reproduced(checks):
    failed = [f"{c.name}: {c.deviation:+.2%} of {c.tolerance:.2%}" for c in checks if not c.passed]
    assert failed == []
    assert len(checks) > 50
    assert all(check.reason and check.source for check in checks)


def test_parts_of_the_checks(checks):
    found = [run_checks([name]) for name in ("hadrons", "ground")]
    assert 25 < len(found[0]) < len(checks)
    assert run_checks(["hadrons", "ground"]) == (*found[1], *found[0])
    with pytest.raises(UnknownNameError, match="Did you mean 'hadrons'"):
        run_checks(["hadron"])


def test_checks_of_hadrons_see_a_cross_section_that_is_off(monkeypatch):
    """An eta with the constants of Geant4 11.4 cannot pass: the ratio of the limits says no."""
    changed = dataclasses.replace(exchange.MESONS["eta"], scale=78.8, power=1.53)
    monkeypatch.setattr(exchange, "MESONS", {**exchange.MESONS, "eta": changed})
    monkeypatch.setattr(deterministic, "_FEW_MASSES", Recent(8))
    uncached = charge_exchange_yield.mesons_per_collision.__wrapped__
    monkeypatch.setattr(charge_exchange_yield, "mesons_per_collision", uncached)
    wrong = {check.name for check in hadrons.checks() if not check.passed}
    assert "na64h-2023: limit on Br(eta' -> inv) over that on Br(eta -> inv)" in wrong
    assert "na64h-2023: limit on Br(eta -> inv)" in wrong
    assert any("78.8 ub" in name for name in wrong)


def test_a_check_can_fail():
    off = Check("x", 1.2, 1.0, 0.1, "reason", "source")
    assert not off.passed
    assert not Check("x", float("nan"), 1.0, 0.1, "reason", "source").passed
    close(off.deviation, 0.2, 1e-6)


def test_checks_of_the_statistics_see_a_limit_that_is_off(monkeypatch):
    """None compares a formula with itself: limits 2 % too weak are out of every tolerance."""
    true = statistics.upper_limit

    def weaker(*arguments, **options):
        result = true(*arguments, **options)
        return dataclasses.replace(result, upper_limit=1.02 * result.upper_limit)

    monkeypatch.setattr(statistics, "upper_limit", weaker)
    assert [check.name for check in statistics.checks() if check.passed] == []


def published(path):
    rows = [
        [float(cell) for cell in line.split(",")]
        for line in path.read_text().splitlines()
        if line[:1].isdigit()
    ]
    return np.array(sorted(rows)).T


CURVES = [
    # One constant efficiency; 25 % where the resonance makes the curve steep. The positron
    # curve above 390 MeV hangs on the far tail of the resonance, see docs/validation.md.
    ("na64e-2016-2022", "na64e_2016_2022", 0.10, 1.0),
    ("na64e-plus-2022", "na64e_plus_2022", 0.15, 0.39),
]


@pytest.mark.parametrize(("experiment", "name", "tolerance", "highest"), CURVES)
def test_published_curve(experiment, name, tolerance, highest):
    masses, couplings = quoted(f"published_{name}").values()
    assert masses.size > 12
    _check_curve(masses, couplings, experiment, tolerance, highest)


@pytest.mark.parametrize(("experiment", "name", "tolerance", "highest"), CURVES)
def test_whole_published_curve(reference, experiment, name, tolerance, highest):
    file = f"pub_{name.replace('e_plus', 'eplus')}_eps.csv"
    masses, couplings = published(reference / "limits" / file)
    _check_curve(masses, couplings, experiment, tolerance, highest)


def _check_curve(masses, couplings, experiment, tolerance, highest):
    use = (masses >= 1.1e-3) & (masses <= highest)
    masses, index = np.unique(masses[use], return_index=True)
    # Published without photons radiated before the annihilation.
    model = models.get("dark-photon", {})
    ours = emiss.limit(experiment, model, masses=masses, associated=False).observed
    ratio = ours / couplings[use][index]
    resonance = (masses > 0.19) & (masses < 0.34)
    # The dip of the published curve is shallower; where nothing but radiation is left to trigger
    # on, one point lies above its neighbours, and the far tail is less steep in ours. See
    # docs/validation.md: open, not hidden.
    if experiment == "na64e-plus-2022":
        open_ = ((masses > 0.3193) & (masses < 0.3200)) | (masses > 0.38)
    else:
        open_ = (masses > 0.28) & (masses < 0.312)
    assert np.max(np.abs(ratio[~resonance & ~open_] - 1)) < tolerance
    assert np.max(np.abs(ratio[resonance & ~open_] - 1)) < 0.25
    assert np.all((ratio[open_] > 0.69) & (ratio[open_] < 0.93))


def test_simulated_efficiency_gives_the_published_level_and_shape():
    """Nothing was fitted: 1.1 to 150 MeV, level within 3 % and shape within 3 %.

    The published systematic uncertainty of the yield, 10 %, is 5 % in the coupling; the layout is
    assumed in part.
    """
    masses, couplings = quoted("published_na64e_2016_2022").values()
    use = (masses >= 1.1e-3) & (masses <= 0.15)
    found = emiss.limit("na64e-2016-2022", masses=masses[use], associated=False).observed
    ratio = found / couplings[use]
    close(np.mean(ratio), 1.0, 0.03)
    close(ratio, np.mean(ratio), 0.03)
