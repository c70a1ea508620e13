"""`emiss validate`: reproduce reference numbers and report each deviation."""

from __future__ import annotations

import typer

from . import options
from .command import command


@command("validate", "Catalogue and checks")
def validate(as_json: options.Json = False) -> None:
    """Reproduce a table of reference numbers; exit code 1 if one is out of its tolerance."""
    from ..validation import run_checks
    from .output import emit_json, note, number, table

    checks = run_checks()
    failed = [check for check in checks if not check.passed]
    if as_json:
        emit_json(
            {
                "passed": not failed,
                "checks": [
                    {
                        "name": check.name,
                        "value": check.value,
                        "reference": check.reference,
                        "deviation": check.deviation,
                        "tolerance": check.tolerance,
                        "reason": check.reason,
                        "source": check.source,
                        "passed": check.passed,
                    }
                    for check in checks
                ],
            }
        )
    else:
        rows = [
            [
                check.name,
                number(check.value, 5),
                number(check.reference, 5),
                f"{check.deviation:+.2%}",
                f"{check.tolerance:.2%}",
                "ok" if check.passed else "FAILED",
                check.source,
            ]
            for check in checks
        ]
        columns = ["quantity", "emiss", "reference", "deviation", "tolerance", "", "source"]
        table("validation", columns, rows)
        note(f"{len(checks) - len(failed)} of {len(checks)} within tolerance")
    if failed:
        raise typer.Exit(1)
