"""Tracks by layer: closed form, limits of thin and thick layers, and explicit steps in depth."""

from dataclasses import replace

import mpmath
import numpy as np
import pytest
from closeness import close
from scipy.linalg import expm

from emiss import materials
from emiss.events.signal.sample import coarse_settings
from emiss.events.transport import Beam, Removals, Slab, Stack, simulate, tracks_montecarlo
from emiss.ground.errors import UnknownNameError, ValidityError
from emiss.physics.materials import Material
from emiss.physics.shower import track_lengths
from emiss.physics.shower.depth import depth_operator, remaining
from emiss.physics.shower.kernels import Physics, transfer
from emiss.physics.shower.layers import layer_tracks, path_lengths
from emiss.physics.shower.radiation import complete_screening_excess

LEAD = materials.get("Pb")
PLASTIC = materials.get("polystyrene")
SPECIES = ("e-", "e+", "gamma")
ABOVE = np.array([20.0, 30.0, 50.0, 70.0, 90.0, 99.0])


def layered(*layers):
    """Sandwich of layers of a thickness in radiation lengths each."""
    return Material.layered("layers", [(m, t * m.radiation_length_cm) for m, t in layers])


def _closed(energy, start, end, period, excess):
    """Positrons less electrons of a positron beam of 100 GeV in a layer, by inversion of Laplace.

    At complete screening without collision loss the transform of the net charge in ln(E0/E) is
    exp(-A(s) t), so that periods add up to a geometric series.
    """
    c = mpmath.mpf(4) / 3 + 2 * excess

    def inside(s):
        loss = c * (mpmath.digamma(s + 2) + mpmath.euler - 1) + mpmath.mpf(1) / 2
        loss -= 1 / ((s + 1) * (s + 2))
        ends = mpmath.exp(-loss * start) - mpmath.exp(-loss * end)
        return ends / (loss * (1 - mpmath.exp(-loss * period)) * s)

    with mpmath.workdps(30):
        return float(mpmath.invertlaplace(inside, mpmath.log(100.0 / energy), method="talbot"))


@pytest.mark.parametrize("energy", [30.0, 60.0, 90.0])
def test_net_charge_in_closed_form(energy):
    """Two layers of one material, 0.27 and 0.09 X0."""
    material = layered((LEAD, 0.27), (LEAD, 0.09))
    physics = Physics("complete", lpm=False, ionisation=False, secondary=False)
    excess = complete_screening_excess(LEAD)
    found = layer_tracks(material, "e+", 100.0, 10.0, physics=physics)
    for tracks, (start, end) in zip(found, ((0.0, 0.27), (0.27, 0.36)), strict=True):
        net = float(tracks.above(energy, "e+") - tracks.above(energy, "e-"))
        # The energy grid of the cascade; `track_lengths` is held to the same against `mellin`.
        close(net, _closed(energy, start, end, 0.36, excess), 1e-3)


def test_all_layers_together_are_the_mixture():
    material = materials.get("na64-ecal")
    for primary in SPECIES:
        found = layer_tracks(material, primary, 100.0, 10.0)
        whole = track_lengths(material, primary, 100.0, 10.0)
        for species in SPECIES:
            together = sum(tracks.above(ABOVE, species) for tracks in found)
            # rounding, and the smooth shape within cells
            close(together, whole.above(ABOVE, species), 1e-4, absolute=1e-9, because="rounding")
            exact = sum(tracks.cumulative[SPECIES.index(species), 0] for tracks in found)
            close(exact, whole.cumulative[SPECIES.index(species), 0], 1e-9)


def test_thin_layers_are_the_mixture_and_a_thick_one_holds_all():
    thin = layer_tracks(layered((LEAD, 2e-4), (PLASTIC, 1e-4)), "e+", 100.0, 10.0)
    whole = sum(tracks.above(ABOVE, "e+") for tracks in thin)
    # the shift is half a period times the derivative in depth: at most 1e-3 up to 0.9 E0
    close(thin[1].above(ABOVE[:5], "e+"), whole[:5] / 3.0, 2e-3)
    thick = layer_tracks(layered((LEAD, 60.0), (PLASTIC, 0.1)), "e+", 100.0, 10.0)
    assert np.all(thick[1].above(ABOVE, "e+") < 1e-6 * thick[0].above(ABOVE, "e+"))


def test_one_layer_is_the_material():
    (only,) = layer_tracks(layered((LEAD, 0.3)), "e+", 100.0, 10.0)
    np.testing.assert_allclose(
        only.cumulative, track_lengths(LEAD, "e+", 100.0, 10.0).cumulative, rtol=1e-9, atol=1e-12
    )


def test_periods_one_by_one():
    """The second layer of the ECAL, period by period, without the geometric series."""
    material = materials.get("na64-ecal")
    system = transfer(material, 100.0, 20.0, Physics(), 0.1)
    operator = depth_operator(system)
    lead, plastic = (expm(t / m.radiation_length_cm * operator) for m, t in material.layers)
    state = np.zeros(len(operator))
    state[2:4] = 1.0, 3.0
    ends = np.zeros((len(operator), 1, 2))
    for _ in range(150):
        before = lead @ state
        state = plastic @ before
        ends[:, 0, 0] += before
        ends[:, 0, 1] += state
    ahead = remaining(system, ends)[:, 1, 0, 0]
    found = layer_tracks(material, "e+", 100.0, 20.0)[1].cells("e+")[1]
    np.testing.assert_allclose(
        found[::-1], ahead[:, 0] - ahead[:, 1], rtol=1e-6, atol=1e-12 * found.sum()
    )


def test_first_layers_meet_the_fastest_positrons():
    """Against showers step by step: plastic behind lead has less track than its share.

    2000 positrons through 1.5 mm of each; the ratio of both materials has an error of 0.4 % from
    batches of 100, and five of these are allowed: less than 1e-6 of samples are off.
    """
    material = materials.get("na64-ecal")
    stack = Stack.sandwich(replace(material, length=300 * material.layers[0][1]))
    run = simulate(
        stack, Beam("e+", 100.0), 2000, seed=5, settings=coarse_settings(50.0),
        emission=Removals(50.0),
    )  # fmt: skip
    event, kind, _, _, path, medium = run.removals.T[:6]
    lead, plastic = (
        np.bincount(event[rows].astype(int), path[rows] / m.radiation_length_cm, 2000)
        for number, m in enumerate(stack.materials)
        for rows in [(kind == 1) & (medium == number)]
    )
    ratio = plastic.sum() / lead.sum()
    batches = (plastic - ratio * lead).reshape(20, 100).sum(axis=1)
    error = batches.std(ddof=1) * np.sqrt(20) / lead.sum()
    found = [tracks.above(50.0, "e+") for tracks in layer_tracks(material, "e+", 100.0, 20.0)]
    assert error < 0.01 * ratio
    close(found[1] / found[0], ratio, absolute=5.0 * error, because="five standard deviations")
    share = [t / m.radiation_length_cm for m, t in material.layers]
    assert found[1] / found[0] < 0.85 * share[1] / share[0]


def test_beam_particles_lose_their_first_per_cent_photon_by_photon():
    """Tracks of positrons that have lost 0.1 to 3 %, in the showers in which bosons are sampled.

    A resonance is a few per mille wide, and the first layers see positrons that lost one per cent.
    With photons lumped up to 2 % of the energy, as before, tracks above 99.5 GeV were a fifth less.
    4000 showers know each to 1.6 %; 2 % of the transport and four of these are allowed.
    """
    stack = Stack((Slab(replace(LEAD, length=None), 15.0),))
    run = simulate(
        stack, Beam("e+", 100.0), 4000, seed=6, settings=coarse_settings(90.0),
        emission=Removals(90.0),
    )  # fmt: skip
    _, kind, energy, _, path = run.removals.T[:5]
    cascade = track_lengths(LEAD, "e+", 100.0, 20.0)
    least = [99.9, 99.7, 99.5, 99.0, 98.5, 98.0, 97.0]
    tracks = [path[(kind == 1) & (energy > e)].sum() / 4000 for e in least]
    expected = [float(cascade.above(e, "e+")) * LEAD.radiation_length_cm for e in least]
    close(tracks, expected, 0.085)


def test_what_cannot_be_solved_is_refused():
    with pytest.raises(ValidityError, match="'Pb' has no layers"):
        layer_tracks(LEAD, "e+", 100.0)
    material = materials.get("na64-ecal")
    with pytest.raises(ValidityError, match=r"beam energy 0\.1 GeV"):
        layer_tracks(material, "e+", 0.1)
    with pytest.raises(UnknownNameError):
        layer_tracks(material, "mu+", 100.0)


def test_path_in_layers_is_that_of_the_simulation():
    """The beam crosses the first layer before the light one; as a mixture it was 5 to 20 % off."""
    material = materials.get("na64-ecal")
    edges = [10.0, 30.0, 50.0, 70.0, 90.0, 100.0]
    for primary in ("e-", "gamma"):
        solved = path_lengths(material, primary, 100.0, 10.0)
        sampled = tracks_montecarlo(material, primary, 100.0, 10.0, events=20_000, edges=edges)
        above = np.array([30.0, 50.0, 70.0, 90.0])
        # Statistical errors are 0.3 to 0.7 %; soft photons are lumped in the simulation (0.5 %).
        ratio = solved.above(above, primary) / sampled.above(above, primary)
        close(ratio, 1.0, 0.025)
        mixed = track_lengths(material, primary, 100.0, 10.0).above(above, primary)
        assert np.all(mixed / sampled.above(above, primary) > 1.015)


def test_path_without_layers_or_in_layers_of_one_material():
    whole = track_lengths(LEAD, "e-", 100.0, 10.0)
    assert path_lengths(LEAD, "e-", 100.0, 10.0) is whole
    alike = path_lengths(layered((LEAD, 0.27), (LEAD, 0.09)), "e-", 100.0, 10.0)
    for species in SPECIES:
        close(alike.above(ABOVE, species), whole.above(ABOVE, species), 2e-4, absolute=1e-9,
              because="rounding, and the smooth shape within cells")  # fmt: skip
    # In cm: each layer counts with its own radiation length.
    material = materials.get("na64-ecal")
    inside = layer_tracks(material, "e+", 100.0, 10.0)
    lengths = [layer.radiation_length_cm for layer, _ in material.layers]
    path = sum(x * one.above(ABOVE, "e+") for x, one in zip(lengths, inside, strict=True))
    found = path_lengths(material, "e+", 100.0, 10.0).above(ABOVE, "e+")
    close(found * material.radiation_length_cm, path, 1e-9)
