"""Signal events of hadron beams: mesons of charge exchange that decay to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from ...events.hadronic import boxes_of_layout
from ...events.hadrons import CODES, Hadrons
from ...events.kinds import KINDS, PDG
from ...events.record.signal_sample import DARK_PDG, SampleDecays, SignalSample
from ...events.signal.charge_exchange import Exchanged, Exchanges, exchange_charge
from ...experiments.layout import Layout
from ...experiments.setup import SMEARING_REACH, Setup
from ...ground.mesons import MESON_IDS
from ...physics.processes.charge_exchange import BEAMS

__all__ = ["generate_mesons"]

_CHUNK: Final = 20_000
_RECOIL: Final = {"proton": "n", "neutron": "p"}


def generate_mesons(
    layout: Layout, setup: Setup, asked: Mapping[str, Any], header: dict[str, Any], count: int
) -> SignalSample:
    """Let hadrons of the beam exchange their charge in the target.

    Parameters
    ----------
    layout : Layout
        The apparatus.
    setup : Setup
        Beam and target.
    asked : mapping
        What `signal_inputs` says.
    header : dict
        What the file says of itself; gets the numbers of mesons and nucleon.
    count : int
        Beam particles.

    Returns
    -------
    SignalSample
        Hadron, meson and struck nucleon. The meson decays to one particle that stands for all that
        is not seen and has its four-vector.
    """
    wanted = Exchanges.of(asked, layout)
    header |= {
        "boson_pdg": [MESON_IDS[meson] for meson in wanted.mesons],
        "recoil_pdg": int(PDG[KINDS.index(_RECOIL[BEAMS[wanted.beam]])]),
        "mesons": dict(wanted.mesons), "decays": True,
    }  # fmt: skip
    boxes, _ = boxes_of_layout(layout)
    front, parts = min(box.start for box in boxes), []
    for chunk, first in enumerate(range(0, count, _CHUNK)):
        size = min(_CHUNK, count - first)
        key = np.array([header["seed"], (chunk << 8) + 4], dtype=np.uint64)
        random = np.random.Generator(np.random.Philox(key=key))
        reach = np.clip(random.standard_normal(size), -SMEARING_REACH, SMEARING_REACH)
        start = Hadrons(
            np.arange(size), np.full(size, CODES[wanted.beam]),
            setup.beam_energy * (1.0 + setup.momentum_spread * reach),
            np.tile([0.0, 0.0, front], (size, 1)), np.tile([0.0, 0.0, 1.0], (size, 1)),
        )  # fmt: skip
        parts.append(_part(exchange_charge(wanted, boxes, start, random), wanted, count, header))
    return SignalSample.join(parts)


def _part(
    made: Exchanged, wanted: Exchanges, count: int, header: Mapping[str, Any]
) -> SignalSample:
    size = made.weight.size
    nothing = np.zeros((size, 4))
    pdg, daughters = np.zeros((size, 3), dtype=np.int64), np.zeros((size, 3, 4))
    pdg[:, 0], daughters[:, 0] = DARK_PDG, made.meson
    decay = np.where(np.isfinite(made.decay), made.decay, made.place)
    whole = SignalSample(
        made.weight / count, made.process, np.full(size, PDG[KINDS.index(wanted.beam)]),
        made.incoming, made.meson, made.nucleon, nothing, made.place, header,
        SampleDecays(nothing, nothing, decay, pdg, daughters),
    )  # fmt: skip
    return whole.take(np.nonzero(whole.weight > 0.0)[0])
