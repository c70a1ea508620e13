"""What a result offers in a notebook and on a disk, answered by whoever presents results.

Results know no HTML, table, file or figure. The package hands over a presenter once, as a function
that loads it, so that a result shows itself without its room knowing the one above.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from .errors import EmissError

if TYPE_CHECKING:
    import numpy as np
    import pandas
    from numpy.typing import NDArray

__all__ = ["Presentable", "Presenter", "Recorded", "present_with"]


class Presenter(Protocol):
    """Who turns results into HTML, columns and files."""

    def html(self, result: object) -> str:
        """Fragment of HTML for a notebook."""
        ...

    def columns(self, result: object) -> Mapping[str, NDArray[np.float64]]:
        """All numbers of a result by column."""
        ...

    def save(self, result: object, directory: str | Path, **options: Any) -> list[Path]:
        """Write all files of a result."""
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


def _presenter() -> Presenter:
    if not _loaders:
        raise EmissError("nobody presents results: import emiss, which says who does.")
    return _loaders[0]()


class Presentable:
    """A result that shows itself in a notebook."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return _presenter().html(self)


class Recorded(Presentable):
    """A result that also has columns of numbers and files."""

    __slots__ = ()

    def columns(self) -> dict[str, NDArray[np.float64]]:
        """Numbers of the result by column, as in its CSV file; masses in GeV.

        Returns
        -------
        dict of str to array of float, shape (n,)
            Columns by name.
        """
        return dict(_presenter().columns(self))

    def to_frame(self) -> pandas.DataFrame:
        """Table of the result as a pandas data frame.

        Returns
        -------
        pandas.DataFrame
            The columns.

        Raises
        ------
        EmissError
            If pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise EmissError(
                "to_frame needs pandas (pip install 'emiss[io]'); `columns` gives arrays."
            ) from error
        return pandas.DataFrame(self.columns())

    def save(self, directory: str | Path, **options: Any) -> list[Path]:
        """Write all files of the result, complete or not at all.

        Parameters
        ----------
        directory : path
            Where to; files of the same names are replaced.
        **options
            As `emiss.presentation.export.write_results` takes them.

        Returns
        -------
        list of Path
            The files written.

        Raises
        ------
        OutputError
            If they cannot be written.
        """
        return _presenter().save(self, directory, **options)
