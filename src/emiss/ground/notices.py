"""Lines for people about what was mended on the way; each is given once per process."""

from __future__ import annotations

import logging

__all__ = ["notice"]

_GIVEN: set[str] = set()


def notice(text: str) -> None:
    """Log a warning to the logger ``emiss``, unless the same was given before.

    Parameters
    ----------
    text : str
        One line. It goes to standard error where logging is not set up otherwise.
    """
    if text not in _GIVEN:
        _GIVEN.add(text)
        logging.getLogger("emiss").warning("emiss: %s", text)
