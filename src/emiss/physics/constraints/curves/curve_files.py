"""Curves of others in the formats in which they are published.

HEPData tables as YAML, JSON or CSV, tables in plain text (comma, semicolon, tab or blanks),
DarkCast-style ``.lmt`` tables (mass in GeV, lower edge, upper edge) and ``limit.json`` of emiss.
The data stay with the user: nothing of the kind ships with emiss. Where to get them: hepdata.net,
and the DarkCast repository (arXiv:1801.04847).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ....ground import guards
from ....ground.bounded_text import read_text, shown
from ....ground.errors import EmissError
from ....ground.guards import guarded
from .build import curve_of
from .darkcast import parse_lmt, write_lmt
from .hepdata_table import parse_documents, parse_hepdata
from .overlay import Overlay
from .remarks import with_yaml_comments
from .saved_limit import parse_saved_limit
from .table import Choice, Table
from .text_table import parse_text

__all__ = ["Choice", "read_curve", "read_table", "write_lmt"]

CITATIONS: Final = ("Ilten:2018crw",)

MAX_BYTES: Final = 16 * 1024 * 1024
_WHAT: Final = "the curve"


_TEXT: Final = guards.optional(guards.text)


@guarded(
    path=guards.path,
    label=guards.text,
    choice=guards.instance(Choice),
    column=_TEXT,
    quantity=_TEXT,
    mass_unit=_TEXT,
)
def read_curve(
    path: Path | str,
    label: str | None = None,
    *,
    choice: Choice | None = None,
    column: str | None = None,
    quantity: str | None = None,
    mass_unit: str | None = None,
) -> Overlay:
    r"""Read a curve in any of the formats known, by suffix.

    Parameters
    ----------
    path : path
        ``.lmt``, ``.yaml``, ``.yml`` or ``.json``, any other text; or a directory with a
        ``limit.json`` of emiss.
    label : str, optional
        Name for legends; default the file's name without its suffix.
    choice : Choice, optional
        Which column, qualifiers or slice are meant, and what the file does not say.
    column, quantity, mass_unit : str, optional
        Short for ``Choice(column=..., quantity=..., mass_unit=...)``: which column, what it holds
        and what the mass is, where the file does not say or is in doubt.

    Returns
    -------
    Overlay
        The curve, sorted by mass, masses in GeV; two-sided if `upper` is not None. Squares,
        logarithms and units are converted; `reading` says how it was read.

    Raises
    ------
    EmissError
        If the file cannot be read, it is open which column is meant or what it is, the unit of the
        mass is not stated, a unit does not belong, or values are missing, not positive, not
        numbers or out of order; the message names file and place.

    Examples
    --------
    >>> import emiss
    >>> from pathlib import Path
    >>> written = Path("curve.csv").write_text("mass [MeV],epsilon\n1,1e-5\n10,3e-5\n")
    >>> curve = emiss.read_curve("curve.csv")
    >>> curve.masses.tolist()
    [0.001, 0.01]
    >>> print(curve.reading)
    epsilon (column 'epsilon') against the mass, taken as the mediator's, in MeV
    """
    alone = {"column": column, "quantity": quantity, "mass_unit": mass_unit}
    if choice is None:
        choice = Choice(column=column, quantity=quantity, mass_unit=mass_unit)
    elif given := [name for name, value in alone.items() if value is not None]:
        raise EmissError(f"give the {given[0]} in the choice or by itself, not both.")
    file = Path(path)
    try:
        return curve_of(read_table(file, choice), shown(label or file.stem or file, 80), choice)
    except EmissError as error:
        # Units and heads are read without knowing whose they are.
        if shown(file, 300) in str(error):
            raise
        raise EmissError(f"{shown(file, 300)}: {error}") from error


def read_table(path: Path | str, choice: Choice | None = None) -> Table:
    """Read the table in a file, whatever its format.

    Parameters
    ----------
    path : path
        As in `read_curve`.
    choice : Choice, optional
        Its qualifier ``table`` chooses among several in one file.

    Returns
    -------
    Table
        Variables and columns as they stand.

    Raises
    ------
    EmissError
        If the file cannot be read or is no table.
    """
    file = Path(path)
    if file.is_dir() and (file / "limit.json").is_file():
        file = file / "limit.json"
    suffix, name = file.suffix.lower(), shown(file, 300)
    text = read_text(file, what=_WHAT, max_bytes=MAX_BYTES)
    if suffix == ".lmt":
        return parse_lmt(text, name)
    if suffix in {".yaml", ".yml"}:
        from ....ground.bounded_yaml import load_documents

        documents = load_documents(text, name)
        table = parse_hepdata(parse_documents(documents, name, choice or Choice()), name)
        return with_yaml_comments(table, text)
    if suffix == ".json":
        return _json_table(text, name)
    return parse_text(text, name)


def _json_table(text: str, name: str) -> Table:
    from ....ground.bounded_json import load_json

    data = load_json(text, name, as_text=True)
    if not isinstance(data, Mapping):
        raise EmissError(f"'{name}' is not a table: its outermost level must be a mapping.")
    if str(data.get("format", "")).startswith("emiss"):
        return parse_saved_limit(load_json(text, name), name)
    return parse_hepdata(data, name)
