"""Shared fixtures."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, not whether the package is right. Examples
# are the same in every run of the same test.
settings.register_profile(
    "emiss", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("emiss")

NOT_CHECKED = "WHOLE CURVE NOT CHECKED"


@pytest.fixture(scope="session")
def reference() -> Path:
    """Folder with whole published curves, for checks beyond the values quoted in tests/data."""
    default = Path(__file__).resolve().parents[1].parent / "shared"
    folder = Path(os.environ.get("EMISS_SHARED", default)) / "reference"
    if not folder.is_dir():
        pytest.skip(f"{NOT_CHECKED}, only the values quoted in tests/data: set EMISS_SHARED")
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end, in words, what was left out for want of files."""
    skipped = terminalreporter.stats.get("skipped", [])
    left_out = [report.nodeid for report in skipped if NOT_CHECKED in str(report.longrepr)]
    if not left_out:
        return
    terminalreporter.section("not checked here", sep="!", yellow=True, bold=True)
    terminalreporter.write_line(
        f"{len(left_out)} checks against whole published curves were skipped: the curves are not "
        "ours to ship.\nValues quoted from each of them (tests/data) were checked. Who has the "
        "files sets EMISS_SHARED\nto the folder that holds reference/."
    )
    for nodeid in sorted(left_out):
        terminalreporter.write_line(f"  {nodeid}")
