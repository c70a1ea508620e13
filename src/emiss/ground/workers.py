"""How many tasks an executor works on at the same time."""

from __future__ import annotations

from concurrent.futures import Executor

__all__ = ["workers_of"]


def workers_of(executor: Executor) -> int:
    """Workers of an executor, as far as it says; 2 where it does not.

    Parameters
    ----------
    executor : concurrent.futures.Executor
        A pool, or that of a Dask client.

    Returns
    -------
    int
        At least 1.
    """
    client = getattr(executor, "_client", None)
    if client is not None and hasattr(client, "ncores"):  # Dask
        return max(1, sum(int(count) for count in client.ncores().values()))
    return int(getattr(executor, "_max_workers", 2) or 2)
