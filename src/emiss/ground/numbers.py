"""Numbers as people write them: 1.5e10, not 1.5e+10."""

from __future__ import annotations

import re

__all__ = ["plain", "readable"]

# Not inside a word, such as the name of an experiment that ends in e-2016.
_EXPONENT = re.compile(r"(?<![\w.])([-−]?\d+(?:\.\d+)?)e(?:\+|(-))0*(\d{1,3})(?!\w|-\d|\.\d)")


def plain(value: float, digits: int = 4) -> str:
    """Write a number with so many significant digits.

    >>> plain(1.5e10), plain(4.3e-5), plain(12.0)
    ('1.5e10', '4.3e-5', '12')
    """
    return readable(f"{value:.{digits}g}")


def readable(text: str) -> str:
    """Write the exponents in a text without plus sign and leading zeros.

    >>> readable("9.4e+11 on target, 2e-05, na64e-2016")
    '9.4e11 on target, 2e-5, na64e-2016'
    """
    return _EXPONENT.sub(lambda found: f"{found[1]}e{found[2] or ''}{found[3]}", text)
