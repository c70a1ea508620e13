"""Quoted published values and own simulations in ``tests/data``, by column."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["quoted", "quoted_rows"]

_DATA = Path(__file__).with_name("data")


def quoted_rows(name: str) -> list[dict[str, str]]:
    """Rows of a table as text; its comments must say where it comes from."""
    text = (_DATA / f"{name}.csv").read_text("utf-8").splitlines()
    assert text[0].startswith("#"), f"{name} does not say where it comes from"
    return list(csv.DictReader(line for line in text if not line.startswith("#")))


def quoted(name: str) -> dict[str, NDArray[np.float64]]:
    """Columns of a table of numbers."""
    rows = quoted_rows(name)
    return {key: np.array([float(row[key]) for row in rows]) for key in rows[0]}
