"""What people hand over, turned into what the package works with: the edge of the Python surface.

Names stand for experiments, models and materials, text with units and quantities of pint for
numbers, particles of the `particle` package for masses and beams. Bare numbers are GeV and cm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

from ..ground.checks import check_masses, shortened, wrong_type
from ..ground.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from ..ground.mass_range import read_masses
from ..ground.quantities import as_quantity, magnitude
from ..ground.units import LARGEST_GRID

if TYPE_CHECKING:
    from ..experiments import Experiment
    from ..inference.limit import Limit
    from ..physics.constraints.curves.overlay import Overlay
    from ..physics.materials import Element, Material
    from ..physics.models import Model

__all__ = [
    "CurveLike",
    "ExperimentLike",
    "ExperimentsLike",
    "MassesLike",
    "MaterialLike",
    "ModelLike",
    "as_beam",
    "as_curve",
    "as_element",
    "as_experiment",
    "as_experiments",
    "as_lepton",
    "as_masses",
    "as_material",
    "as_model",
    "as_quantity",
    "as_recorded",
]

ExperimentLike: TypeAlias = "str | Path | Experiment"
ExperimentsLike: TypeAlias = "ExperimentLike | Sequence[ExperimentLike]"
ModelLike: TypeAlias = "str | Path | Model"
MaterialLike: TypeAlias = "str | Material"
CurveLike: TypeAlias = "str | Path | Overlay | Limit"
MassesLike: TypeAlias = Any
"""Numbers in GeV, text with units, quantities or particles, one or several; or a grid as text."""


def as_masses(value: MassesLike, name: str = "masses", *, counts: bool = False) -> Any:
    """Read masses; they keep the order in which they were given.

    Parameters
    ----------
    value : number, str, quantity, Particle, or sequence of them
        ``"1MeV:1GeV"``, ``"1MeV:1GeV:60"`` and ``"1 MeV, 16.7 MeV"`` are read as on the command
        line; the first is a range in which the masses are placed. A whole
        number or another object that says how masses are placed is handed on.
    name : str, optional
        Name of the argument.
    counts : bool, optional
        Whether a whole number says how many masses there are, and None leaves them open.

    Returns
    -------
    array of float, shape (n,), or the object handed on
        Masses in GeV.

    Raises
    ------
    ArgumentTypeError
        If it is none of these.
    ArgumentError
        If a mass is not positive, not finite or given twice.
    """
    if counts and (value is None or type(value) is int):
        if value is not None and not 1 <= value <= LARGEST_GRID:
            raise ArgumentError(
                f"{name}: {shortened(value)} of them; give a number from 1 to {LARGEST_GRID}."
            )
        return value
    if isinstance(value, str):
        if ":" in value:
            return read_masses(value)
        value = value.split(",")
    elif hasattr(value, "to") and hasattr(value, "magnitude"):
        return _in_range(np.atleast_1d(magnitude(value, "energy", name)), name)
    elif type(value) in (float, int) or hasattr(value, "pdgid"):
        value = [value]
    if isinstance(value, list | tuple) and any(not isinstance(x, int | float) for x in value):
        value = [as_quantity(one, "energy", name) for one in value]
    if not isinstance(value, list | tuple | np.ndarray) and not hasattr(value, "__array__"):
        if isinstance(value, bytes | bool | Mapping | set) or not hasattr(value, "low"):
            return _in_range(value, name)  # refuses it with its name
        return value
    return _in_range(value, name)


def _in_range(values: Any, name: str) -> Any:
    from ..physics.models.base import MASSES

    masses = check_masses(values, name)
    MASSES(masses, name)
    return masses


def as_model(
    value: ModelLike | None, parameters: Mapping[str, Any] | None = None, name: str = "model"
) -> Model:
    """Look a model up; a dark photon with its defaults where none is given.

    Parameters
    ----------
    value : str, path, Model or None
        Name, path of a TOML file, or the model itself.
    parameters : mapping, optional
        Parameters of a model given by name.
    name : str, optional
        Name of the argument.

    Returns
    -------
    Model
        The model.

    Raises
    ------
    ArgumentTypeError
        If it is none of these.
    EmissError
        If the name or a parameter is unknown.
    """
    from ..physics import models

    if isinstance(value, models.Model):
        return value.with_parameters(**dict(parameters)) if parameters else value
    if value is not None and not isinstance(value, str | Path):
        raise wrong_type(
            value, name, "the name of a model, a path, or a model of emiss.physics.models"
        )
    if value == "":
        raise ArgumentError(f"{name}: the text is empty; give the name of a model.")
    if parameters is not None and not isinstance(parameters, Mapping):
        raise ArgumentTypeError(
            f"parameters: {shortened(parameters)} is no mapping; give {{'alpha_dark': 0.1}}."
        )
    try:
        return models.get("dark-photon" if value is None else str(value), dict(parameters or {}))
    except UnknownNameError as fault:
        if _is_experiment(value):
            raise ArgumentError(
                f"{name}: '{value}' is an experiment, no model; where both are given the "
                f"experiment comes first, as in emiss.limit('{value}', 'dark-photon')."
            ) from fault
        raise


def _is_experiment(value: Any) -> bool:
    """Whether a text is the name of an experiment that is known."""
    from .. import experiments

    return isinstance(value, str) and value in experiments.names()


def as_recorded(value: str | Path, name: str = "events") -> Path:
    """Give the path of recorded events, unless it is an experiment in the wrong place.

    Parameters
    ----------
    value : path
        File or directory.
    name : str, optional
        Name of the argument.

    Returns
    -------
    Path
        The path; whether anything is there is for readers to say.

    Raises
    ------
    ArgumentError
        If nothing is there and an experiment is called like this.
    """
    found = Path(value)
    if _is_experiment(value) and not found.exists():
        raise ArgumentError(
            f"{name}: '{value}' is an experiment; {name} come first, as in "
            f"emiss.analyse('recorded', '{value}')."
        )
    return found


def as_experiments(value: ExperimentsLike, name: str = "experiment") -> Any:
    """Check experiments: names, paths, experiments, or a sequence of them.

    Parameters
    ----------
    value : str, path, Experiment, or sequence of them
        Names with commas between them are combined.
    name : str, optional
        Name of the argument.

    Returns
    -------
    str, Experiment or list of them
        As the search takes them.

    Raises
    ------
    ArgumentTypeError
        If it is none of these.
    """
    from ..experiments import Experiment

    if isinstance(value, list | tuple):
        return [as_experiments(one, name) for one in value]
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, str | Experiment):
        return value
    raise wrong_type(
        value, name, "the name of an experiment, a path of a TOML file, or an Experiment"
    )


def as_experiment(value: ExperimentLike, name: str = "experiment") -> Experiment:
    """Look one experiment up.

    Parameters
    ----------
    value : str, path or Experiment
        Name, path of a TOML file, or the experiment itself.
    name : str, optional
        Name of the argument.

    Returns
    -------
    Experiment
        The experiment.

    Raises
    ------
    ArgumentTypeError
        If it is none of these.
    EmissError
        If the name is unknown or the file cannot be read.
    """
    from .. import experiments

    if isinstance(value, list | tuple):
        raise ArgumentTypeError(f"{name}: one experiment is needed, not {len(value)}.")
    found = as_experiments(value, name)
    return found if isinstance(found, experiments.Experiment) else experiments.get(found)


def as_element(value: str | Element, name: str = "target") -> Element:
    """Look a chemical element up by its symbol, or take it as it is."""
    from ..physics import materials

    if isinstance(value, str):
        return materials.element(value)
    if isinstance(value, materials.Element):
        return value
    raise wrong_type(value, name, "a symbol such as 'Pb'")


def as_material(value: MaterialLike, name: str = "material") -> Material:
    """Look a material up by name or formula, or take it as it is."""
    from ..physics import materials

    if isinstance(value, str):
        return materials.find(value)
    if isinstance(value, materials.Material):
        return value
    raise wrong_type(value, name, "a name or a Material")


_BEAMS = {11: "e-", -11: "e+", 13: "mu-", -13: "mu+", 22: "gamma"}
_LEPTONS = {11: "e", -11: "e", 13: "mu", -13: "mu"}


def as_beam(value: Any, name: str = "beam") -> str:
    """Read a beam particle: its name, or a Particle of the `particle` package."""
    refusal = f"is no beam here; use {', '.join(_BEAMS.values())}"
    return _particle_name(value, name, _BEAMS, "a name such as 'e-' or a Particle", refusal)


def as_lepton(value: Any, name: str = "lepton") -> str:
    """Read a lepton: ``e`` or ``mu``, or a Particle of the `particle` package."""
    refusal = "has no measured moment here; use e or mu"
    return _particle_name(value, name, _LEPTONS, "'e', 'mu' or a Particle", refusal)


def _particle_name(
    value: Any, name: str, names: Mapping[int, str], allowed: str, refusal: str
) -> str:
    """A name as it is, or that of a Particle by its PDG number."""
    if isinstance(value, str):
        return value
    code = getattr(value, "pdgid", None)
    if code is None:
        raise wrong_type(value, name, allowed)
    if int(code) not in names:
        raise ArgumentError(f"{name}: {value} {refusal}.")
    return names[int(code)]


def as_curve(value: CurveLike, name: str = "curve") -> Overlay:
    """Read a curve from a file, or take it as it is; of a limit the observed one."""
    from ..inference.limit import Limit
    from ..physics.constraints.curves.curve_files import read_curve
    from ..physics.constraints.curves.overlay import Overlay

    if isinstance(value, Overlay):
        return value
    if isinstance(value, Limit):
        return _of_limit(value, name)
    if isinstance(value, str) and not value:
        raise ArgumentError(f"{name}: the path is empty; give that of a file.")
    if isinstance(value, str | Path):
        return read_curve(value)
    found = getattr(value, "pieces", None)  # a recast curve
    if found is not None:
        pieces = cast("tuple[Overlay, ...]", found())
        if len(pieces) == 1:
            return pieces[0]
        raise ArgumentError(f"{name}: the recast has {len(pieces)} pieces; give one of pieces().")
    raise wrong_type(value, name, "a path, an Overlay or a Limit")


def _of_limit(limit: Limit, name: str) -> Overlay:
    """What a limit excludes as a curve: the same as its ``limit.json`` is read as."""
    from ..inference.order import ascending
    from ..inference.planes import dark_sector_of
    from ..physics.constraints.curves.overlay import Overlay

    limit = ascending(limit)
    some = np.isfinite(limit.observed)
    if not some.any():
        raise ArgumentError(f"{name}: '{limit.experiment_title}' excludes nothing.")
    alpha, ratio = dark_sector_of(limit) or (None, None)
    upper = limit.observed_upper
    return Overlay(
        limit.experiment,
        limit.masses[some],
        limit.observed[some],
        limit.coupling_name.lower(),
        None if upper is None else upper[some],
        unit=limit.coupling_unit,
        alpha_dark=alpha,
        mass_ratio=ratio,
    )
