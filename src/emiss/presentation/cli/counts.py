"""`emiss counts`: the limit on signal events of a counting experiment."""

from __future__ import annotations

from typing import Annotated

import typer

from . import options
from .command import command


@command("counts")
def counts(
    observed: Annotated[int, options.number("--observed", whole=True, help="Observed events.")],
    background: Annotated[
        float, options.number("--background", help="Expected background events.")
    ],
    background_uncertainty: Annotated[
        float, options.number("--background-uncertainty", help="Its uncertainty, in events.")
    ] = 0.0,
    signal_uncertainty: Annotated[
        float, options.number("--signal-uncertainty", help="Relative uncertainty of the signal.")
    ] = 0.0,
    cl: options.ConfidenceLevel = 0.9,
    method: options.Method = "cls",
    discovery: Annotated[
        str,
        typer.Option(
            "--discovery",
            help="p-value of an excess: exact, on-off, asymptotic, profile or toys.",
        ),
    ] = "exact",
    toys: options.Toys = 10_000,
    seed: options.ToySeed = 1,
    as_json: options.Json = False,
) -> None:
    """Limit on signal events from observed and expected counts, and the p-value of an excess."""
    from ...ground.units import format_level
    from ...inference import Channel, expected_limits, significance, upper_limit
    from ..limit_table import BAND_HEADS
    from .output import TextTable, deliver, number, warn

    channel = Channel(
        observed=observed,
        background=background,
        background_uncertainty=background_uncertainty,
        signal_uncertainty=signal_uncertainty,
    )
    thrown = {"toys": toys, "seed": seed}
    result = upper_limit((channel,), method=method, cl=cl, **thrown)
    expected = expected_limits((channel,), method=method, cl=cl, **thrown)
    excess = significance(channel, discovery, **thrown) if background > 0.0 else None
    for text in result.warnings:
        warn(text)
    record = {
        "upper_limit": result.upper_limit,
        "lower_limit": result.lower_limit,
        "expected": dict(expected),
        "method": method,
        "cl": cl,
        "observed": observed,
        "background": background,
        "background_uncertainty": background_uncertainty,
        "signal_uncertainty": signal_uncertainty,
        "excess": None if excess is None else excess.record(),
        "warnings": list(result.warnings),
    }
    rows = [("observed", number(result.lower_limit), number(result.upper_limit, 5))]
    rows += [(f"expected {head}", "", number(expected[key], 5)) for key, head in BAND_HEADS.items()]
    title = f"signal events, {format_level(cl)} CL ({method})"
    notes = () if excess is None else (excess.words,)
    table = TextTable(title, ("", "lower limit", "upper limit"), tuple(rows), notes)
    deliver(record, table, as_json=as_json)
