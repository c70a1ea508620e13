"""Lines between default masses against ten times as many, of all experiments and models."""

import numpy as np
import pytest
from closeness import close

import emiss
from emiss import experiments, models
from emiss.ground.errors import EmissError
from emiss.inference.limit import BANDS

ALLOWED = 0.01
JUMP = 4e-5
"""Step in ln m in which a curve that jumps is given by its values on both sides."""
MODELS = (
    ("dark-photon", {"dark_matter": "scalar"}),
    ("dark-photon", {"dark_matter": "majorana", "mass_ratio": 2.2}),
    ("dark-photon", {"splitting": 0.1}),
    ("dark-photon", {"dark_matter": "none"}),
    ("b-l", {}),
    ("b-l", {"dark_matter": "scalar"}),
    ("lmu-ltau", {}),
    ("lmu-ltau", {"dark_matter": "scalar"}),
    ("scalar", {}),
    ("alp", {}),
    ("leptophilic", {}),
    ("b-boson", {}),
)


def curves(limit):
    """Each edge by name."""
    yield "observed", limit.observed
    yield from ((f"expected {band}", limit.expected[band]) for band in BANDS)
    if limit.y is not None:
        yield "y", limit.y
    if limit.observed_upper is not None:
        yield "upper", limit.observed_upper
        yield from ((f"upper {band}", limit.expected_upper[band]) for band in BANDS)


def between(masses):
    """Nine masses in each step, and even ones: on the steps of a jump none."""
    x = np.log(masses)
    wide = np.flatnonzero(np.diff(x) > JUMP)
    shares = np.arange(1, 10) / 10.0
    inside = x[wide, None] + np.diff(x)[wide, None] * shares
    return np.unique(np.exp(np.concatenate([inside.ravel(), np.linspace(x[0], x[-1], 300)])))


def largest_error(experiment, model):
    """Largest deviation, its mass in GeV and its curve; None where there is no curve."""
    found = emiss.limit(experiment, model)
    if found.masses.size < 2 or not any(np.isfinite(v).any() for _, v in curves(found)):
        return None
    dense = between(found.masses)
    truth = emiss.limit(experiment, model, masses=dense)
    worst = (0.0, 0.0, "")
    exact = dict(curves(truth))
    x = np.log(found.masses)
    jump = np.concatenate([np.diff(x) < JUMP, [False]])
    for name, curve in curves(found):
        if name not in exact:  # an island within steps that are left out, such as beside 2 m_e
            assert np.ptp(x[np.isfinite(curve)]) < 3.0 * JUMP
            continue
        with np.errstate(invalid="ignore", divide="ignore"):
            line = np.log(np.where(np.isinf(curve), np.nan, curve))
            wanted = np.log(np.where(np.isinf(exact[name]), np.nan, exact[name]))
        off = np.abs(np.expm1(np.interp(np.log(dense), x, line) - wanted))
        off[jump[np.clip(np.searchsorted(x, np.log(dense)) - 1, 0, x.size - 1)]] = np.nan
        if np.isfinite(off).any():
            place = int(np.nanargmax(off))
            worst = max(worst, (float(off[place]), float(dense[place]), name))
    return worst


@pytest.mark.slow
@pytest.mark.parametrize(("model", "parameters"), MODELS)
@pytest.mark.parametrize("experiment", experiments.names())
def test_lines_follow_ten_times_as_many_masses(experiment, model, parameters):
    chosen = models.get(model, parameters)
    try:
        found = largest_error(experiment, chosen)
    except EmissError as error:
        pytest.skip(str(error))
    if found is None:
        pytest.skip("a search for something else, or of one mass")
    off, mass, curve = found
    assert off < ALLOWED, f"{curve} at {mass} GeV"


def test_masses_between_are_in_each_step():
    masses = np.array([0.01, 0.02, 0.0200001, 0.1])
    dense = between(masses)
    close(dense[[0, -1]], [0.01, 0.1], 1e-12)
    assert not np.any((dense > 0.0200000001) & (dense < 0.0200000999))
    assert np.count_nonzero(dense < 0.02) >= 9
