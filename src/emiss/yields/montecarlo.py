"""The Monte Carlo engine: bosons sampled in showers that are simulated particle by particle.

Tracks, places of emission, energies and angles are sampled; what becomes of bosons in flight, the
threshold and the trigger on the first layers are probabilities of each. The statistical error
comes from the spread of independent batches.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ..ground.arrays import FloatArray
from ..ground.errors import EmissError
from ..ground.recent import Recent
from .assembly import Prepared, assembled
from .engine import Engine
from .processes import Options, Process, Request

if TYPE_CHECKING:
    from ..experiments import Experiment
    from ..physics.models import Model
    from .processes.base import ProcessYield
    from .signal import SignalYield

__all__ = ["ENGINE"]

_IN_DUMP: Final = ("bremsstrahlung", "annihilation", "primakoff")
_MADE_WITH: Final = {"associated": "annihilation"}
"""Processes that the sample of another contains."""
_KEPT: Recent[Prepared] = Recent(16)


def yield_of(
    experiment: Experiment, model: Model, masses: FloatArray, options: Options
) -> SignalYield:
    """Yield of an experiment, see `YieldEngine`."""
    return assembled(experiment, model, masses, options, _prepare)


def _prepare(request: Request, used: tuple[Process, ...]) -> Prepared:
    options = replace(request.options, progress=None)
    masses = request.masses.copy()
    key = (request.setup, request.model, masses.tobytes(), request.fate, options, used)
    return _KEPT.get(key, lambda: _sampled(replace(request, masses=masses), used))


def _sampled(request: Request, used: tuple[Process, ...]) -> Prepared:
    from .sampling import electrons, muons
    from .sampling.dump import sampled_in_dump
    from .sampling.mesons import sampled_mesons
    from .sampling.recoils import sampled_recoils
    from .sampling.unseen import with_unseen

    recoiling = {kind.process: kind for kind in (muons.MUONS, electrons.ELECTRONS)}
    made: dict[str, ProcessYield] = {}
    keys: list[str] = []
    names = [process.name for process in used]
    for number, process in enumerate(used):
        part = _part(request, number, len(used))
        if process.name in _IN_DUMP:
            made |= sampled_in_dump(part, process.name)
        elif process.name in recoiling:
            made |= sampled_recoils(part, recoiling[process.name])
        elif process.name == "charge_exchange":
            made |= sampled_mesons(part)
        elif _MADE_WITH.get(process.name) not in names:
            raise EmissError(
                f"engine montecarlo: no events of {process.title} are sampled; use the "
                "deterministic engine."
            )
        keys += process.citations
        if request.options.progress is not None:
            request.options.progress((number + 1) / len(used))
    whole = with_unseen(request, used, made)
    return whole, tuple(dict.fromkeys((*keys, *request.fate.citations)))


def _part(request: Request, number: int, parts: int) -> Request:
    """The request of one of several processes, whose progress is a part of the whole."""
    tell = request.options.progress
    if tell is None:
        return request
    options = replace(request.options, progress=lambda share: tell((number + share) / parts))
    return replace(request, options=options)


ENGINE = Engine(
    "montecarlo", "showers simulated particle by particle, sampled bosons", yield_of, sampled=True
)
