"""Track fit of the spectrometers."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from closeness import close
from scipy import optimize, stats

from emiss.analysis.reconstruction import find_tracks, spectrometer
from emiss.analysis.reconstruction.events import station_hits
from emiss.analysis.reconstruction.spectrometer import PLANES, inverses
from emiss.events.produce import make_job, produce
from emiss.events.record import EventTable
from emiss.experiments import get


@functools.cache
def electrons():
    found = spectrometer(get("na64e-2021-2022").runs[0].layout, "incoming-spectrometer")
    assert found is not None
    return found


def sample(tracks, seed, miss=0.0, spread=0.01):
    """Parameters, and hits with resolution, scattering and inefficiency."""
    random, fit = np.random.default_rng(seed), electrons()
    true = np.zeros((tracks, 5))
    true[:, :2] = random.normal(0.0, 0.5, (tracks, 2))
    true[:, 2:4] = random.normal(0.0, 1e-4, (tracks, 2))
    true[:, 4] = 1.0 / random.normal(100.0, 100.0 * spread, tracks) - 0.01
    root = np.linalg.cholesky(fit.covariance)
    planes = []
    for place in fit.predict(true)[:2]:
        hits = place + random.normal(size=place.shape) @ root.T
        planes.append(np.where(random.random(place.shape) < miss, np.nan, hits)[:, :, None])
    return true, planes[0], planes[1]


def test_pulls_have_unit_width():
    # 20,000 tracks with 5 % of hits missing: widths within 3 % (five sigma of their own error)
    true, x, y = sample(20_000, 1, miss=0.05)
    tracks = find_tracks(electrons(), x, y)
    good = np.isfinite(tracks.chi2)
    assert good.mean() > 0.98
    pulls = ((tracks.parameters - true) / tracks.errors)[good]
    close(pulls.std(axis=0), np.ones(5), 0.03)
    assert np.max(np.abs(pulls.mean(axis=0))) < 5 / np.sqrt(20_000)


def test_simulated_electrons_have_pulls_of_unit_width():
    """Whole events, of electrons that radiated no hard photon (the fit knows of none).

    Central 68 %: its half-width has an error of 1.5 % with 4000 tracks, 5 % are 3.3: false
    alarms 1e-3. Synchrotron radiation of 0.19 GeV lowers the momentum, by half on the average.
    """
    experiment = get("na64e-2021-2022")
    layout = experiment.runs[0].layout
    job = make_job(
        layout, experiment.name, experiment.fingerprint, chunk_events=3000,
        options={"intensity": 0.0},
    )  # fmt: skip
    table = EventTable.join([produce(job, chunk, 3000) for chunk in range(2)])
    x, y = station_hits(table, electrons())
    tracks = find_tracks(electrons(), x, y)
    loss = np.asarray(table["truth_momentum"] - table["truth_target_momentum"], np.float64)
    good = (tracks.number == 1) & (tracks.chi2 < 5.0) & (loss < 0.3)
    true = 1.0 / (table["truth_momentum"] - 0.5 * loss) - 1.0 / electrons().momentum
    pull = ((true - tracks.parameters[:, 4]) / tracks.errors[:, 4])[good]
    low, middle, high = np.percentile(pull, [15.87, 50.0, 84.13])
    assert good.sum() > 3500
    close(0.5 * (high - low), 1.0, 0.05)
    assert abs(middle) < 0.1


def test_chi2_has_its_distribution():
    # all stations: 2 x 6 coordinates, 5 parameters; Kolmogorov-Smirnov, false alarms 1e-4
    _, x, y = sample(5000, 2)
    tracks = find_tracks(electrons(), x, y)
    assert stats.kstest(tracks.chi2 * 7, stats.chi2(7).cdf).pvalue > 1e-4


def test_momentum_is_right_far_from_the_nominal_one():
    # exact motion through the field: no bias at 60 or 140 % of the momentum, where a fit that is
    # linear around the nominal track is off by per mille
    for momentum in (60.0, 90.0, 110.0, 140.0):
        true = np.zeros((1, 5))
        true[0, 4] = 1 / momentum - 0.01
        x, y, _ = electrons().predict(true)
        tracks = find_tracks(electrons(), x[:, :, None], y[:, :, None])
        close(tracks.momentum, momentum, 1e-5)


def test_the_fit_is_the_least_squares_solution():
    # the same chi^2 minimised numerically, event by event, without matrices; scattering is that of
    # the momentum that was found
    true, x, y = sample(5, 3)
    fit = electrons()
    tracks = find_tracks(fit, x, y)
    scale = np.array([0.01, 0.01, 1e-5, 1e-5, 1e-5])
    for number in range(5):
        strength = (fit.momentum / tracks.momentum[number]) ** 2
        covariance = np.diag(fit.resolution**2) + strength * fit.scattering
        root = np.linalg.cholesky(np.linalg.inv(covariance))

        def residuals(z, number=number, root=root):
            place = fit.predict((z * scale)[None])
            rest = [hits[number, :, 0] - p[0] for hits, p in zip((x, y), place[:2], strict=True)]
            return np.concatenate([root.T @ one for one in rest])

        found = optimize.least_squares(residuals, true[number] / scale, xtol=1e-14, ftol=1e-14)
        off = (found.x * scale - tracks.parameters[number]) / tracks.errors[number]
        assert np.max(np.abs(off)) < 1e-3
        close(tracks.chi2[number] * 7, 2 * found.cost, 1e-4)


def test_stated_errors_are_those_of_the_information():
    # the inverse of the information matrix, by numerical derivatives of the prediction
    fit = electrons()
    for plane, columns in PLANES.items():
        estimator = fit.estimator(plane, np.ones(len(fit.stations), dtype=bool))
        rows = []
        for column, step in zip(columns, (1e-2, 1e-5, 1e-6), strict=False):
            up, down = np.zeros((1, 5)), np.zeros((1, 5))
            up[0, column], down[0, column] = step, -step
            index = "xy".index(plane)
            rows.append((fit.predict(up)[index][0] - fit.predict(down)[index][0]) / (2 * step))
        matrix = np.array(rows).T
        inverse = np.linalg.inv(matrix.T @ np.linalg.solve(fit.covariance, matrix))
        close(np.sqrt(np.diag(estimator.covariance)), np.sqrt(np.diag(inverse)), 1e-4)


def test_two_tracks_are_counted_and_the_better_one_is_found():
    _, x, y = sample(400, 4)
    both = [np.concatenate([hits, np.roll(hits, 1, axis=0)], axis=2) for hits in (x, y)]
    tracks = find_tracks(electrons(), *both)
    assert (tracks.number == 2).mean() > 0.95
    assert np.all(find_tracks(electrons(), x, y).number == 1)


def test_a_stray_hit_does_not_spoil_the_track():
    _, x, y = sample(500, 5)
    stray = np.full_like(x, np.nan)
    stray[:, 3] = 3.0
    tracks = find_tracks(electrons(), np.concatenate([stray, x], axis=2), y)
    alone = find_tracks(electrons(), x, y)
    close(tracks.momentum, alone.momentum, 1e-9)


def test_too_few_hits_are_no_track():
    _, x, y = sample(50, 6)
    x[:, 2:] = np.nan  # both stations before the magnets: no momentum
    tracks = find_tracks(electrons(), x, y)
    assert np.isnan(tracks.momentum).all()
    assert np.all(tracks.number == 0)


def test_layouts_without_stations_have_no_spectrometer():
    layout = get("na64e-2021-2022").runs[0].layout
    assert spectrometer(layout, "outgoing-spectrometer") is None
    with pytest.raises(Exception, match="no role of a spectrometer"):
        spectrometer(layout, "target")


def test_inverses_of_small_matrices_are_those_of_numpy():
    # both lose 1e-16 times the condition number, here up to 1e6
    random = np.random.default_rng(8)
    for size in (1, 2, 3):
        turn = np.linalg.qr(random.standard_normal((300, size, size)))[0]
        widths = 10.0 ** random.uniform(-3.0, 3.0, (300, 1, size))
        matrices = turn * widths @ turn.transpose(0, 2, 1)
        found, wanted = inverses(matrices), np.linalg.inv(matrices)
        largest = np.abs(wanted).max(axis=(1, 2))
        assert np.all(np.abs(found - wanted).max(axis=(1, 2)) < 1e-9 * largest)


def test_a_track_of_the_other_charge_is_none():
    fit = electrons()
    true = np.zeros((50, 5))
    true[:, 2:4] = np.random.default_rng(9).normal(0.0, 1e-4, (50, 2))
    x, y, _ = fit.predict(true)
    assert np.all(find_tracks(fit, x[:, :, None], y[:, :, None]).number == 1)
    # mirrored at tracks of the same slopes that are not bent
    true[:, 4] = -1.0 / fit.momentum
    straight, _, _ = fit.predict(true)
    mirrored = 2.0 * straight - x
    assert np.all(find_tracks(fit, mirrored[:, :, None], y[:, :, None]).number == 0)


def test_chi2_is_that_of_what_is_left_after_a_long_step():
    fit = electrons()
    used = np.ones(len(fit.stations), dtype=bool)
    estimator = fit.estimator("x", used)
    # a difference of sums of squares would lose chi^2 against the 1e12 of the step
    step = np.array([[1e4, 1.0, 0.1]])
    kick = 3.0 * fit.resolution * (-1.0) ** np.arange(len(fit.stations))
    rest = step @ fit.derivatives[0][:, PLANES["x"]].T
    long = estimator.fit(rest + kick, np.ones(1))
    short = estimator.fit(kick[None, :], np.ones(1))
    close(long[2][0], short[2][0], 1e-6)
