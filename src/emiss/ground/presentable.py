"""What a result offers in a notebook and on a disk, answered by whoever presents results.

Results know no HTML, table, file or figure. The package hands over a presenter once, as a function
that loads it, so that a result shows itself without its room knowing the one above.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from . import guards
from .errors import ArgumentError
from .extras import Extra
from .presenters import presenter

if TYPE_CHECKING:
    import numpy as np
    import pandas
    from numpy.typing import NDArray

__all__ = ["Presentable", "Recorded", "Tabular"]


def _interpolated(columns: Mapping[str, NDArray[np.float64]], mass: Any) -> dict[str, float]:
    """Columns at a value of the first one; linearly where a column has zeros or signs."""
    import numpy as np

    from .quantities import as_quantity
    from .units import format_energy

    number = as_quantity(mass, "energy", "mass")
    name = next(iter(columns))
    order = np.argsort(columns[name])
    known = np.asarray(columns[name], dtype=np.float64)[order]
    low, high = float(known[0]), float(known[-1])
    if not low * (1.0 - 1e-9) <= number <= high * (1.0 + 1e-9):
        raise ArgumentError(
            f"mass: {format_energy(number)} is outside the range of the result, "
            f"{format_energy(low)} to {format_energy(high)}; nothing is extrapolated."
        )
    x, place = np.log(known), float(np.log(min(max(number, low), high)))
    found = {}
    for key, column in columns.items():
        values = np.asarray(column, dtype=np.float64)[order]
        with np.errstate(divide="ignore", invalid="ignore"):
            plain = bool(np.any(values <= 0.0))
            numbers = values if plain else np.log(values)
            at = float(np.interp(place, x, numbers))
        found[key] = at if plain else float(np.exp(at))
    found[name] = number
    return found


class Presentable:
    """A result that shows itself in a notebook."""

    __slots__ = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        # IPython prefers the `__repr__` of a class, which dataclasses have, to this of its base.
        cls._repr_pretty_ = Presentable._repr_pretty_  # type: ignore[method-assign]

    def _repr_html_(self) -> str:
        return presenter().html(self)

    def __str__(self) -> str:
        return presenter().text(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Text of IPython: a table, or in a list or mapping its title alone."""
        lines = str(self)
        alone = len(printer.stack) < 2 and not cycle
        printer.text(lines if alone else f"<{type(self).__name__}: {lines.splitlines()[0]}>")

    def plot(self) -> Any:
        """Main figure of the result; `emiss.plots` has more, with options.

        Returns
        -------
        matplotlib.figure.Figure
            The last line of a notebook cell shows it.

        Raises
        ------
        EmissError
            If there is nothing to draw, or no figure of such a result.
        """
        return presenter().figure(self)


class Tabular(Presentable):
    """A result that is a table as well."""

    __slots__ = ()

    def columns(self) -> dict[str, NDArray[np.float64]]:
        """Numbers of the result by column, as in its CSV file; masses in GeV.

        Returns
        -------
        dict of str to array of float, shape (n,)
            Columns by name.
        """
        return dict(presenter().columns(self))

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
        pandas = Extra("pandas", "io", "to_frame needs", "; `columns` gives arrays").load()
        return pandas.DataFrame(self.columns())


class Recorded(Tabular):
    """A result that also has columns of numbers and files."""

    __slots__ = ()

    @guards.guarded(form=guards.text)
    def export(self, form: str, **options: Any) -> Any:
        """Give the result in a form that others read.

        Parameters
        ----------
        form : str
            Name of the form, such as ``"json"``, ``"csv"``, ``"bibtex"`` or ``"hepdata"``.
        **options
            Of the function that is registered for it.

        Returns
        -------
        object
            Text, or a mapping of file names to text.

        Raises
        ------
        EmissError
            If there is no such form of the result.
        """
        return presenter().export(self, form, **options)

    def to_json(self) -> str:
        """Record of the result as JSON, which `load` reads back."""
        return str(self.export("json"))

    def to_csv(self) -> str:
        """Columns of the result as CSV with a commented head."""
        return str(self.export("csv"))

    def to_hepdata(self) -> dict[str, str]:
        """Submission for hepdata.net: contents of its YAML files by name."""
        return dict(self.export("hepdata"))

    def to_pyhf(self, mass: Any) -> dict[str, Any]:
        """Workspace of pyhf at a mass, in GeV or with a unit; ``mu`` is 1 at the limit."""
        return dict(self.export("pyhf", mass=mass))

    def to_likelihood(self) -> dict[str, Any]:
        """Simplified likelihood at the masses of the result, for those who recast it."""
        return dict(self.export("likelihood"))

    @classmethod
    @guards.guarded(path=guards.path)
    def load(cls, path: str | Path) -> Self:
        """Read a result that was saved.

        Parameters
        ----------
        path : path
            Its JSON file, or the directory with it.

        Returns
        -------
        same class
            With the numbers of the file.

        Raises
        ------
        EmissError
            If there is no such file or it holds no such result.
        """
        found: Self = presenter().load(cls, path)
        return found

    def at(self, mass: Any) -> dict[str, float]:
        """Numbers at a mass, interpolated in double logarithm between those of the result.

        Parameters
        ----------
        mass : float or str
            In GeV, or text with a unit such as ``"16.7 MeV"``.

        Returns
        -------
        dict of str to float
            As in `columns`; NaN where a neighbour has none.

        Raises
        ------
        EmissError
            If the mass is outside the range of the result.
        """
        return _interpolated(self.columns(), mass)

    @guards.guarded(directory=guards.path)
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
        return presenter().save(self, directory, **options)
