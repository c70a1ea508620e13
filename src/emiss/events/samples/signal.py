"""Signal: beam particles in whose showers a boson is made, with importance weights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ...experiments.layout import Layout
from ...experiments.modes import modes
from ...experiments.setup import Setup
from ...ground.arrays import FloatArray
from ...ground.errors import ArgumentError, EmissError
from ...physics.models import Model
from ...physics.models.plain import model_of, plain_model
from ..bank import Bank
from ..beam import sample_beam
from ..bosons import KEY
from ..context import Context
from ..hadronic import first_calorimeter
from ..kinds import kind_number
from ..signal.charge_exchange import TITLE, mesons_asked
from ..signal.flight import flight_of, read_volume
from ..signal.lifetimes import couplings_of_decays
from ..signal.source import emitters
from .base import Sample

__all__ = ["SAMPLE", "inputs_by_mass", "signal_inputs"]

_EXCHANGE: Final = "charge_exchange"


def signal_inputs(
    layout: Layout,
    model: str | Model,
    mass: float,
    coupling: float | None = None,
    *,
    settings: Mapping[str, float | str] | None = None,
    volume: tuple[float, float] | str | None = None,
) -> dict[str, Any]:
    """What a job needs to know of a boson, as its ``extra``.

    Parameters
    ----------
    layout : Layout
        The apparatus: decides the processes and the energies that count.
    model : str or Model
        Name of a model, path of a model file, or the model itself.
    mass : float
        Mass of the boson in GeV.
    coupling : float, optional
        Free coupling of the model: the boson, or the excited dark matter it decays to, decays as
        its lifetime says, and weights are at this coupling. Without one the boson flies through.
    settings : mapping, optional
        Parameters of a model given by name that differ from their defaults.
    volume : tuple of float or str, optional
        Planes in cm from the front of the target between which all decay, with weights; ``"free"``
        for decays anywhere. By default that of the search where it has one.

    Returns
    -------
    dict
        Plain values: processes that the model couples to, least energy of the boson, elements on
        which it is made.

    Raises
    ------
    ArgumentError
        If the mass or coupling is no positive number, the mass too large for the beam, or nothing
        that is seen decays in a volume that is asked for.
    EmissError
        If no process of the mode can be simulated for this model.
    """
    mode = modes()[layout.mode]
    setup = mode.setup(layout)
    if not 0.0 < mass < setup.beam_energy:
        raise ArgumentError(
            f"mass {mass:g} GeV: must lie between 0 and the beam energy {setup.beam_energy:g} GeV."
        )
    plain = plain_model(model, settings)
    chosen, masses = model_of(plain), np.array([mass])
    if _EXCHANGE in mode.processes:
        return {KEY: {**plain, **_exchanging(layout, setup, chosen, mass, coupling, volume)}}
    known = emitters()
    used = [n for n in mode.processes if n in known and known[n].couples(chosen, masses)]
    if not used:
        names = ", ".join(mode.processes)
        raise EmissError(
            f"'{chosen.name}' at {mass:g} GeV: none of the processes of this search ({names}) can "
            "be simulated for it."
        )
    flying: dict[str, Any] = {}
    if coupling is not None:
        flying |= _flying(setup, chosen, mass, coupling, volume)
    elif volume is not None:
        raise ArgumentError("a decay volume needs a coupling, which decides how far bosons fly.")
    return {
        KEY: {
            **plain, "mass": float(mass), "processes": used,
            "least": max(setup.lowest_energy, 1.001 * mass), "highest": setup.highest_energy,
            "producing": list(setup.producing), "threshold": setup.min_missing_energy,
            **flying,
        }
    }  # fmt: skip


def inputs_by_mass(
    layout: Layout, model: Model, masses: FloatArray, coupling: float | None = None
) -> list[dict[str, Any]]:
    """What jobs need to know of a boson at several masses, which decays where a search asks for it.

    Parameters
    ----------
    layout : Layout
        What is simulated.
    model : Model
        The model.
    masses : array of float, shape (n,)
        Masses in GeV.
    coupling : float, optional
        Free coupling at which it decays, see `couplings_of_decays`.

    Returns
    -------
    list of dict
        As of `signal_inputs`.

    Raises
    ------
    EmissError
        As of `signal_inputs` and `couplings_of_decays`.
    """
    couplings = couplings_of_decays(modes()[layout.mode].setup(layout), model, masses, coupling)
    each = [None] * masses.size if couplings is None else couplings.tolist()
    return [
        signal_inputs(layout, model, mass, coupling=one)
        for mass, one in zip(masses.tolist(), each, strict=True)
    ]


def _exchanging(
    layout: Layout, setup: Setup, model: Model, mass: float, coupling: float | None,
    volume: tuple[float, float] | str | None,
) -> dict[str, Any]:  # fmt: skip
    """What a job needs to know of mesons that beam hadrons make."""
    if volume is not None:
        raise ArgumentError(
            "a decay volume belongs to bosons that fly: mesons of charge exchange decay to nothing "
            "at once, and kaons in the volume of the layout. Leave it out."
        )
    if coupling is not None and not 0.0 < coupling < math.inf:
        raise ArgumentError(f"coupling {coupling:g}: must be a positive number.")
    outside = [e.name for e in layout.role("target") if e.start < first_calorimeter(layout)]
    if outside:
        raise EmissError(
            f"target '{outside[0]}': hadrons exchange their charge in calorimeters, and in what "
            "stands behind the first of these; make it a calorimeter."
        )
    mesons = mesons_asked(model, mass, coupling, setup.particle, setup.beam_energy)
    if not mesons:
        raise EmissError(
            f"'{model.name}' at {mass:g} GeV: no meson that {setup.particle} of "
            f"{setup.beam_energy:g} GeV make by charge exchange decays to it; "
            "'emiss yields' says why."
        )
    return {
        "mass": float(mass), "coupling": coupling, "mesons": mesons,
        "processes": [TITLE + meson for meson in mesons], "producing": list(setup.producing),
        "threshold": 0.0,
    }  # fmt: skip


def _flying(
    setup: Setup, model: Model, mass: float, coupling: float,
    volume: tuple[float, float] | str | None,
) -> dict[str, Any]:  # fmt: skip
    """Coupling, volume and final states that a job needs to let bosons decay."""
    if not 0.0 < coupling < math.inf:
        raise ArgumentError(f"coupling {coupling:g}: must be a positive number.")
    window, planes = setup.visible_window, None
    wanted: tuple[str, ...] = ()
    if volume not in (None, "free"):
        planes = read_volume(volume)
    elif window is not None and volume is None:
        planes = read_volume((window.start, window.end))
        wanted = window.channels
    flight_of(model, mass, coupling, planes, wanted)
    return {
        "coupling": float(coupling), "volume": None if planes is None else list(planes),
        "wanted": list(wanted),
    }  # fmt: skip


def _main(context: Context, event: NDArray[np.int64]) -> Bank:
    if KEY not in context.extra:
        raise EmissError("the sample 'signal' needs a model and a mass.")
    kinds = np.full(event.size, kind_number(context.layout.beam.particle))
    return sample_beam(context.layout, event, context.generator("beam"), kinds)


def _has_boson(context: Context) -> NDArray[np.bool_]:
    if "boson_energy" not in context.truth:
        raise EmissError("the sample 'signal' needs a target that is a calorimeter or an absorber.")
    return np.asarray(context.weights > 0.0)


SAMPLE = Sample(
    "signal", "beam particles in whose showers a boson is made, with weights at coupling 1", _main,
    keep=_has_boson,
)  # fmt: skip
