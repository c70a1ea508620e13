"""From the numbers of a column to the quantity: units, logarithms, powers, y and epsilon."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np

from ....ground.arrays import FloatArray
from ....ground.bounded_text import shown
from ....ground.errors import EmissError
from .quantity import KNOWN, Meaning

__all__ = [
    "checked_sector",
    "converted",
    "epsilon_from_y",
    "factor_of",
    "refuse_open_scale",
    "y_from_epsilon",
]

_ALLOWED: Final = {
    "epsilon": "number", "g": "number", "y": "number", "g_ae": "number", "branching": "number",
    "g_agg": "per energy", "g_phigg": "per energy", "sigma": "area",
}  # fmt: skip


def factor_of(meaning: Meaning) -> float:
    """Factor to GeV^-1, cm^2 or a number.

    Raises
    ------
    EmissError
        If the unit does not belong to the quantity.
    """
    if meaning.unit is None:
        return 1.0
    wanted = _ALLOWED.get(meaning.name)
    got = meaning.unit
    if wanted is None:
        # Of a name of its own: GeV^-1 or a number; of none a number.
        own = meaning.name not in KNOWN | {""} and got.dimension == "per energy"
        wanted = "per energy" if own else "number"
    power = 1 if wanted == "number" else max(abs(meaning.power), 1)
    if (got.dimension, got.power) != (wanted, power):
        what = f"'{shown(meaning.head, 60)}'" + (f" ({meaning.name})" if meaning.name else "")
        needed = {
            "number": "no unit", "per energy": f"GeV^-{power}", "area": f"cm^{2 * power}",
        }[wanted]  # fmt: skip
        raise EmissError(
            f"the unit '{shown(got.text, 40)}' does not belong to {what}, which has {needed}; "
            "choose another column, correct the head, or say what the column holds with "
            "--quantity, such as 'epsilon [1]'."
        )
    return got.factor


def converted(values: FloatArray, meaning: Meaning) -> FloatArray:
    """Turn the numbers of a column into the quantity itself.

    Parameters
    ----------
    values : array of float, shape (n,)
        Numbers as they stand.
    meaning : Meaning
        What they are.

    Returns
    -------
    array of float, shape (n,)
        10**x or e**x of logarithms, in internal units, roots of powers.

    Raises
    ------
    EmissError
        If the unit does not belong to the quantity, the base of a logarithm is not said, or the
        column is a product of which the quantity cannot be told.
    """
    if meaning.scale == "log":
        raise EmissError(
            f"'{shown(meaning.head, 60)}': the base of the logarithm is not said; write log10(...) "
            "or ln(...), or say with --quantity what the numbers are: 'log10(epsilon)', or "
            "'epsilon' if only the axis is logarithmic."
        )
    factor = factor_of(meaning)
    with np.errstate(over="ignore", under="ignore"):
        if meaning.scale == "log10":
            values = np.power(10.0, values)
        elif meaning.scale == "ln":
            values = np.exp(values)
        values = values * (factor * meaning.factor)
        if meaning.power not in {0, 1}:
            values = np.power(np.where(values > 0.0, values, np.nan), 1.0 / meaning.power)
    return np.asarray(values, dtype=np.float64)


_SCALED: Final = 1e-2
"""Largest number below which a column needs no power of ten to be written shortly."""


def refuse_open_scale(values: FloatArray, meaning: Meaning) -> None:
    """Refuse a power of ten beside a quantity that could as well be meant in another way.

    Both ``epsilon x 10^6`` and ``epsilon x 10^-6`` head numbers that are 1e6 times the coupling:
    the other way round they would be no couplings. Where they would, or where they are as small as
    couplings are without it, it is asked.

    Parameters
    ----------
    values : array of float, shape (n,)
        Numbers as they stand.
    meaning : Meaning
        What they are.

    Raises
    ------
    EmissError
        If the numbers may be couplings in another sense.
    """
    if not meaning.tens:
        return
    size = meaning.factor * 10.0**meaning.tens
    without, other = (
        float(np.max(converted(values, replace(meaning, factor=size * ten))))
        for ten in (1.0, 10.0**meaning.tens)
    )
    if without < _SCALED or other < 4.0 * math.pi:
        raise EmissError(
            f"'{shown(meaning.head, 60)}': the power of ten may be the unit of the numbers, what "
            "they were multiplied with, or neither; say which with --quantity, such as "
            f"'{meaning.name} [10^-{meaning.tens}]' or '{meaning.name} [1]'."
        )


def y_from_epsilon(epsilon: FloatArray, alpha_dark: float, mass_ratio: float) -> FloatArray:
    """Y = epsilon^2 alpha_D (m_chi/m_A')^4.

    Parameters
    ----------
    epsilon : array of float, shape (n,)
        Kinetic mixing.
    alpha_dark : float
        Dark coupling g_D^2/4pi.
    mass_ratio : float
        Mediator mass over dark-matter mass.

    Returns
    -------
    array of float, shape (n,)
        y, without unit.
    """
    return np.asarray(np.square(epsilon) * alpha_dark / mass_ratio**4)


def epsilon_from_y(y: FloatArray, alpha_dark: float, mass_ratio: float) -> FloatArray:
    """Inverse of `y_from_epsilon`; same parameters."""
    return np.asarray(np.sqrt(y / alpha_dark) * mass_ratio**2)


def checked_sector(
    alpha_dark: float | None, mass_ratio: float | None
) -> tuple[float, float] | None:
    """The two numbers that tie y to epsilon, or None if neither is given.

    Raises
    ------
    EmissError
        If only one is given.
    """
    if alpha_dark is None and mass_ratio is None:
        return None
    if alpha_dark is None or mass_ratio is None:
        raise EmissError(
            "y and epsilon need both alpha_D and the mass ratio; give both, or neither."
        )
    return alpha_dark, mass_ratio
