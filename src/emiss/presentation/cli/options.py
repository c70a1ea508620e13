"""Options that several commands share, and how their text is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...ground.atomic import check_directory, check_file
from ...ground.checks import read_count, read_number, read_seed
from ...ground.errors import ArgumentError, EmissError

if TYPE_CHECKING:
    from ...physics.models import Model


def number(*names: str, help: str, whole: bool = False) -> Any:
    """Make an option that holds a number, read strictly: ASCII digits, finite.

    Parameters
    ----------
    *names : str
        What is typed.
    help : str
        What it means.
    whole : bool, optional
        Whether it is a whole number.

    Returns
    -------
    OptionInfo
        For `typing.Annotated`.
    """
    read: Callable[[str, str], float] = read_count if whole else read_number
    return _read_by(read, names, help, "INTEGER" if whole else "FLOAT")


def seed(help: str = "Seed.") -> Any:
    """Make the option of a seed, as `number` makes one; all numbers that are seeds are taken."""
    return _read_by(read_seed, ("--seed",), help, "INTEGER")


def _read_by(
    read: Callable[[str, str], float], names: tuple[str, ...], help: str, metavar: str
) -> Any:
    def parse(text: Any) -> Any:
        if not isinstance(text, str):
            return text  # a default
        try:
            return read(text, names[0])
        except EmissError as error:
            raise typer.BadParameter(str(error).removeprefix(f"{names[0]}: ")) from error

    return typer.Option(*names, help=help, parser=parse, metavar=metavar)


def quantity(text: str | None, kind: str, name: str) -> float | None:
    """Read a quantity with its unit; None where the option was not given.

    Parameters
    ----------
    text : str or None
        What was typed.
    kind : str
        ``energy`` or ``length``.
    name : str
        Name of the option.

    Returns
    -------
    float or None
        In GeV or cm.

    Raises
    ------
    UnitError
        If its unit is of another kind.
    """
    from ...ground.units import parse_quantity

    return None if text is None else parse_quantity(text, kind, name)


def _figure(text: str | None) -> str | None:
    if text is not None:
        from .output import figure_place

        figure_place(text)
    return text


def _file(path: Path | None) -> Path | None:
    if path is not None:
        check_file(path)
    return path


def _directory(path: Path | None) -> Path | None:
    if path is not None:
        check_directory(path)
    return path


def file(help: str) -> Any:
    """Make the option of a file to write, checked before anything is computed."""
    return typer.Option("-o", "--output", help=help, callback=_file)


def file_or_directory(help: str, suffixes: Sequence[str]) -> Any:
    """Make the option of a file to write with one of some suffixes, or else of a directory."""

    def checked(path: Path | None) -> Path | None:
        return _file(path) if path and path.suffix.lower() in suffixes else _directory(path)

    return typer.Option("-o", "--output", help=help, callback=checked)


def directory(help: str, *names: str) -> Any:
    """Make the option of a directory to write into, checked before anything is computed."""
    return typer.Option(*(names or ("-o", "--output")), help=help, callback=_directory)


Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Period = Annotated[
    str | None, typer.Option("--run", help="Period of the experiment; the first by default.")
]
Experiments = Annotated[
    list[str],
    typer.Argument(
        metavar="EXPERIMENT...",
        help="Names or paths of TOML files, side by side; with commas between them combined.",
    ),
]
Whole = Annotated[bool, typer.Option("--table", help="Print every row, not the short answer.")]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="A parameter of the model; may be given several times."
    ),
]
DecayVolume = Annotated[
    str | None,
    typer.Option(
        "--decay-volume",
        metavar="LOW:HIGH",
        help="Planes between which bosons decay, with weights, e.g. 0.3m:1.5m; or free.",
    ),
]
ModelName = Annotated[str, typer.Option("--model", help="Model, see `emiss list models`.")]
MASS_RANGE = "1MeV:1GeV"
Masses = Annotated[
    str,
    typer.Option(
        "--masses",
        help="Masses: low:high (placed where the curves bend), low:high:count, or a "
        "comma-separated list.",
    ),
]
ConfidenceLevel = Annotated[float, number("--cl", help="Confidence level, between 0 and 1.")]
OnTarget = Annotated[
    float | None, number("--on-target", help="Rescale to this many beam particles.")
]
EngineName = Annotated[
    str, typer.Option("--engine", help="What makes the yield: deterministic or montecarlo.")
]
Showers = Annotated[
    int,
    number("--showers", help="montecarlo: beam particles per setup, process and mass.", whole=True),
]
Acceptance = Annotated[
    str | None,
    typer.Option(
        "--acceptance",
        help="Signal efficiency: effective, simulated, or FILE.npz of `emiss acceptance`; default: "
        "what the experiment's file says.",
    ),
]
Seed = Annotated[int, seed("montecarlo: seed.")]
Toys = Annotated[
    int, number("--toys", help="Method toys: pseudo-experiments per hypothesis.", whole=True)
]
ToySeed = Annotated[int, seed("Seed of what is thrown.")]
NuclearModel = Annotated[
    str,
    typer.Option(
        "--nuclear-model",
        help="Hadron beams, effective nucleons of charge exchange: glauber, surface, geant4-11.3 "
        "or geant4-11.4.",
    ),
]
SomeMasses = Annotated[
    str, typer.Option("--masses", help="Masses of the boson, e.g. 10MeV,100MeV.")
]
SomeModel = Annotated[str, typer.Option("--model", help="Model of the boson.")]
SignalEvents = Annotated[
    int, number("--events", help="Signal events to simulate per mass.", whole=True)
]
BackgroundEvents = Annotated[
    int, number("--background-events", help="Events to simulate per background.", whole=True)
]
Method = Annotated[
    str, typer.Option("--method", help="Method: cls, fc, fc-raw, bayes, asymptotic or toys.")
]
Figure = Annotated[
    str | None,
    typer.Option(
        "--figure",
        help="Also draw a figure: NAME.png for one format (PNG, PDF or SVG), NAME for PNG and PDF.",
        callback=_figure,
    ),
]


def distinct(experiments: Iterable[str]) -> list[str]:
    """Return what was asked for, refusing one that is named twice."""
    found = list(experiments)
    twice = next((name for name in found if found.count(name) > 1), None)
    if twice is not None:
        raise EmissError(f"'{twice}' is given twice; name each experiment once.")
    return found


def read_settings(
    settings: Iterable[str] | None,
    flag: str = "--set",
    form: str = "KEY=VALUE, for example alpha_dark=0.1",
) -> dict[str, str]:
    """Split ``key=value`` texts.

    Parameters
    ----------
    settings : iterable of str or None
        Texts from the option.
    flag : str, optional
        What was typed before them.
    form : str, optional
        How they are written, for errors.

    Returns
    -------
    dict of str to str
        Parameters by name.

    Raises
    ------
    EmissError
        If a text has no ``=``, a key is given twice, or a number is not finite or not in ASCII.
    """
    parameters: dict[str, str] = {}
    for text in settings or ():
        key, equals, value = text.partition("=")
        if not equals or not key.strip() or not value.strip():
            raise EmissError(f"{flag} '{text}': write {form}.")
        if key.strip() in parameters:
            raise EmissError(f"{flag} {key.strip()} is given twice; give it once.")
        parameters[key.strip()] = _plain(value.strip(), f"{flag} {key.strip()}")
    return parameters


def read_volume(text: str | None) -> tuple[Any, Any] | str | None:
    """Read ``--decay-volume``.

    Parameters
    ----------
    text : str or None
        ``low:high`` with units, or ``free``.

    Returns
    -------
    tuple, str or None
        Planes in cm, ``free``, or None.

    Raises
    ------
    EmissError
        If it is neither.
    """
    if text is None or text == "free":
        return text
    low, colon, high = text.partition(":")
    if not colon:
        raise ArgumentError(f"--decay-volume '{text}': write low:high, e.g. 0.3m:1.5m, or free.")
    first, second = (quantity(part, "length", "--decay-volume") for part in (low, high))
    return first, second


def _plain(value: str, name: str) -> str:
    """Leave words alone; what Python would take for a number must be one for people as well."""
    try:
        float(value)
    except ValueError:
        return value
    read_number(value, name)
    return value


def get_model(name: str, settings: Iterable[str] | None) -> Model:
    """Look a model up with its parameters as text; says which of its references are unknown."""
    from ...physics import models

    model = models.get(name, read_settings(settings))
    unknown: tuple[str, ...] = getattr(model, "unknown_references", tuple)()
    if unknown:
        from .output import warn

        warn(
            f"model '{model.name}': not in the bibliography of emiss, so not in references.bib: "
            f"{', '.join(unknown)}"
        )
    return model
