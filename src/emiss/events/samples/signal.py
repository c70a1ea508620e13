"""Signal: beam particles in whose showers a boson is made, with importance weights."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...experiments.layout import Layout
from ...experiments.modes import modes
from ...ground.errors import ArgumentError, EmissError
from ...physics.models import get as get_model
from ..bank import Bank
from ..beam import sample_beam
from ..bosons import KEY
from ..context import Context
from ..kinds import kind_number
from ..signal.source import emitters
from .base import Sample

__all__ = ["SAMPLE", "signal_inputs"]


def signal_inputs(layout: Layout, model: str, mass: float) -> dict[str, Any]:
    """What a job needs to know of a boson, as its ``extra``.

    Parameters
    ----------
    layout : Layout
        The apparatus: decides the processes and the energies that count.
    model : str
        Name of a model, whose boson decays to what is not seen, or flies through.
    mass : float
        Mass of the boson in GeV.

    Returns
    -------
    dict
        Plain values: processes that the model couples to, least energy of the boson, elements on
        which it is made.

    Raises
    ------
    ArgumentError
        If the mass is no positive number, or too large for the beam.
    EmissError
        If no process of the mode can be simulated for this model.
    """
    mode = modes()[layout.mode]
    setup = mode.setup(layout)
    if not 0.0 < mass < setup.beam_energy:
        raise ArgumentError(
            f"mass {mass:g} GeV: must lie between 0 and the beam energy {setup.beam_energy:g} GeV."
        )
    chosen, masses = get_model(model), np.array([mass])
    known = emitters()
    used = [n for n in mode.processes if n in known and known[n].couples(chosen, masses)]
    if not used:
        names = ", ".join(mode.processes)
        raise EmissError(
            f"'{model}' at {mass:g} GeV: none of the processes of this search ({names}) can be "
            "simulated for it."
        )
    return {
        KEY: {
            "model": model, "mass": float(mass), "processes": used,
            "least": max(setup.lowest_energy, 1.001 * mass), "highest": setup.highest_energy,
            "producing": list(setup.producing), "threshold": setup.min_missing_energy,
        }
    }  # fmt: skip


def _main(context: Context, event: NDArray[np.int64]) -> Bank:
    if KEY not in context.extra:
        raise EmissError("the sample 'signal' needs a model and a mass.")
    kinds = np.full(event.size, kind_number(context.layout.beam.particle))
    return sample_beam(context.layout, event, context.generator("beam"), kinds)


def _has_boson(context: Context) -> NDArray[np.bool_]:
    return np.asarray(context.weights > 0.0)


SAMPLE = Sample(
    "signal", "beam particles in whose showers a boson is made, with weights at coupling 1", _main,
    keep=_has_boson,
)  # fmt: skip
