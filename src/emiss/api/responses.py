"""What calorimeters record of single particles, with names and units accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..ground.checks import check_whole
from ..ground.errors import ArgumentError
from ..ground.guards import guarded, text
from .arguments import ARGUMENTS
from .edge import ExperimentLike, MaterialLike, as_beam, as_experiment, as_material, as_quantity

if TYPE_CHECKING:
    from ..events.hadrons import Box, HadronResponse, PunchThrough
    from ..events.transport import EcalResponse

__all__ = ["ecal_response", "hcal_response", "modules_of", "punch_through"]


@guarded(ARGUMENTS)
def ecal_response(
    beam: Any = "e-",
    energy: Any = "100 GeV",
    events: int = 1000,
    *,
    seed: int = 1,
    material: MaterialLike = "na64-ecal",
    full: bool = False,
    stepping: str | None = None,
) -> EcalResponse:
    """Raw deposit in the scintillator of an electromagnetic calorimeter.

    Parameters
    ----------
    beam : str or Particle, optional
        ``e-``, ``e+``, ``gamma``, ``mu-`` or ``mu+``, on the middle of the central cell.
    energy : float, str or quantity, optional
        Energy in GeV or with a unit.
    events : int, optional
        Number of events.
    seed : int, optional
        Seed.
    material : str or Material, optional
        A sandwich.
    full : bool, optional
        Follow every particle instead of fitted sub-showers.
    stepping : str, optional
        Convention of the sampling fraction: ``geant4-default`` (where it was measured the default)
        or ``converged``.

    Returns
    -------
    EcalResponse
        Visible energy by event, profile by layer and shares of cells, before noise and light.

    Raises
    ------
    EmissError
        If an argument is out of range.

    Examples
    --------
    >>> import emiss
    >>> found = emiss.ecal_response("e-", "20 GeV", 50)
    >>> bool(0.5 < found.fraction_3x3 < 1.0)
    True
    """
    from ..events.transport import response_ecal
    from ..events.transport.subshowers import TAKEOVER

    return response_ecal(
        as_beam(beam),
        as_quantity(energy, "energy", "energy"),
        check_whole(events, "events"),
        check_whole(seed, "seed"),
        material=as_material(material),
        takeover=0.0 if full else TAKEOVER,
        stepping=stepping,
    )


@guarded(ARGUMENTS, model=text)
def hcal_response(
    hadron: str = "pi-",
    energy: Any = "100 GeV",
    events: int = 1000,
    *,
    experiment: ExperimentLike = "na64e-2016-2022",
    seed: int = 1,
    model: str = "pythia",
    sampling: bool = False,
) -> HadronResponse:
    """Energy in the modules of the hadron calorimeter on the axis, as of an electron.

    Parameters
    ----------
    hadron : str, optional
        ``n``, ``p``, ``pi-``, ``pi+``, ``K-``, ``K+``, ``K0L`` or ``K0S``.
    energy : float, str or quantity, optional
        Energy in GeV or with a unit.
    events : int, optional
        Number of events.
    experiment : str, path or Experiment, optional
        Whose modules are taken, those of its last run.
    seed : int, optional
        Seed.
    model : str, optional
        Hadron model, ``pythia`` or ``urqmd``.
    sampling : bool, optional
        Let the energy fluctuate as the layers of each module sample it.

    Returns
    -------
    HadronResponse
        Energy by event and module, and what leaked, escaped or was taken by nuclei.

    Raises
    ------
    EmissError
        If an argument is out of range or there is no hadron calorimeter.

    Examples
    --------
    >>> import emiss
    >>> found = emiss.hcal_response("pi-", "50 GeV", 20)
    >>> len(found.modules) > 1
    True
    """
    from ..events.hadrons import response
    from ..events.sampling import sampling_of

    modules, grains = modules_of(experiment), []
    if sampling:
        layout = as_experiment(experiment).runs[-1].layout
        grains = [sampling_of(layout.element(module.name)).grain for module in modules]
    return response(
        modules, hadron, as_quantity(energy, "energy", "energy"), check_whole(events, "events"),
        check_whole(seed, "seed"), model=model, grains=tuple(grains),
    )  # fmt: skip


def modules_of(experiment: ExperimentLike, count: int = 0) -> tuple[Box, ...]:
    """First modules of the hadron calorimeter of an experiment's last run; all for 0.

    Raises
    ------
    EmissError
        If there is no hadron calorimeter or it has fewer modules.
    """
    from ..events.hadrons import boxes_of

    chosen = as_experiment(experiment)
    found = boxes_of(chosen.runs[-1].layout.role("hadronic"))
    if not found:
        raise ArgumentError(f"'{chosen.name}' has no hadron calorimeter (role 'hadronic').")
    if not 0 <= count <= len(found):
        raise ArgumentError(f"{count} modules of '{chosen.name}': it has {len(found)}; 0 for all.")
    return tuple(found[: count or len(found)])


@guarded(ARGUMENTS)
def punch_through(
    hadron: str = "n",
    energy: Any = "100 GeV",
    threshold: Any = "1 GeV",
    *,
    experiment: ExperimentLike = "na64e-2016-2022",
    modules: int = 0,
    events: int = 500,
    seed: int = 1,
) -> dict[str, PunchThrough]:
    """Probability that a hadron leaves less than a threshold in every module, by splitting.

    Parameters
    ----------
    hadron : str, optional
        ``n``, ``p``, ``pi-``, ``pi+``, ``K-``, ``K+``, ``K0L`` or ``K0S``.
    energy, threshold : float, str or quantity, optional
        Energies in GeV or with a unit.
    experiment : str, path or Experiment, optional
        Whose modules are taken, those of its last run.
    modules : int, optional
        Number of modules; 0 for all.
    events : int, optional
        Events per slice and repetition.
    seed : int, optional
        Seed.

    Returns
    -------
    dict of str to PunchThrough
        Probability with its error, by hadron model; the spread of the models is an uncertainty.

    Raises
    ------
    EmissError
        If an argument is out of range or there is no hadron calorimeter.

    Examples
    --------
    >>> import emiss
    >>> found = emiss.punch_through("n", "50 GeV", modules=1, events=100)
    >>> all(0.0 < one.probability < 1.0 for one in found.values())
    True
    """
    from ..events.hadrons import MODELS
    from ..events.hadrons import punch_through as splitting

    value = as_quantity(energy, "energy", "energy")
    least = as_quantity(threshold, "energy", "threshold")
    boxes = modules_of(experiment, check_whole(modules, "modules"))
    count, stream = check_whole(events, "events"), check_whole(seed, "seed")
    return {
        model: splitting(boxes, hadron, value, least, events=count, seed=stream, model=model)
        for model in MODELS
    }
