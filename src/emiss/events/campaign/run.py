"""Running a campaign: plan, lock, chunks in any order, commits, and going on after a break."""

from __future__ import annotations

import json
import math
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ...ground.atomic import check_directory, explain_failure
from ...ground.errors import EmissError, OutputError
from ...ground.presentable import Presentable
from ...ground.weights import effective_size
from ..produce import produce
from ..record import columns_of
from ..record.files import check_format, encode_events
from .commits import Commit, clean, make_chunk, read_commits, record_commit, write_durably
from .executors import LostWorkerError, Workers, alone
from .plan import PLAN, Plan

__all__ = ["Campaign", "Progress", "estimate_bytes", "run_campaign"]

_TRIES: Final = 3
_PILOT: Final = 60
_BYTES: Final = 1500.0
"""Bytes of an event where a pilot run gives too few to tell; more than any catalogue layout's."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign is.

    Parameters
    ----------
    done, total : int
        Events, of this and of earlier runs.
    rate : float
        Events per second of this run; 0 where not known yet.
    left : float
        Seconds left; infinite where not known yet.
    """

    done: int
    total: int
    rate: float
    left: float


@dataclass(frozen=True, slots=True)
class Campaign(Presentable):
    """A campaign that is done.

    Parameters
    ----------
    directory : Path
        Where it stands.
    commits : tuple of Commit
        Its chunks, in order.
    made : int
        How many of them this run made.
    problems : tuple of str
        Chunks that were found damaged and made again.
    seconds : float
        Time of this run.
    estimate : int
        Bytes that were estimated for all chunks.
    """

    directory: Path
    commits: tuple[Commit, ...]
    made: int
    problems: tuple[str, ...]
    seconds: float
    estimate: int

    @property
    def generated(self) -> int:
        """Events that it began with."""
        return sum(commit.generated for commit in self.commits)

    @property
    def recorded(self) -> int:
        """Events in its files."""
        return sum(commit.recorded for commit in self.commits)

    @property
    def triggered(self) -> int:
        """Events with a trigger bit."""
        return sum(commit.triggered for commit in self.commits)

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(commit.size for commit in self.commits)

    @property
    def weight(self) -> float:
        """Sum of the weights."""
        return math.fsum(commit.weight for commit in self.commits)

    @property
    def effective_events(self) -> float:
        """Effective sample size, (sum of weights)^2 over the sum of their squares."""
        return effective_size(self.weight, math.fsum(commit.square for commit in self.commits))


def estimate_bytes(plan: Plan) -> int:
    """Estimate the size of all files, from a small part of the first chunk.

    Parameters
    ----------
    plan : Plan
        What is asked for.

    Returns
    -------
    int
        Bytes.
    """
    count = min(_PILOT, plan.size(0))
    table = produce(plan.job, 0, count)
    columns = columns_of(plan.job.layout)
    whole = len(encode_events(table, columns, plan.form))
    import numpy as np

    empty = len(encode_events(table.take(np.zeros(len(table), dtype=bool)), columns, plan.form))
    per_event = (whole - empty) / count if len(table) > 0.2 * count else _BYTES
    return int(plan.chunks * empty + per_event * plan.events)


_HELD: Final[set[Path]] = set()
"""Directories of the campaigns that are at work in this process."""
_HOLDING: Final = threading.Lock()


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Keep other runs of the same campaign out.

    A process has the lock, and workers that it forked have not: if it is killed, the campaign is
    free at once. Within the process it says nothing, and closing the file again would give it up.
    """
    busy = OutputError(
        f"another run of this campaign works in '{directory}'; wait for it, or choose another "
        "directory with -o."
    )
    place = directory.resolve()
    with _HOLDING:
        if place in _HELD:
            raise busy
        _HELD.add(place)
    try:
        with _locked_file(place / ".lock", busy):
            yield
    finally:
        _HELD.discard(place)


@contextmanager
def _locked_file(path: Path, busy: OutputError) -> Iterator[None]:
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o644)
    try:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise busy from None
        yield
    finally:
        os.close(handle)


def _check_place(plan: Plan, directory: Path, resume: bool) -> bool:
    """Whether there is a campaign to go on with; refuses what must not be mixed."""
    if not directory.is_dir():
        return False
    if not (directory / PLAN).exists():
        if any(path.name != ".lock" for path in directory.iterdir()):
            raise OutputError(
                f"'{directory}' holds other files; choose an empty or new directory with -o."
            )
        return False
    if not resume:
        raise OutputError(
            f"'{directory}' holds a campaign; go on with it with --resume, or choose another "
            "directory with -o."
        )
    differences = plan.differences(directory)
    if differences:
        raise OutputError(
            f"the campaign in '{directory}' is another one: {'; '.join(differences)}."
        )
    return True


def _check_space(directory: Path, needed: int) -> None:
    place = directory
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if needed > 0.95 * free:
        raise OutputError(
            f"the campaign needs about {needed / 1e6:.3g} MB and '{place}' has {free / 1e6:.3g} MB "
            "free; choose another place with -o, fewer events, or --triggered."
        )


def run_campaign(
    plan: Plan,
    directory: Path | str,
    *,
    workers: Callable[[], Any] = alone,
    resume: bool = False,
    report: Callable[[Progress], None] | None = None,
) -> Campaign:
    """Run a campaign, or go on with one.

    Parameters
    ----------
    plan : Plan
        What is asked for.
    directory : path
        Where to: a new or empty directory, or with ``resume`` that of the same campaign.
    workers : callable
        Gives a context manager of `Workers`, see `executors`.
    resume : bool
        Go on with a campaign that was interrupted; finished chunks are kept, damaged ones made
        again. More events than before extend it.
    report : callable, optional
        Called with the progress after each chunk.

    Returns
    -------
    Campaign
        The whole of it. Each file depends on the inputs and the number of its chunk alone, not
        on workers or breaks.

    Raises
    ------
    OutputError
        If the directory holds something else, is in use, or has no room.
    EmissError
        If a chunk fails; finished ones are kept.
    """
    check_format(plan.form)
    final = check_directory(directory)
    old = _check_place(plan, final, resume)
    estimate = estimate_bytes(plan)
    if not old:
        _check_space(final, estimate)
    # Workers come first: where there are none, nothing is left behind.
    with workers() as crew, _folder(final), _locked(final):
        _check_place(plan, final, resume)
        clean(final)
        commits, problems = read_commits(plan, final) if old else ({}, [])
        done = sum(commit.size for commit in commits.values())
        if old:
            _check_space(final, max(0, estimate - done))
        text = json.dumps(plan.inputs(), indent=1, sort_keys=True) + "\n"
        write_durably(final / PLAN, text.encode())
        before = len(commits)
        start = time.monotonic()
        _make(plan, final, commits, crew, _Clock(plan, commits, start, report))
        seconds = time.monotonic() - start
    ordered = tuple(commits[chunk] for chunk in sorted(commits))
    return Campaign(
        Path(directory), ordered, len(ordered) - before, tuple(problems), seconds, estimate
    )


@contextmanager
def _folder(final: Path) -> Iterator[None]:
    try:
        final.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise explain_failure(error, final) from error
    yield


class _Clock:
    """Tells the progress."""

    def __init__(
        self,
        plan: Plan,
        commits: dict[int, Commit],
        start: float,
        report: Callable[[Progress], None] | None,
    ) -> None:
        self._plan, self._report, self._start = plan, report, start
        self._before = self._done = sum(commit.generated for commit in commits.values())
        self.tell(0)

    def tell(self, events: int) -> None:
        """Count events that were finished."""
        self._done += events
        if self._report is None:
            return
        seconds = time.monotonic() - self._start
        rate = (self._done - self._before) / seconds if seconds > 0.0 else 0.0
        left = (self._plan.events - self._done) / rate if rate > 0.0 else math.inf
        self._report(Progress(self._done, self._plan.events, rate, left))


def _make(
    plan: Plan, directory: Path, commits: dict[int, Commit], crew: Workers, clock: _Clock
) -> None:
    """Make all chunks that are not there yet; a few at a time, so that memory stays flat."""
    waiting = iter([chunk for chunk in range(plan.chunks) if chunk not in commits])
    again: list[int] = []
    tries: dict[int, int] = {}
    running: dict[Future[Any], int] = {}
    try:
        while True:
            while len(running) < 2 * crew.width:
                chunk = again.pop() if again else next(waiting, None)
                if chunk is None:
                    break
                running[crew.submit(make_chunk, plan, chunk, str(directory))] = chunk
                if crew.width == 1:
                    break
            if not running:
                return
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                chunk = running.pop(future)
                error = _failure(future)
                if error is None:
                    commit = future.result()
                    record_commit(directory, commit)
                    commits[chunk] = commit
                    clock.tell(commit.generated)
                elif crew.lost(error):
                    # All that ran beside it was lost with it.
                    lost = [chunk, *running.values()]
                    running.clear()
                    again += _count(lost, tries)
                    break
                else:
                    raise _in_words(error, chunk) from error
    finally:
        for future in running:
            future.cancel()
        with suppress(BaseException):
            wait(running, timeout=60.0)


def _failure(future: Future[Any]) -> BaseException | None:
    try:
        return future.exception()
    except BaseException as error:
        return error


def _count(lost: list[int], tries: dict[int, int]) -> list[int]:
    for chunk in lost:
        tries[chunk] = tries.get(chunk, 0) + 1
        if tries[chunk] > _TRIES:
            raise LostWorkerError(
                f"chunk {chunk}: its worker was lost {_TRIES} times, perhaps for want of memory; "
                "finished chunks are kept: try again with --resume and fewer workers."
            )
    return lost


def _in_words(error: BaseException, chunk: int) -> BaseException:
    if isinstance(error, OutputError):
        return OutputError(f"{error} Finished chunks are kept: go on with --resume.")
    if isinstance(error, EmissError):
        return EmissError(f"chunk {chunk}: {error}")
    return error
