"""Magnetic moments, showers, energy loss and decays, with names and units accepted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from ..ground.guards import guarded, number
from .arguments import ARGUMENTS
from .edge import (
    MassesLike,
    MaterialLike,
    ModelLike,
    as_beam,
    as_lepton,
    as_masses,
    as_material,
    as_model,
    as_quantity,
)

if TYPE_CHECKING:
    from ..physics.constraints.magnetic_moments import CouplingBand
    from ..physics.models.decays import Decays
    from ..physics.shower import TrackLengths
    from ..physics.shower.depth import DepthProfile
    from ..physics.shower.muon_transport import EnergyLossDistribution
    from ..yields.dump_scatter import DumpExperiment

__all__ = [
    "decays",
    "depth",
    "dump_experiment",
    "loss",
    "moments",
    "tracks",
]


@guarded(ARGUMENTS)
def moments(
    boson: str = "vector",
    *,
    masses: MassesLike = "1MeV:1GeV:60",
    lepton: Any = "mu",
    reference: str | None = None,
    sigmas: float = 2.0,
) -> CouplingBand:
    """Couplings with which a boson accounts for the magnetic moment of a lepton.

    Parameters
    ----------
    boson : str, optional
        ``vector``, ``axial``, ``scalar``, ``pseudoscalar``, or the name of a model, which stands
        for what its boson is.
    masses : numbers, text or quantities, optional
        Boson masses in GeV or with units.
    lepton : str or Particle, optional
        ``mu`` or ``e``.
    reference : str, optional
        Measured minus predicted moment, such as ``"muon-2021"``; the latest by default.
    sigmas : float, optional
        Half-width of the band in standard deviations.

    Returns
    -------
    CouplingBand
        In the coupling g; `emiss.plots.exclusion` takes it as ``moments``.

    Raises
    ------
    EmissError
        If a name is unknown or a value out of range.

    Examples
    --------
    >>> import emiss
    >>> band = emiss.moments(masses=["100 MeV"], reference="muon-2021")
    >>> bool(band.upper[0] > band.lower[0] > 0.0)
    True
    """
    from ..physics import models
    from ..physics.constraints.magnetic_moments import coupling_band

    kind = models.get(boson, {}).boson if boson in models.names() else boson
    return coupling_band(kind, as_masses(masses), as_lepton(lepton), reference, sigmas)


@guarded(ARGUMENTS)
def tracks(
    material: MaterialLike = "Pb",
    beam: Any = "e-",
    energy: Any = 100.0,
    *,
    min_energy: Any = 1.0,
) -> TrackLengths:
    """Track lengths of electrons, positrons and photons of a shower in a thick target.

    Parameters
    ----------
    material : str or Material, optional
        Name or formula.
    beam : str or Particle, optional
        Primary: ``e-``, ``e+`` or ``gamma``.
    energy, min_energy : number, text, quantity, optional
        Energy of the primary and lowest energy of a track, in GeV or with units.

    Returns
    -------
    TrackLengths
        ``histogram("e-")`` follows the protocol that hist and mplhep plot.

    Raises
    ------
    EmissError
        If a name is unknown or a value out of range.

    Examples
    --------
    >>> import emiss
    >>> shower = emiss.tracks("Pb", "e-", "50 GeV", min_energy="5 GeV")
    >>> bool(shower.above(10.0, "e-") > shower.above(20.0, "e-"))
    True
    """
    from ..physics.shower.layers import path_lengths

    return path_lengths(
        as_material(material),
        as_beam(beam),
        as_quantity(energy, "energy", "energy"),
        as_quantity(min_energy, "energy", "min_energy"),
    )


@guarded(ARGUMENTS)
def depth(
    material: MaterialLike = "Pb",
    beam: Any = "e-",
    energy: Any = 100.0,
    *,
    min_energy: Any = 1.0,
    to: float = 20.0,
    step: float = 1.0,
) -> DepthProfile:
    """Track lengths of a shower against depth.

    Parameters
    ----------
    material, beam, energy, min_energy : optional
        As in `tracks`.
    to, step : float, optional
        Depth reached and width of the cells, in radiation lengths.

    Returns
    -------
    DepthProfile
        `emiss.plots.depth` draws it.

    Raises
    ------
    EmissError
        If a name is unknown or a value out of range.

    Examples
    --------
    >>> import emiss
    >>> profile = emiss.depth("Pb", energy="50 GeV", min_energy="5 GeV", to=10.0)
    >>> profile.depths.size
    11
    """
    from ..physics.shower.depth import track_depths

    return track_depths(
        as_material(material),
        cast(Any, as_beam(beam)),
        as_quantity(energy, "energy", "energy"),
        as_quantity(min_energy, "energy", "min_energy"),
        depth=to,
        step=step,
    )


@guarded(ARGUMENTS)
def decays(
    model: ModelLike,
    mass: Any,
    *,
    coupling: float = 1e-4,
    parameters: Mapping[str, Any] | None = None,
) -> Decays:
    """Partial widths, branching and lifetime of a model's boson.

    Parameters
    ----------
    model : str, path or Model
        The model.
    mass : number, text, quantity or Particle
        Mass of the boson in GeV or with a unit.
    coupling : float, optional
        Free coupling, in the model's unit.
    parameters : mapping, optional
        Parameters of the model.

    Returns
    -------
    Decays
        Widths in GeV.

    Raises
    ------
    EmissError
        If a name is unknown or a value out of range.

    Examples
    --------
    >>> import emiss
    >>> found = emiss.decays("dark-photon", "17 MeV", parameters={"dark_matter": "none"})
    >>> [name for name, width in found.partial_widths.items() if width > 0.0]
    ['e+e-']
    """
    from ..physics.models.decays import decays as boson_decays

    return boson_decays(
        as_model(model, parameters), as_quantity(mass, "energy", "mass"), float(coupling)
    )


@guarded(ARGUMENTS, on_target=number(1.0, 1e30))
def dump_experiment(
    *,
    on_target: float,
    distance: Any,
    radius: Any,
    length: Any,
    min_recoil: Any,
    energy: Any = "20 GeV",
    dump: MaterialLike = "W",
    detector: MaterialLike = "polystyrene",
    efficiency: float = 1.0,
) -> DumpExperiment:
    """Describe a dump with a far detector, in which dark matter scatters on electrons.

    Parameters
    ----------
    on_target : float
        Electrons on target.
    distance, radius, length : number, text or quantity
        From the dump to the detector, and its size, in cm or with units.
    min_recoil, energy : number, text or quantity
        Least energy of the electron that is hit, and energy of the beam, in GeV or with units.
    dump, detector : str or Material, optional
        Materials.
    efficiency : float, optional
        Of the detector.

    Returns
    -------
    DumpExperiment
        For `emiss.dump_scatter`.

    Raises
    ------
    EmissError
        If a value is out of range.

    Examples
    --------
    >>> import emiss
    >>> dump = emiss.dump_experiment(
    ...     on_target=1e20, distance="20 m", radius="50 cm", length="1 m", min_recoil="500 MeV"
    ... )
    >>> dump.distance
    2000.0
    """
    from ..yields.dump_scatter import DumpExperiment

    return DumpExperiment(
        on_target=on_target,
        beam_energy=as_quantity(energy, "energy", "energy"),
        dump=as_material(dump, "dump"),
        distance=as_quantity(distance, "length", "distance"),
        radius=as_quantity(radius, "length", "radius"),
        length=as_quantity(length, "length", "length"),
        detector=as_material(detector, "detector"),
        min_recoil=as_quantity(min_recoil, "energy", "min_recoil"),
        efficiency=efficiency,
    )


@guarded(ARGUMENTS)
def loss(
    material: MaterialLike = "na64-ecal",
    beam: Any = "mu-",
    energy: Any = "160 GeV",
    *,
    thickness: Any = None,
) -> EnergyLossDistribution:
    """Distribution of the energy that a muon loses in a slab.

    Parameters
    ----------
    material : str or Material, optional
        Name, formula, or the material itself; a sandwich counts as its mean composition.
    beam : str or Particle, optional
        ``mu-`` or ``mu+``.
    energy : float, str or quantity, optional
        Energy in GeV or with a unit.
    thickness : float, str or quantity, optional
        Thickness in cm or with a unit; that of a sandwich if not given.

    Returns
    -------
    EnergyLossDistribution
        Mean, median and tail, and the share of each process.

    Raises
    ------
    EmissError
        If an argument is out of range, or a material without a length has no thickness.

    Examples
    --------
    >>> import emiss
    >>> found = emiss.loss("Pb", energy="160 GeV", thickness="10 cm")
    >>> bool(0.0 < found.median < found.mean)
    True
    """
    from ..physics.shower.muon_transport import muon_energy_loss

    length = None if thickness is None else as_quantity(thickness, "length", "thickness")
    value = as_quantity(energy, "energy", "energy")
    return muon_energy_loss(as_material(material), value, length, as_beam(beam))
