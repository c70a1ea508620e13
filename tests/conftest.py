"""Shared fixtures."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def reference() -> Path:
    """Folder with reference curves and Geant4 tables; tests skip where it is absent."""
    default = Path(__file__).resolve().parents[1].parent / "shared"
    folder = Path(os.environ.get("EMISS_SHARED", default)) / "reference"
    if not folder.is_dir():
        pytest.skip("the folder with reference data is not present")
    return folder
