"""Shared fixtures."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, not whether the package is right.
settings.register_profile("emiss", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("emiss")


@pytest.fixture(scope="session")
def reference() -> Path:
    """Folder with reference curves and Geant4 tables; tests skip where it is absent."""
    default = Path(__file__).resolve().parents[1].parent / "shared"
    folder = Path(os.environ.get("EMISS_SHARED", default)) / "reference"
    if not folder.is_dir():
        pytest.skip("the folder with reference data is not present")
    return folder
