"""Who opened the signal region, when and why: a log in which each entry seals the one before.

The log is a file of one JSON object per line beside the data. Each carries the hash of the entry
before it, so that an entry that is changed, removed or put in between is noticed. A damaged log
opens nothing.
"""

from __future__ import annotations

import datetime
import getpass
import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from ...experiments.layout import Layout
from ...experiments.selection import Cut
from ...ground.bounded_json import load_json
from ...ground.errors import EmissError, OutputError

__all__ = ["LOG_NAME", "Entry", "Status", "append", "read_log", "selection_hash", "status_of"]

LOG_NAME: Final = "unblinding.jsonl"
"""Name of the log, in the directory of the data."""
_FIRST: Final = "0" * 64
_MOST_BYTES: Final = 1 << 20
_MOST_REASON: Final = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """One unblinding.

    Parameters
    ----------
    experiment : str
        Name of the experiment.
    who : str
        Name of the user, as the system says it.
    when : str
        Time, ISO 8601 in UTC.
    reason : str
        Why.
    selection : str
        Hash of the frozen selection, see `selection_hash`.
    previous : str
        Hash of the entry before; zeros for the first.
    """

    experiment: str
    who: str
    when: str
    reason: str
    selection: str
    previous: str

    @property
    def hash(self) -> str:
        """SHA-256 of the entry."""
        text = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Status:
    """Whether the signal region of some data is open.

    Parameters
    ----------
    open : bool
        Whether data in the region may be read.
    changed : bool
        Whether the selection is another than the one that was frozen when it was opened.
    entries : tuple of Entry
        The log.
    """

    open: bool
    changed: bool
    entries: tuple[Entry, ...] = ()

    @property
    def text(self) -> str:
        """The status in words, as every result on data shows it."""
        if not self.open:
            return "blind: the signal region is hidden"
        last = self.entries[-1]
        words = f"unblinded {last.when} by {last.who} ({last.reason})"
        return f"{words}; THE SELECTION WAS CHANGED AFTERWARDS" if self.changed else words


def selection_hash(layout: Layout) -> str:
    """Hash of all that decides which events are selected: cuts in their order, region and bins.

    Parameters
    ----------
    layout : Layout
        The apparatus with its selection.

    Returns
    -------
    str
        SHA-256 in hexadecimal digits. Sources and notes do not count.
    """
    selection = layout.selection
    said = {
        "mode": selection.mode,
        "cuts": [_plain(cut) for cut in selection.cuts],
        "signal_region": list(selection.signal_region),
        "decays_from": selection.decays_from,
    }
    if selection.bins:
        said["bins"] = [
            [axis.variable, *(f"{x:.12g}" for x in axis.edges)] for axis in selection.bins
        ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _plain(cut: Cut) -> dict[str, Any]:
    bounds = (cut.least, cut.most)
    numbers = [None if bound is None else f"{bound.value:.12g}" for bound in bounds]
    return {"name": cut.name, "variable": cut.variable, "bounds": numbers, "if": cut.condition}


def read_log(directory: Path) -> tuple[Entry, ...]:
    """Read and check a log.

    Parameters
    ----------
    directory : Path
        Directory of the data.

    Returns
    -------
    tuple of Entry
        The entries; none where there is no log.

    Raises
    ------
    EmissError
        If the log is damaged: the data stay blind.
    """
    path = directory / LOG_NAME
    if not path.is_file():
        return ()
    try:
        with path.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise ValueError("it is too large")
        lines = data.decode("utf-8").splitlines()
        entries = tuple(_entry(line, str(path)) for line in lines)
    except (OSError, ValueError, KeyError, TypeError, EmissError) as error:
        raise EmissError(
            f"the unblinding log {path} cannot be read: {error}; data stay blind."
        ) from error
    previous = _FIRST
    for number, entry in enumerate(entries, 1):
        if entry.previous != previous:
            raise EmissError(
                f"the unblinding log {path} was changed: line {number} does not follow from the "
                "one before it; data stay blind."
            )
        previous = entry.hash
    return entries


def _entry(line: str, where: str) -> Entry:
    found = load_json(line, where)
    if not isinstance(found, dict):
        raise ValueError("a line is no entry")
    sealed = found.pop("hash")
    entry = Entry(**found)
    if not all(isinstance(value, str) for value in found.values()) or entry.hash != sealed:
        raise ValueError("an entry does not have its hash")
    return entry


def append(directory: Path, experiment: str, layout: Layout, reason: str) -> Entry:
    """Open the signal region: add an entry to the log.

    Parameters
    ----------
    directory : Path
        Directory of the data.
    experiment : str
        Name of the experiment.
    layout : Layout
        The apparatus; its selection is frozen.
    reason : str
        Why; one sentence at least.

    Returns
    -------
    Entry
        What was added.

    Raises
    ------
    EmissError
        If there is no reason, or the log is damaged.
    OutputError
        If the log cannot be written.
    """
    words = " ".join(reason.split())
    if not 10 <= len(words) <= _MOST_REASON:
        raise EmissError(
            f"the reason for unblinding has {len(words)} characters; give a sentence of 10 to "
            f"{_MOST_REASON}."
        )
    entries = read_log(directory)
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    previous = entries[-1].hash if entries else _FIRST
    entry = Entry(experiment, _user(), now, words, selection_hash(layout), previous)
    line = json.dumps({**asdict(entry), "hash": entry.hash}, sort_keys=True)
    try:
        with (directory / LOG_NAME).open("a", encoding="utf-8") as stream:
            stream.write(f"{line}\n")
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise OutputError(f"cannot write the unblinding log in {directory}: {error}") from error
    return entry


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown user"


def status_of(directory: Path, layout: Layout) -> Status:
    """Whether data in a directory may be read in the signal region.

    Parameters
    ----------
    directory : Path
        Directory of the data.
    layout : Layout
        The apparatus as it is now.

    Returns
    -------
    Status
        Open from the first entry of the log on.

    Raises
    ------
    EmissError
        If the log is damaged.
    """
    entries = read_log(directory)
    if not entries:
        return Status(False, False)
    return Status(True, entries[-1].selection != selection_hash(layout), entries)
