"""Experiments taken together: whose runs share uncertainties, and which may hold the same data."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from ..ground.errors import EmissError, UnknownNameError
from ..ground.provenance import InputLabel
from .channel import Channel

if TYPE_CHECKING:
    from ..experiments import Experiment, Run

__all__ = ["CORRELATIONS", "CombinedExperiment", "overlaps", "parts_of", "split_names"]


CORRELATIONS: Final = ("shared", "beam", "all", "none")
"""Experiments that share a signal factor: those whose signal rests on the same cross-section
(electrons and positrons; muons), those with the same beam particle, all, or each its own."""

_LEPTONS: Final = {"e-": "electron", "e+": "electron", "mu-": "muon", "mu+": "muon"}
"""Whose production cross-section and simulation the signal of a beam particle rests on."""


@dataclass(frozen=True, slots=True)
class CombinedExperiment:
    """Experiments taken together, as far as a limit looks at them.

    Parameters
    ----------
    parts : tuple of Experiment
        The experiments, two or more, no run twice.
    correlation : str
        One of `CORRELATIONS`.

    Raises
    ------
    UnknownNameError
        If the correlation is unknown.
    EmissError
        If a run appears twice.
    """

    parts: tuple[Experiment, ...]
    correlation: str = "shared"

    def __post_init__(self) -> None:
        if self.correlation not in CORRELATIONS:
            raise UnknownNameError("correlation", self.correlation, CORRELATIONS)
        _refuse_duplicates(self.parts)

    @property
    def name(self) -> str:
        """Names joined by a plus."""
        return "+".join(part.name for part in self.parts)

    @property
    def title(self) -> str:
        """Titles joined by a plus."""
        return " + ".join(part.title for part in self.parts)

    @property
    def mode(self) -> str:
        """What is looked for, each kind once, such as ``"missing-energy"``."""
        return ", ".join(dict.fromkeys(part.mode for part in self.parts))

    @property
    def runs(self) -> tuple[Run, ...]:
        """All runs, experiment by experiment."""
        return tuple(run for part in self.parts for run in part.runs)

    @property
    def references(self) -> tuple[str, ...]:
        """Bibliography keys, each once."""
        return tuple(dict.fromkeys(key for part in self.parts for key in part.references))

    @property
    def total_on_target(self) -> float:
        """Beam particles on target, all experiments together, whatever their kind."""
        return sum(part.total_on_target for part in self.parts)

    @property
    def beam_label(self) -> str:
        """Beams, each once, such as ``"100 GeV e-, 100 GeV e+"``."""
        return ", ".join(dict.fromkeys(part.beam_label for part in self.parts))

    def labels(self) -> tuple[InputLabel, ...]:
        """Label every number, named after its experiment."""
        return tuple(
            replace(label, name=f"{part.name}: {label.name}")
            for part in self.parts
            for label in part.labels()
        )

    @property
    def fingerprint(self) -> str:
        """What everything that the experiments say comes down to: a text for hashes."""
        return " ".join((self.correlation, *(part.fingerprint for part in self.parts)))

    def channels(self, channel_of: Callable[[Run], Channel]) -> tuple[Channel, ...]:
        """Give counting channels with the groups of shared factors.

        Parameters
        ----------
        channel_of : callable
            Gives the channel of one run.

        Returns
        -------
        tuple of Channel
            One per run; the shared signal factor is named after the group of the experiment.
        """
        return tuple(
            replace(channel_of(run), signal_group=self._group(part))
            for part in self.parts
            for run in part.runs
        )

    def _group(self, part: Experiment) -> str:
        beam = part.beam.particle
        names = {"all": "signal", "shared": _LEPTONS.get(beam, beam), "beam": beam}
        return names.get(self.correlation, part.name)

    def warnings(self) -> tuple[str, ...]:
        """Say which uncertainties are shared, and which experiments may hold the same data."""
        return (*self._shared_factors(), *overlaps(self.parts))

    def _shared_factors(self) -> tuple[str, ...]:
        members: dict[str, list[str]] = {}
        for part in self.parts:
            members.setdefault(self._group(part), []).append(part.name)
        together = [names for names in members.values() if len(names) > 1]
        if not together:
            return (
                "the yield uncertainties of these experiments are taken as independent of each "
                f"other (correlation '{self.correlation}').",
            )
        return tuple(
            f"the yield uncertainty is one and the same for {' and '.join(names)} (correlation "
            f"'{self.correlation}'); 'none' takes it as independent."
            for names in together
        )


def parts_of(experiment: Experiment | CombinedExperiment) -> tuple[Experiment, ...]:
    """Experiments that were combined, or the one.

    Parameters
    ----------
    experiment : Experiment or CombinedExperiment
        One or several.

    Returns
    -------
    tuple of Experiment
        One or more.
    """
    return experiment.parts if isinstance(experiment, CombinedExperiment) else (experiment,)


def split_names(experiment: Any) -> list[Any]:
    """Experiments from a comma-separated text, a sequence, or a single one.

    Parameters
    ----------
    experiment : str, Experiment or sequence of them
        What the user gave.

    Returns
    -------
    list of str or Experiment
        One or more.

    Raises
    ------
    EmissError
        If there is none, or an empty name between commas.
    """
    given = experiment if isinstance(experiment, list | tuple) else [experiment]
    found: list[Any] = []
    for item in given:
        found += [part.strip() for part in item.split(",")] if isinstance(item, str) else [item]
    if not found or any(item == "" for item in found):
        raise EmissError(
            f"experiments {experiment!r}: give one name, or several with commas between them."
        )
    return found


def overlaps(parts: Sequence[Experiment]) -> tuple[str, ...]:
    """Say which experiments with the same beam particle cover the same years.

    Parameters
    ----------
    parts : sequence of Experiment
        Experiments.

    Returns
    -------
    tuple of str
        One sentence per pair of runs; the years are those in the names of the periods.
    """
    texts = []
    for one, other in combinations(parts, 2):
        if one.beam.particle != other.beam.particle or one.projection or other.projection:
            continue
        for a in one.runs:
            for b in other.runs:
                if _years(a.period) & _years(b.period):
                    texts.append(
                        f"'{one.name}' ({a.period}) and '{other.name}' ({b.period}) cover the "
                        "same years with the same beam; if they hold the same data, the "
                        "combination counts them twice."
                    )
    return tuple(texts)


def _years(period: str) -> set[int]:
    years = [int(text) for text in re.findall(r"\b(?:19|20)\d\d\b", period)]
    return set(range(min(years), max(years) + 1)) if years else set()


def _refuse_duplicates(parts: Sequence[Experiment]) -> None:
    seen: dict[tuple[str, str, float], str] = {}
    for part in parts:
        for run in part.runs:
            key = (part.beam.particle, run.period, run.particles_on_target.value)
            if key in seen:
                raise EmissError(
                    f"run '{run.period}' is in '{seen[key]}' and again in '{part.name}': the same "
                    "data would be counted twice; leave one of them out."
                )
            seen[key] = part.name
