"""What a campaign was asked for, as it stands in its directory."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from ...ground.bounded_json import load_json
from ...ground.bounded_text import read_text, shown
from ...ground.errors import EmissError, OutputError
from ...ground.provenance import version
from ..produce import Job
from ..record import FORMATS
from ..record.schema import SCHEMA_VERSION

__all__ = ["PLAN", "Plan"]

PLAN: Final = "campaign.json"
"""Name of the file with the plan."""
_MOST = 10**12


@dataclass(frozen=True, slots=True)
class Plan:
    """A job and how many of its events are wanted.

    Parameters
    ----------
    job : Job
        Inputs.
    events : int
        Events that the campaign begins with.
    form : str
        Format of the files, one of `FORMATS`.
    """

    job: Job
    events: int
    form: str = "parquet"

    def __post_init__(self) -> None:
        if not 1 <= self.events <= _MOST:
            raise EmissError(f"{self.events} events: give a number from 1 to 10^12.")
        if self.form not in FORMATS:
            raise EmissError(f"unknown format '{self.form}'; use {', '.join(FORMATS)}.")

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return -(-self.events // self.job.chunk_events)

    def size(self, chunk: int) -> int:
        """Events that a chunk begins with."""
        first = chunk * self.job.chunk_events
        return min(self.job.chunk_events, self.events - first)

    def file_name(self, chunk: int) -> str:
        """Name of the file of a chunk."""
        return f"chunk-{chunk:06d}{FORMATS[self.form]}"

    def inputs(self) -> dict[str, Any]:
        """All that decides what is written, as plain values."""
        job = self.job
        return {
            "schema_version": SCHEMA_VERSION,
            "emiss": version(),
            "experiment": job.experiment,
            "experiment_sha256": job.fingerprint,
            "sample": job.sample,
            "seed": job.seed,
            "events": self.events,
            "chunk_events": job.chunk_events,
            "options": asdict(job.options),
            "run": job.run,
            "spill_events": job.spill_events,
            "triggered_only": job.triggered,
            "bad_spills": [list(spill) for spill in job.bad_spills],
            "extra": dict(job.extra),
            "format": self.form,
        }

    def differences(self, directory: Path) -> list[str]:
        """What an earlier campaign in a directory was asked for differently.

        Parameters
        ----------
        directory : Path
            With a plan.

        Returns
        -------
        list of str
            One text for each; more events are no difference.

        Raises
        ------
        OutputError
            If the plan there cannot be read.
        """
        try:
            before = load_json(read_text(directory / PLAN), PLAN)
            if not isinstance(before, dict) or type(before.get("events")) is not int:
                raise ValueError("it is no plan")
        except ValueError:  # an EmissError too
            raise OutputError(
                f"'{directory / PLAN}' is damaged; choose another directory with -o."
            ) from None
        now = json.loads(json.dumps(self.inputs()))
        found = []
        for key in sorted({*before, *now}):
            if before.get(key) != now.get(key) and key != "events":
                was, new = shown(repr(before.get(key)), 100), shown(repr(now.get(key)), 100)
                found.append(f"{shown(key, 60)} was {was} and is {new}")
        if before["events"] > self.events:
            found.append(f"events was {before['events']} and is {self.events}")
        return found
