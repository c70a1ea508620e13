"""Depth-integrated track lengths of a shower in each layer of a sandwich.

A shower goes through a mixture per radiation length, here as everywhere: c(t) = exp(A t) c(0), see
`depth`. What is met in a layer is not: layer i lies at depths j P + t_i to j P + t_(i+1) of each
period j of P radiation lengths. With x = (1 - exp(A P))^-1 c(0), the sum of the showers at the
beginning of all periods, the showers that enter layer i add up to x_i = exp(A t_i) x, and the
tracks in it are -A^-1 (x_i - x_(i+1)), exactly. Layers that are thin give the mixture, and all
layers together are `track_lengths` to rounding.
"""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np

from ...ground.errors import ValidityError
from ...ground.matrix_exponential import matrix_exponential
from ..materials import Material
from .depth import depth_operator, remaining
from .kernels import Physics, transfer
from .tracks import PARTICLES, TrackLengths, check_beam, smooth_lengths, track_lengths

__all__ = ["layer_tracks", "path_lengths"]

CITATIONS = ("Rossi:1941zza",)

_ENERGY_STEP = 0.1


@functools.lru_cache(maxsize=64)
def layer_tracks(
    material: Material,
    primary: str,
    energy: float,
    min_energy: float = 0.5,
    *,
    physics: Physics | None = None,
) -> tuple[TrackLengths, ...]:
    """Solve the cascade for one beam, layer by layer.

    Parameters
    ----------
    material : Material
        Sandwich, of infinitely many periods; the beam enters the first layer.
    primary : "e-", "e+" or "gamma"
        Beam particle.
    energy, min_energy : float
        Beam energy and lowest energy in GeV, as for `track_lengths`.
    physics : Physics, optional
        Processes; all by default.

    Returns
    -------
    tuple of TrackLengths
        Of each layer of a period, in all periods together, in radiation lengths.

    Raises
    ------
    ValidityError
        If the material has no layers or an energy is outside its range.
    UnknownNameError
        If the primary is unknown.
    """
    if not material.layers:
        raise ValidityError(f"tracks by layer: material '{material.name}' has no layers.")
    check_beam(primary, energy, min_energy)
    system = transfer(
        material, float(energy), float(min_energy), physics or Physics(), _ENERGY_STEP
    )
    operator = depth_operator(system)
    steps = [
        matrix_exponential(thickness / layer.radiation_length_cm * operator)
        for layer, thickness in material.layers
    ]
    period = functools.reduce(lambda before, step: step @ before, steps)
    species = PARTICLES.index(primary)
    beam = np.zeros((len(operator), 1))
    # One particle at the beam energy: moments 1 and 1.
    beam[2 * species : 2 * species + 2, 0] = 1.0, 3.0
    entering = [np.linalg.solve(np.eye(len(operator)) - period, beam)]
    for step in steps:
        entering.append(step @ entering[-1])
    ahead = remaining(system, np.stack(entering, axis=2))[..., 0, :]
    inside = (ahead[..., :-1] - ahead[..., 1:]).transpose(3, 2, 0, 1)[:, :, ::-1]
    edges = system.edges[::-1].copy()
    return tuple(smooth_lengths(material, primary, energy, min_energy, edges, c) for c in inside)


def path_lengths(
    material: Material, primary: str, energy: float, min_energy: float = 0.5
) -> TrackLengths:
    """Solve the cascade for one beam, and give what is gone in cm.

    Parameters
    ----------
    material : Material
        A sandwich is gone through layer by layer.
    primary, energy, min_energy
        As of `layer_tracks`.

    Returns
    -------
    TrackLengths
        Path in cm in all layers over the mean radiation length of the material, which is what a
        simulation counts; without layers `track_lengths`.

    Raises
    ------
    ValidityError
        If an energy is outside its range.
    UnknownNameError
        If the primary is unknown.

    Notes
    -----
    Fast beam particles cross the first layer before the second. A layer of radiation length X_i
    in which they go L_i counts L_i X_i/X; where all layers have their share L_i of the radiation
    lengths this is the sum of the L_i, as in an even mixture.
    """
    if not material.layers:
        return track_lengths(material, primary, energy, min_energy)
    inside = layer_tracks(material, primary, energy, min_energy)
    mean = material.radiation_length_cm
    shares = [layer.radiation_length_cm / mean for layer, _ in material.layers]
    parts = tuple(zip(shares, inside, strict=True))
    return replace(
        inside[0],
        cumulative=np.asarray(sum(share * one.cumulative for share, one in parts)),
        shapes=np.asarray(sum(share * one.shapes for share, one in parts)),
    )
