"""Finished chunks on disk: written under another name, forced to the disk, renamed, recorded."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ...ground.atomic import explain_failure
from ...ground.bounded_json import load_json
from ...ground.bounded_text import read_text
from ..produce import produce
from ..record import columns_of
from ..record.files import encode_events
from .plan import Plan

__all__ = ["Commit", "clean", "make_chunk", "read_commits", "record_commit", "write_durably"]

_PART = ".part"


@dataclass(frozen=True, slots=True)
class Commit:
    """A finished chunk.

    Parameters
    ----------
    chunk : int
        Its number.
    generated, recorded : int
        Events that it began with, and that are in its file.
    triggered : int
        Events with a trigger bit.
    weight, square : float
        Sums of their weights, and of the squares.
    size : int
        Bytes of its file.
    sha256 : str
        Hash of its file.
    """

    chunk: int
    generated: int
    recorded: int
    triggered: int
    weight: float
    square: float
    size: int
    sha256: str


def write_durably(path: Path, content: bytes) -> None:
    """Write a file that is there completely or not at all, also after a loss of power.

    Parameters
    ----------
    path : Path
        Where to.
    content : bytes
        What.

    Raises
    ------
    OutputError
        If it cannot be written; nothing is left then.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{_PART}")
    try:
        try:
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise
        _force(path.parent)
    except OSError as error:
        raise explain_failure(error, path) from error


def _force(directory: Path) -> None:
    """Force the names in a directory to the disk, where the system can."""
    with suppress(OSError):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def make_chunk(plan: Plan, chunk: int, directory: str) -> Commit:
    """Make a chunk and write its file: what a worker does.

    Parameters
    ----------
    plan : Plan
        Inputs.
    chunk : int
        Number of the chunk.
    directory : str
        Where the campaign stands; all workers see it.

    Returns
    -------
    Commit
        What is to be recorded.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    events = plan.size(chunk)
    table = produce(plan.job, chunk, events)
    content = encode_events(table, columns_of(plan.job.layout), plan.form)
    write_durably(Path(directory) / plan.file_name(chunk), content)
    weight = np.asarray(table["weight"], dtype=np.float64)
    return Commit(
        chunk, events, len(table), int(np.count_nonzero(table["trigger"])), float(weight.sum()),
        float(np.square(weight).sum()), len(content), hashlib.sha256(content).hexdigest(),
    )  # fmt: skip


def record_commit(directory: Path, commit: Commit) -> None:
    """Record a finished chunk: from here on it counts."""
    text = json.dumps(asdict(commit), sort_keys=True) + "\n"
    write_durably(directory / f"chunk-{commit.chunk:06d}.json", text.encode())


def read_commits(plan: Plan, directory: Path) -> tuple[dict[int, Commit], list[str]]:
    """Finished chunks whose files are whole.

    Parameters
    ----------
    plan : Plan
        Inputs.
    directory : Path
        Where the campaign stands.

    Returns
    -------
    commits : dict of int to Commit
        By number.
    problems : list of str
        Files that were recorded and are damaged or gone: their chunks are to be made again.
    """
    found: dict[int, Commit] = {}
    problems = []
    for path in sorted(directory.glob("chunk-*.json")):
        try:
            commit = _commit(load_json(read_text(path), path.name))
            if path.stem != f"chunk-{commit.chunk:06d}":
                raise ValueError("it is the record of another chunk")
            content = (directory / plan.file_name(commit.chunk)).read_bytes()
        except (OSError, ValueError, TypeError):
            problems.append(f"{path.stem} is missing or its record is damaged")
            continue
        if hashlib.sha256(content).hexdigest() != commit.sha256:
            problems.append(f"{plan.file_name(commit.chunk)} is damaged")
        elif commit.chunk < plan.chunks and commit.generated == plan.size(commit.chunk):
            found[commit.chunk] = commit
    return found, problems


def _commit(found: object) -> Commit:
    """Commit of a record; ValueError or TypeError if it is none."""
    if not isinstance(found, dict):
        raise TypeError("a record must be an object")
    commit = Commit(**found)
    wholes = (commit.chunk, commit.generated, commit.recorded, commit.triggered, commit.size)
    sums = (commit.weight, commit.square)
    if not all(type(n) is int and n >= 0 for n in wholes) or not all(
        type(x) in (int, float) and x >= 0.0 for x in sums
    ):
        raise ValueError("a record holds numbers that are not negative")
    if not commit.triggered <= commit.recorded:
        raise ValueError("a record has more triggers than events")
    return commit


def clean(directory: Path) -> None:
    """Remove what killed processes left: files that were never given their name."""
    for path in directory.glob(f".*{_PART}"):
        with suppress(OSError):
            path.unlink()
