"""Packages that come with an extra: asked for where they are used, missed before work begins."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from .errors import EmissError

__all__ = ["Extra"]


@dataclass(frozen=True, slots=True)
class Extra:
    """A package that not every installation has.

    Parameters
    ----------
    module : str
        What is imported.
    extra : str
        Extra of emiss that installs it.
    purpose : str
        What needs it, as the beginning of a sentence.
    otherwise : str, optional
        What can be done without, as its end.
    """

    module: str
    extra: str
    purpose: str
    otherwise: str = ""

    def __post_init__(self) -> None:
        if self.module.partition(".")[0] == __name__.partition(".")[0]:
            raise ValueError(f"'{self.module}' is no package of others.")

    def load(self) -> Any:
        """The package.

        Raises
        ------
        EmissError
            If it is not installed.
        """
        try:
            return import_module(self.module)
        except ImportError:
            raise self._missing() from None

    def check(self) -> None:
        """Check that it is installed, without importing it.

        Raises
        ------
        EmissError
            If it is not.
        """
        if find_spec(self.module.partition(".")[0]) is None:
            raise self._missing()

    def _missing(self) -> EmissError:
        package = self.module.partition(".")[0]
        return EmissError(
            f"{self.purpose} {package}: pip install 'emiss[{self.extra}]'{self.otherwise}."
        )
