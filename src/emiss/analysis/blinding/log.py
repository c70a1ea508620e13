"""Who opened the signal region, when and why: a log in which each entry seals the one before.

The log is a file of one JSON object per line beside the data. Each carries the hash of the entry
before it, so that an entry that is changed, removed or put in between is noticed. A damaged log
opens nothing. The log may begin with the signal region itself: once that is sealed, data that are
blind are read with no other region and no other apparatus. An opening is of the files that lay
there then, by their content: those that come later stay blind.
"""

from __future__ import annotations

import datetime
import getpass
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from ...events.record.files import data_files, event_files
from ...experiments.layout import Layout
from ...experiments.plain import apparatus_hash
from ...experiments.selection import Cut
from ...ground.bounded_json import load_json
from ...ground.errors import EmissError, OutputError
from ...ground.provenance import digest_of

__all__ = [
    "LOG_NAME",
    "OPENED",
    "SEALED",
    "Entry",
    "Status",
    "append",
    "read_log",
    "region_hash",
    "selection_hash",
    "status_of",
]

LOG_NAME: Final = "unblinding.jsonl"
"""Name of the log, in the directory of the data."""
OPENED: Final = "opened"
SEALED: Final = "sealed"
_FIRST: Final = "0" * 64
_MOST_BYTES: Final = 1 << 20
_MOST_REASON: Final = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """One unblinding, or one sealing of the signal region before it.

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
        Hash of the frozen selection, see `selection_hash`; of what is sealed, see `region_hash`.
    previous : str
        Hash of the entry before; zeros for the first.
    what : str
        `OPENED` or `SEALED`.
    files : mapping of str to str, or None
        SHA-256 of each file of events that was opened, by its name; None in logs of old, which open
        all.
    """

    experiment: str
    who: str
    when: str
    reason: str
    selection: str
    previous: str
    what: str = OPENED
    files: Mapping[str, str] | None = None

    @property
    def said(self) -> dict[str, Any]:
        """What stands in the log of it, but for its hash."""
        found: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        if self.what == OPENED:
            del found["what"]
        if self.files is None:
            del found["files"]
        return found

    @property
    def hash(self) -> str:
        """SHA-256 of the entry."""
        return hashlib.sha256(json.dumps(self.said, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Status:
    """Whether the signal region of some data is open.

    Parameters
    ----------
    open : bool
        Whether data in the region may be read.
    changed : bool
        Whether selection or apparatus are others than those that were frozen when it was first
        opened.
    entries : tuple of Entry
        The log of what was opened.
    sealed : Entry or None
        The last sealing of the signal region.
    added : tuple of str
        Names of files that were not opened: they came, or were changed, afterwards.
    covered : tuple of str, or None
        Names of files that were opened and are as they were then; None in logs of old, which open
        all.
    """

    open: bool
    changed: bool
    entries: tuple[Entry, ...] = ()
    sealed: Entry | None = None
    added: tuple[str, ...] = ()
    covered: tuple[str, ...] | None = None

    def opens(self, file: Path) -> bool:
        """Whether the signal region of a file of these data may be read: not unless it is named."""
        return self.open and (self.covered is None or file.name in self.covered)

    @property
    def text(self) -> str:
        """The status in words, as every result on data shows it."""
        if not self.open:
            words = "blind: the signal region is hidden"
            one = self.sealed
            return words if one is None else f"{words}, sealed {one.when} by {one.who}"
        first, more = self.entries[0], len(self.entries) - 1
        words = f"unblinded {first.when} by {first.who} ({first.reason})"
        words += f", and {more} more time{'s' if more > 1 else ''}" if more else ""
        if self.added:
            names = f"'{self.added[0]}'" + (
                f" and {len(self.added) - 1} more" * (len(self.added) > 1)
            )
            words += (
                f"; {names} came or changed afterwards and stay{'s' * (len(self.added) == 1)} blind"
            )
        return f"{words}; THE SELECTION WAS CHANGED AFTERWARDS" if self.changed else words


def selection_hash(layout: Layout) -> str:
    """Hash of all that decides which events are selected: cuts, region, bins and the apparatus.

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
        "apparatus": apparatus_hash(layout),
    }
    if selection.bins:
        said["bins"] = [
            [axis.variable, *(f"{x:.12g}" for x in axis.edges)] for axis in selection.bins
        ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def region_hash(layout: Layout) -> str:
    """Hash of all that decides which events are hidden: cuts of the region, and the apparatus.

    Parameters
    ----------
    layout : Layout
        The apparatus with its selection.

    Returns
    -------
    str
        SHA-256 in hexadecimal digits. Cuts outside of the region, sources and notes do not count.
    """
    selection = layout.selection
    names = selection.signal_region
    cuts = sorted((_plain(c) for c in selection.cuts if c.name in names), key=lambda c: c["name"])
    said = {"cuts": cuts, "apparatus": apparatus_hash(layout)}
    return digest_of(said)


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
        if not data:
            raise ValueError("it is empty; if nothing was ever opened or sealed, remove it")
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
    if entry.what not in (OPENED, SEALED):
        raise ValueError("an entry is of no known kind")
    files = found.pop("files", {})
    texts = [*found.values(), *files, *files.values()] if isinstance(files, dict) else [None]
    if not all(isinstance(value, str) for value in texts) or entry.hash != sealed:
        raise ValueError("an entry does not have its hash")
    return entry


def append(
    directory: Path, experiment: str, layout: Layout, reason: str, what: str = OPENED
) -> Entry:
    """Open the signal region, or seal it: add an entry to the log.

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
    what : str
        `OPENED` or `SEALED`.

    Returns
    -------
    Entry
        What was added.

    Raises
    ------
    EmissError
        If there is no reason, nothing to open, or the log is damaged.
    OutputError
        If the log cannot be written.
    """
    words = " ".join(reason.split())
    if not 10 <= len(words) <= _MOST_REASON:
        raise EmissError(
            f"the reason has {len(words)} characters; give a sentence of 10 to {_MOST_REASON}."
        )
    entries = read_log(directory)
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    previous = entries[-1].hash if entries else _FIRST
    frozen = selection_hash(layout) if what == OPENED else region_hash(layout)
    opened = None
    if what == OPENED:
        data_files(directory)  # refuses a place without events
        opened = _hashes(directory)
    entry = Entry(experiment, _user(), now, words, frozen, previous, what, opened)
    line = json.dumps({**entry.said, "hash": entry.hash}, sort_keys=True)
    try:
        with (directory / LOG_NAME).open("a", encoding="utf-8") as stream:
            stream.write(f"{line}\n")
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise OutputError(f"cannot write the unblinding log in {directory}: {error}") from error
    return entry


def _hashes(directory: Path) -> dict[str, str]:
    """SHA-256 of the content of each file that can be read as events, alone or with others."""
    found = {}
    for file in event_files(directory):
        with file.open("rb") as stream:
            found[file.name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found


def _covered(
    directory: Path, opened: Sequence[Entry]
) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """Names of files that none of the openings covers as they are now, and of those they cover."""
    listed = [entry.files for entry in opened if entry.files is not None]
    if len(listed) < len(opened):
        return (), None
    added: list[str] = []
    covered: list[str] = []
    for name, one in _hashes(directory).items():
        (covered if any(f.get(name) == one for f in listed) else added).append(name)
    return tuple(added), tuple(covered)


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
        Open from the first entry of the log on that opened it.

    Raises
    ------
    EmissError
        If the log is damaged, or the data are blind and their region is sealed otherwise.
    """
    log = read_log(directory)
    opened = tuple(entry for entry in log if entry.what == OPENED)
    sealed = next((entry for entry in reversed(log) if entry.what == SEALED), None)
    if opened:
        # Opening again freezes nothing anew: the data have been seen.
        changed = opened[0].selection != selection_hash(layout)
        return Status(True, changed, opened, sealed, *_covered(directory, opened))
    if sealed is not None and sealed.selection != region_hash(layout):
        raise EmissError(
            f"the signal region of the data in '{directory}' was sealed {sealed.when} by "
            f"{sealed.who} as '{sealed.experiment}' had it; this is another region or apparatus, "
            "with which blind data are not read. emiss unblind --seal seals anew, on record."
        )
    return Status(False, False, (), sealed)
