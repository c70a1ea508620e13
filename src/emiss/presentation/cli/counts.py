"""`emiss counts`: the limit on signal events of a counting experiment."""

from __future__ import annotations

from typing import Annotated

import typer

from . import options


def counts(
    observed: Annotated[int, typer.Option("--observed", help="Observed events.")],
    background: Annotated[float, typer.Option("--background", help="Expected background events.")],
    background_uncertainty: Annotated[
        float, typer.Option("--background-uncertainty", help="Its uncertainty, in events.")
    ] = 0.0,
    signal_uncertainty: Annotated[
        float, typer.Option("--signal-uncertainty", help="Relative uncertainty of the signal.")
    ] = 0.0,
    cl: options.ConfidenceLevel = 0.9,
    method: options.Method = "cls",
    as_json: options.Json = False,
) -> None:
    """Limit the number of signal events from observed and expected background counts."""
    from ...inference import Channel, expected_limits, upper_limit
    from ...inference.channel import confidence_text
    from .output import emit_json, number, table, warn

    channel = Channel(
        observed=observed,
        background=background,
        background_uncertainty=background_uncertainty,
        signal_uncertainty=signal_uncertainty,
    )
    result = upper_limit((channel,), method=method, cl=cl)
    expected = expected_limits((channel,), method=method, cl=cl)
    for text in result.warnings:
        warn(text)
    if as_json:
        emit_json(
            {
                "upper_limit": result.upper_limit,
                "lower_limit": result.lower_limit,
                "expected": dict(expected),
                "method": method,
                "cl": cl,
                "observed": observed,
                "background": background,
                "background_uncertainty": background_uncertainty,
                "signal_uncertainty": signal_uncertainty,
                "warnings": list(result.warnings),
            }
        )
        return
    rows = [
        ("observed", number(result.lower_limit), number(result.upper_limit, 5)),
        *(
            (f"expected {label}", "", number(expected[key], 5))
            for key, label in (
                ("-2", "−2σ"),
                ("-1", "−1σ"),
                ("0", "median"),
                ("1", "+1σ"),
                ("2", "+2σ"),
            )
        ),
    ]
    table(
        f"signal events, {confidence_text(cl)} CL ({method})",
        ["", "lower limit", "upper limit"],
        rows,
    )
