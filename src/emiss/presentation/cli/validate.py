"""`emiss validate`: reproduce reference numbers and report each deviation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from ..text_table import TextTable, number
from . import options
from .command import command

if TYPE_CHECKING:
    from ..validation import Check


@command("validate", "Catalogue and checks")
def validate(as_json: options.Json = False) -> None:
    """Reproduce a table of reference numbers; exit code 1 if one is out of its tolerance."""
    from dataclasses import asdict

    from ..validation import run_checks
    from .output import deliver

    checks = run_checks()
    failed = [check for check in checks if not check.passed]
    record = {
        "passed": not failed,
        "checks": [
            {**asdict(check), "deviation": check.deviation, "passed": check.passed}
            for check in checks
        ],
    }
    deliver(record, _table(checks, len(failed)), as_json=as_json)
    if failed:
        raise typer.Exit(1)


def _table(checks: Sequence[Check], failed: int) -> TextTable:
    rows = tuple(
        (
            check.name,
            number(check.value, 5),
            number(check.reference, 5),
            f"{check.deviation:+.2%}",
            f"{check.tolerance:.2%}",
            "ok" if check.passed else "FAILED",
            check.source,
        )
        for check in checks
    )
    heads = ("quantity", "emiss", "reference", "deviation", "tolerance", "", "source")
    note = f"{len(checks) - failed} of {len(checks)} within tolerance"
    return TextTable("validation", heads, rows, (note,))
