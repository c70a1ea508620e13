"""An experiment as plain values: what was built, when it ran and what it recorded."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import math
from dataclasses import dataclass, replace
from typing import Any, Final

from ..ground.declared_types import check_declared
from ..ground.errors import ArgumentError, EmissError
from ..ground.guards import flag
from ..ground.guards import number as a_number
from ..ground.presentable import Presentable
from ..ground.provenance import InputLabel, canonical
from ..ground.quantity import Quantity
from .beam import Beam
from .describe import labels
from .efficiency import Efficiency
from .layout import Layout
from .modes import Mode, modes
from .plain import plain
from .run import Run

__all__ = ["Experiment", "Run"]


_TOTAL: Final = a_number(1.0, 1e25)
_EFFICIENCY: Final = a_number(1e-30, 1.0)


@dataclass(frozen=True, slots=True)
class Experiment(Presentable):
    """A search with all its numbers.

    Parameters
    ----------
    name, title : str
        Name in the catalogue, and in words.
    layout : Layout
        Beam, apparatus and selection; each run carries its own.
    runs : tuple of Run
        Periods, at least one.
    references : tuple of str
        Bibliography keys.
    figure : str
        The published result that this reproduces.
    notes : tuple of str
        What the reader must know.
    projection : bool
        Whether it is a plan or rescaled, not a measurement.
    file_sha256 : str
        Hash of the file and of all files it builds on.
    """

    name: str
    title: str
    layout: Layout
    runs: tuple[Run, ...]
    references: tuple[str, ...] = ()
    figure: str = ""
    notes: tuple[str, ...] = ()
    projection: bool = False
    file_sha256: str = ""

    def __post_init__(self) -> None:
        check_declared(self)

    @property
    def mode(self) -> str:
        """Name of what is looked for."""
        return self.layout.mode

    @property
    def search(self) -> Mode:
        """What is looked for: processes, elements and cuts that it needs."""
        return modes()[self.layout.mode]

    @property
    def beam(self) -> Beam:
        """The beam of the default layout."""
        return self.layout.beam

    @property
    def beam_label(self) -> str:
        """Beam momentum and particle, such as ``"100 GeV e-"``; all where runs have their own."""
        labels = [self.beam.label, *(run.layout.beam.label for run in self.runs)]
        return ", ".join(dict.fromkeys(labels))

    @property
    def total_on_target(self) -> float:
        """Beam particles on target, all runs together."""
        return math.fsum(run.particles_on_target.value for run in self.runs)

    def run_of(self, period: str | None) -> tuple[int, Run]:
        """Run of a period, and its number from 1.

        Parameters
        ----------
        period : str or None
            Name of the period; the first run for None.

        Returns
        -------
        tuple of int and Run
            Number in the order of the file, and the run.

        Raises
        ------
        ArgumentError
            If there is no such period.
        """
        if period is None:
            return 1, self.runs[0]
        for number, run in enumerate(self.runs, start=1):
            if run.period == period:
                return number, run
        periods = ", ".join(run.period for run in self.runs)
        raise ArgumentError(f"run '{period}': '{self.name}' has {periods}.")

    def labels(self) -> tuple[InputLabel, ...]:
        """Label every number with its source and status."""
        return _labels(self)

    @property
    def fingerprint(self) -> str:
        """Hash of everything that the experiment says, SHA-256."""
        return _fingerprint(self)

    def to_dict(self) -> dict[str, Any]:
        """All values as plain dictionaries and lists, for hashing and JSON."""
        return {f.name: plain(getattr(self, f.name)) for f in dataclasses.fields(self)}

    def with_efficiency(
        self, value: float, source: str = "user", status: str = "user", note: str = ""
    ) -> Experiment:
        """Replace the efficiency of all runs with one constant.

        Parameters
        ----------
        value : float
            Efficiency in (0, 1].
        source, status, note : str, optional
            Origin.

        Returns
        -------
        Experiment
            The same experiment with that efficiency.

        Raises
        ------
        EmissError
            If the value is outside (0, 1].
        """
        _EFFICIENCY(value, "value of the efficiency")
        efficiency = Efficiency((float(value),), source=source, status=status, note=note)
        return replace(self, runs=tuple(replace(r, efficiency=efficiency) for r in self.runs))

    def with_on_target(
        self,
        total: float,
        *,
        scale_background: bool = False,
        source: str = "user",
        status: str = "user",
        note: str = "",
    ) -> Experiment:
        """Rescale all runs to another number of particles on target: a projection.

        The background stays as it is, the field's convention for sensitivities (a better detector
        is assumed to keep it), or grows with the exposure. The count that stands for the
        observation is the median of the background-only counts.

        Parameters
        ----------
        total : float
            Particles on target, all runs together.
        scale_background : bool, optional
            Whether the background grows in proportion.
        source, status, note : str, optional
            Origin of the total.

        Returns
        -------
        Experiment
            The projection.

        Raises
        ------
        EmissError
            If the total is not a finite number of at least one particle.
        """
        _TOTAL(total, "total particles on target")
        flag(scale_background, "scale_background")
        total = float(total)
        factor = total / self.total_on_target
        runs = tuple(
            _projected(run, factor, scale_background, Quantity(1.0, None, "", source, status, note))
            for run in self.runs
        )
        return replace(
            self,
            title=f"{self.title}, projected to {total:.4g} on target",
            runs=runs,
            projection=True,
        )


@functools.lru_cache(maxsize=64)
def _labels(experiment: Experiment) -> tuple[InputLabel, ...]:
    return labels(experiment)


@functools.lru_cache(maxsize=64)
def _fingerprint(experiment: Experiment) -> str:
    return hashlib.sha256(_text(experiment).encode()).hexdigest()


def _text(said: Any) -> str:
    """Canonical JSON of a part of an experiment, as `digest_of` hashes it."""
    if isinstance(said, Layout):
        return _layout_text(said)
    if isinstance(said, Experiment | Run):
        names = sorted(item.name for item in dataclasses.fields(said))
        parts = (f"{canonical(name)}:{_text(getattr(said, name))}" for name in names)
        return "{" + ",".join(parts) + "}"
    if isinstance(said, tuple) and said and isinstance(said[0], Run):
        return "[" + ",".join(_text(run) for run in said) + "]"
    return canonical(plain(said))


@functools.lru_cache(maxsize=64)
def _layout_text(layout: Layout) -> str:
    return canonical(plain(layout))


def _projected(run: Run, factor: float, scale_background: bool, origin: Quantity) -> Run:
    on_target = replace(origin, value=run.particles_on_target.value * factor)
    scale = factor if scale_background else 1.0
    old = run.background
    background = replace(
        old,
        value=old.value * scale,
        uncertainty=None if old.uncertainty is None else old.uncertainty * scale,
    ).relabelled(
        f"projection from: {old.source}",
        "assumed",
        "grows with the exposure" if scale_background else "kept as it is at more exposure",
    )
    if background.value > 1e9:
        raise EmissError(
            f"run {run.period}: a background of {background.value:g} events is beyond a "
            "counting experiment (at most 1e9)."
        )
    return replace(
        run,
        particles_on_target=on_target,
        background=background,
        observed_count=None,
    )
