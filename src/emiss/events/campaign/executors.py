"""Who makes the chunks: this process, processes beside it, or a cluster of Dask."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, Final, Protocol

from ...ground.errors import EmissError
from ...ground.extras import Extra
from ...ground.workers import workers_of

__all__ = ["LostWorkerError", "Workers", "alone", "borrowed", "cluster", "processes"]


DASK: Final = Extra("distributed", "dask", "--scheduler needs Dask's")


class LostWorkerError(EmissError):
    """Work that was lost with who did it, and can be done again."""


class Workers(Protocol):
    """Makes chunks at the same time."""

    width: int

    def submit(self, task: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Begin a task."""

    def lost(self, error: BaseException) -> bool:
        """Whether an error means that a worker was lost; makes new ones ready if so."""


class _Alone:
    """One task at a time, here."""

    width = 1

    def submit(self, task: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(task(*arguments))
        except Exception as error:
            future.set_exception(error)
        return future

    def lost(self, error: BaseException) -> bool:
        del error
        return False


@contextmanager
def alone() -> Iterator[Workers]:
    """Work in this process."""
    yield _Alone()


_WATCH_S: Final = 0.5
"""How often in seconds a worker looks after the process that began it."""


def _serve(parent: int) -> None:
    """A worker leaves interruptions to the process that began it, and ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """End once the parent is gone: a killed one tells nobody, and its workers would wait on."""
    while os.getppid() == parent:
        time.sleep(_WATCH_S)
    os._exit(1)


class _Processes:
    def __init__(self, count: int) -> None:
        self.width = count
        self._pool = self._new()

    def _new(self) -> ProcessPoolExecutor:
        # Forked workers have the tables and kernels of this process; not safe beside threads.
        plain = threading.active_count() == 1 and "fork" in multiprocessing.get_all_start_methods()
        context = multiprocessing.get_context("fork" if plain else "spawn")
        return ProcessPoolExecutor(
            self.width, mp_context=context, initializer=_serve, initargs=(os.getpid(),)
        )

    def submit(self, task: Callable[..., Any], *arguments: Any) -> Future[Any]:
        try:
            return self._pool.submit(task, *arguments)
        except BrokenProcessPool as error:
            future: Future[Any] = Future()
            future.set_exception(error)
            return future

    def lost(self, error: BaseException) -> bool:
        if not isinstance(error, BrokenProcessPool):
            return False
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = self._new()
        return True

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def processes(count: int) -> Iterator[Workers]:
    """Work in processes beside this one.

    Parameters
    ----------
    count : int
        How many.
    """
    workers = _Processes(count)
    try:
        yield workers
    finally:
        workers.close()


@contextmanager
def borrowed(executor: Executor) -> Iterator[Workers]:
    """Work on an executor that its owner closes.

    Parameters
    ----------
    executor : concurrent.futures.Executor
        A process pool, or that of a Dask client.
    """
    yield _Cluster(executor, workers_of(executor))


class _Cluster:
    def __init__(self, executor: Executor, width: int) -> None:
        self._executor, self.width = executor, width

    def submit(self, task: Callable[..., Any], *arguments: Any) -> Future[Any]:
        return self._executor.submit(task, *arguments)

    def lost(self, error: BaseException) -> bool:
        # Dask begins a task of a lost worker again by itself, some times.
        if type(error).__name__ == "KilledWorker":
            raise LostWorkerError(
                "workers of the Dask cluster were lost at the same chunk again and again (too "
                "little memory?); finished chunks are kept: run again with --resume."
            ) from error
        if isinstance(error, CancelledError) or type(error).__name__ in _SCHEDULER:
            raise LostWorkerError(
                "the connection to the Dask scheduler was lost; finished chunks are kept: run "
                "again with --resume once there is a scheduler."
            ) from error
        return False


_SCHEDULER = ("CommClosedError", "FutureCancelledError", "TimeoutError")


@contextmanager
def _without_tracebacks() -> Iterator[None]:
    """What happens to a connection is told in a sentence; Dask's log would put a page before it."""
    log = logging.getLogger("distributed.client")
    before = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        log.setLevel(before)


@contextmanager
def cluster(address: str) -> Iterator[Workers]:
    """Work on a cluster of Dask that runs already.

    Parameters
    ----------
    address : str
        Of its scheduler, such as ``tcp://127.0.0.1:8786``.

    Raises
    ------
    EmissError
        Without ``distributed``, without an answer at the address, or without a worker.
    """
    distributed = DASK.load()
    make_client: Any = distributed.Client
    try:
        client = make_client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise EmissError(f"no Dask scheduler answers at '{address}' ({error}).") from None
    with _without_tracebacks():
        try:
            threads = sum(client.nthreads().values())
            if not threads:
                raise EmissError(f"the Dask scheduler at '{address}' has no workers.")
            yield _Cluster(client.get_executor(pure=False), threads)
        finally:
            client.close(timeout=2)
