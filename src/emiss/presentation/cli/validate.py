"""`emiss validate`: reproduce reference numbers and report each deviation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ..text_table import TextTable, number
from . import options
from .command import command

if TYPE_CHECKING:
    from ..validation import Check


@command("validate", "Catalogue and checks")
def validate(
    of: Annotated[
        list[str] | None,
        typer.Option(
            "--of",
            help="Only these checks: ground, cross-sections, tracks, statistics, limits, hadrons, "
            "neighbours; may be repeated.",
        ),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Reproduce a table of reference numbers; exit code 1 if one is out of its tolerance."""
    from dataclasses import asdict

    from ..validation import run_checks
    from .output import deliver

    checks = run_checks(of or ())
    failed = [check for check in checks if not check.passed]
    record = {
        "passed": not failed,
        "checks": [
            {
                **asdict(check),
                "deviation": check.deviation,
                "passed": check.passed,
                "verdict": check.verdict,
            }
            for check in checks
        ],
    }
    deliver(record, _table(checks, len(failed)), as_json=as_json)
    if failed:
        raise typer.Exit(1)


def _per_cent(share: float, sign: str = "") -> str:
    """In per cent; what two decimals cannot show as a power of ten."""
    if 0.0 < abs(share) < 5e-5:
        return f"{share:{sign}.0e}"
    return f"{share:{sign}.2%}"


def _table(checks: Sequence[Check], failed: int) -> TextTable:
    rows = tuple(
        (
            check.name,
            number(check.value, 5),
            number(check.reference, 5),
            _per_cent(check.deviation, "+"),
            _per_cent(check.tolerance),
            check.verdict,
            "yes" if check.independent else "no",
            check.source,
        )
        for check in checks
    )
    heads = (
        "quantity", "emiss", "reference", "deviation", "tolerance", "", "independent", "source",
    )  # fmt: skip
    within = sum(check.within for check in checks)
    notes = [f"{within} of {len(checks)} within tolerance"]
    notes += [
        f"open: {check.name}, {check.deviation:+.1%}: {check.open_because}"
        for check in checks
        if check.verdict == "open"
    ]
    if failed:
        notes.append(f"{failed} out of tolerance without an explanation")
    return TextTable("validation", heads, rows, tuple(notes))
