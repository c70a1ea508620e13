"""Who presents results: handed over once by the package, loaded when a result is first shown.

Nothing else is loaded with it, so that `import emiss` is quick and loads no numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from .errors import EmissError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Presenter", "present_with", "presenter"]


class Presenter(Protocol):
    """Who turns results into HTML, columns and files."""

    def html(self, result: object) -> str:
        """Fragment of HTML for a notebook."""
        ...

    def text(self, result: object) -> str:
        """Plain text, the first line a title."""
        ...

    def columns(self, result: object) -> Mapping[str, NDArray[np.float64]]:
        """All numbers of a result by column."""
        ...

    def save(self, result: object, directory: str | Path, **options: Any) -> list[Path]:
        """Write all files of a result."""
        ...

    def load(self, kind: type[Any], path: str | Path) -> Any:
        """Read a result of a class from its file."""
        ...

    def figure(self, result: object) -> Any:
        """Main figure of a result."""
        ...

    def export(self, result: object, form: str, **options: Any) -> Any:
        """A result in a form that others read."""
        ...


_loaders: list[Callable[[], Presenter]] = []


def present_with(loader: Callable[[], Presenter]) -> None:
    """Say who presents results; called once by the package itself.

    Parameters
    ----------
    loader : callable
        Gives the presenter; called when a result is first shown.
    """
    _loaders[:] = [loader]


def presenter() -> Presenter:
    """The one that was handed over.

    Raises
    ------
    EmissError
        If there is none.
    """
    if not _loaders:
        raise EmissError("nobody presents results: import emiss, which says who does.")
    return _loaders[0]()
