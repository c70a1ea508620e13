"""Couplings that magnetic moments ask for, or forbid: bands and bounds with a dated input."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...ground.arrays import FloatArray
from ...ground.checks import check_masses
from ...ground.errors import UnknownNameError, ValidityError
from ...ground.guards import guarded, instance
from ...ground.shipped import shipped_text
from ..processes.magnetic_moment import delta_a_per_g2
from .arguments import ARGUMENTS

__all__ = [
    "DEFAULT_REFERENCE",
    "CouplingBand",
    "MomentReference",
    "coupling_band",
    "coupling_upper_bound",
    "reference",
    "reference_names",
]

CITATIONS = ("Leveille:1977rc", "Muong-2:2021ojo", "Aoyama:2020ynm")


DEFAULT_REFERENCE = {"mu": "muon-2025", "e": "electron-rb-2023"}
"""The latest input for each lepton."""


@dataclass(frozen=True, slots=True)
class MomentReference:
    """Measured minus predicted anomalous magnetic moment, at a date.

    Parameters
    ----------
    name : str
        Name, for example ``"muon-2025"``.
    lepton : str
        ``"e"`` or ``"mu"``.
    year : int
        Year in which measurement and prediction stood like this.
    value, uncertainty : float
        Difference of a = (g-2)/2, and its standard deviation.
    measurement, prediction : str
        What was compared with what.
    sources : tuple of str
        Citation keys.
    status : str
        ``"published"`` where the number was read in its source, ``"recalled"`` where not yet.
    note : str
        Remarks.
    """

    name: str
    lepton: str
    year: int
    value: float
    uncertainty: float
    measurement: str
    prediction: str
    sources: tuple[str, ...]
    status: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CouplingBand:
    """Couplings with which a boson accounts for a moment.

    Parameters
    ----------
    masses : array of float, shape (n,)
        Boson masses in GeV.
    lower, upper : array of float, shape (n,)
        Ends of the band in the coupling g. The lower end is 0 where g = 0 is inside; both are
        NaN where the boson moves the moment the wrong way.
    reference : MomentReference
        The input.
    sigmas : float
        Half-width of the band in standard deviations.
    """

    masses: FloatArray
    lower: FloatArray
    upper: FloatArray
    reference: MomentReference
    sigmas: float


@functools.cache
def _references() -> dict[str, MomentReference]:
    text = shipped_text("magnetic_moments.toml")
    return {
        name: MomentReference(
            name=name,
            lepton=row["lepton"],
            year=row["year"],
            value=row["value"],
            uncertainty=row["uncertainty"],
            measurement=row["measurement"],
            prediction=row["prediction"],
            sources=tuple(row["sources"]),
            status=row["status"],
            note=row.get("note", ""),
        )
        for name, row in tomllib.loads(text).items()
    }


@guarded(ARGUMENTS)
def reference_names(lepton: str | None = None) -> tuple[str, ...]:
    """Names of the inputs that come with emiss, of one lepton or of all.

    Parameters
    ----------
    lepton : str, optional
        ``"e"`` or ``"mu"``.

    Returns
    -------
    tuple of str
        Names in the order of the file.
    """
    return tuple(n for n, row in _references().items() if lepton in (None, row.lepton))


@guarded(ARGUMENTS)
def reference(name: str) -> MomentReference:
    """Look an input up by name.

    Parameters
    ----------
    name : str
        For example ``"muon-2021"``.

    Returns
    -------
    MomentReference
        The input with its sources.

    Raises
    ------
    UnknownNameError
        If there is no such input.
    """
    known = _references()
    if name not in known:
        raise UnknownNameError("magnetic-moment reference", name, known)
    return known[name]


def _chosen(given: str | MomentReference | None, lepton: str) -> MomentReference:
    if lepton not in DEFAULT_REFERENCE:
        raise UnknownNameError("lepton with a measured moment", lepton, DEFAULT_REFERENCE)
    if given is None:
        given = DEFAULT_REFERENCE[lepton]
    chosen = reference(given) if isinstance(given, str) else given
    if chosen.lepton != lepton:
        raise ValidityError(
            f"magnetic-moment reference '{chosen.name}' is about '{chosen.lepton}', not "
            f"'{lepton}': choose one of {', '.join(reference_names(lepton))}."
        )
    return chosen


@guarded(ARGUMENTS, reference=instance(str, "MomentReference"))
def coupling_band(
    boson: str,
    masses: ArrayLike,
    lepton: str = "mu",
    reference: str | MomentReference | None = None,
    sigmas: float = 2.0,
) -> CouplingBand:
    """Couplings with which a boson explains the difference within some standard deviations.

    Parameters
    ----------
    boson : str
        ``"vector"``, ``"axial"``, ``"scalar"`` or ``"pseudoscalar"``.
    masses : array_like, shape (n,)
        Boson masses in GeV, in any order, which stays.
    lepton : str, optional
        ``"mu"`` or ``"e"``.
    reference : str or MomentReference, optional
        Input by name; by default the latest of the lepton.
    sigmas : float, optional
        Half-width of the band.

    Returns
    -------
    CouplingBand
        g = sqrt(Delta a/(Delta a/g^2)) at both ends.

    Raises
    ------
    UnknownNameError
        If boson, lepton or reference is unknown.
    ValidityError
        If a mass is out of range, the reference is of another lepton, or `sigmas` not positive.
    """
    chosen = _chosen(reference, lepton)
    grid = check_masses(masses)
    slope = delta_a_per_g2(boson, grid, lepton)
    # ends of the band in the direction in which the boson moves the moment
    sign = np.sign(slope)
    near = sign * chosen.value - sigmas * chosen.uncertainty
    far = sign * chosen.value + sigmas * chosen.uncertainty
    fits = far > 0.0
    ends = [
        np.where(fits, np.sqrt(np.maximum(end, 0.0) / abs(slope)), np.nan) for end in (near, far)
    ]
    return CouplingBand(grid, ends[0], ends[1], chosen, float(sigmas))


@guarded(ARGUMENTS, reference=instance(str, "MomentReference"))
def coupling_upper_bound(
    boson: str,
    masses: ArrayLike,
    lepton: str = "mu",
    reference: str | MomentReference | None = None,
    sigmas: float = 2.0,
) -> FloatArray:
    """Largest coupling that the moment allows.

    Parameters
    ----------
    boson, masses, lepton, reference, sigmas
        As in `coupling_band`.

    Returns
    -------
    array of float, shape (n,)
        Coupling g at which the moment moves `sigmas` standard deviations beyond the measured
        difference. NaN where even g = 0 lies further off than that in this direction: no
        coupling of this boson agrees with the input then.

    Raises
    ------
    UnknownNameError, ValidityError
        As in `coupling_band`.
    """
    return coupling_band(boson, masses, lepton, reference, sigmas).upper
