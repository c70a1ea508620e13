"""Curves of others: read, compared with and recast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..ground.guards import guarded, instance, number
from .arguments import ARGUMENTS
from .edge import CurveLike, MassesLike, ModelLike, as_curve, as_masses, as_model

if TYPE_CHECKING:
    from ..inference.comparison import Comparison
    from ..inference.limit import Limit
    from ..physics.constraints.curves.overlay import Overlay
    from ..physics.constraints.curves.recast import Displacement, Recast
    from ..yields.dump_scatter import DumpExperiment

__all__ = ["compare", "dump_scatter", "recast"]


@guarded(limit=instance("Limit"))
def compare(limit: Limit, curve: CurveLike) -> Comparison:
    """Compare the observed limit with another curve.

    Parameters
    ----------
    limit : Limit
        Our result.
    curve : path, Overlay, Limit or recast curve
        The other one, of the same coupling or of y; of a limit the observed one.

    Returns
    -------
    Comparison
        Ratio at our masses, and the ranges of mass in which either excludes more.

    Raises
    ------
    EmissError
        If the curve cannot be read, is of another quantity or shares no mass with the limit.

    Examples
    --------
    >>> import emiss
    >>> from emiss.physics.constraints.curves.overlay import Overlay
    >>> limit = emiss.limit("na64e-2016", masses=["10 MeV", "20 MeV"])
    >>> same = Overlay("same", limit.masses, limit.observed, "epsilon")
    >>> [round(float(x), 9) for x in emiss.compare(limit, same).ratio]
    [1.0, 1.0]
    """
    from ..inference.comparison import compare_regions
    from ..inference.order import ascending

    return compare_regions(ascending(limit), as_curve(curve))


@guarded(ARGUMENTS)
def recast(
    curve: CurveLike,
    source: ModelLike,
    target: ModelLike,
    *,
    source_parameters: Mapping[str, Any] | None = None,
    target_parameters: Mapping[str, Any] | None = None,
    production: str = "electron",
    signature: str = "invisible",
    final_state: str = "e+e-",
    displacement: Displacement | None = None,
) -> Recast:
    """Recast a limit to another vector model by production, branching and lifetime ratios.

    Parameters
    ----------
    curve : path or Overlay
        Excluded couplings of the source model; two-sided for displaced decays.
    source, target : str, path or Model
        Vector models.
    source_parameters, target_parameters : mapping, optional
        Their parameters.
    production, signature, final_state, displacement : optional
        As in `emiss.physics.constraints.curves.recast.recast`.

    Returns
    -------
    Recast
        Excluded couplings of the target model.

    Raises
    ------
    EmissError
        If a name is unknown, or the curve is no limit on the source model.

    Examples
    --------
    >>> import numpy as np, emiss
    >>> from emiss.physics.constraints.curves.overlay import Overlay
    >>> curve = Overlay("theirs", np.array([0.01, 0.1]), np.array([1e-5, 1e-4]), "epsilon")
    >>> emiss.recast(curve, "dark-photon", "b-l").quantity
    'g'
    """
    from ..physics.constraints.curves.recast import recast as recast_curve

    return recast_curve(
        as_curve(curve),
        as_model(source, source_parameters, "source"),
        as_model(target, target_parameters, "target"),
        production=production,
        signature=signature,
        final_state=final_state,
        displacement=displacement,
    )


@guarded(ARGUMENTS, experiment=instance("DumpExperiment"), events=number(0.0, 1e30, inside=True))
def dump_scatter(
    experiment: DumpExperiment,
    model: ModelLike | None = None,
    *,
    masses: MassesLike = "1MeV:1GeV:13",
    parameters: Mapping[str, Any] | None = None,
    events: float = 2.303,
) -> Overlay:
    """Coupling at which dark matter from a dump would be seen to scatter on electrons.

    Parameters
    ----------
    experiment : DumpExperiment
        See `emiss.dump_experiment`.
    model : str, path or Model, optional
        A dark photon with its defaults if not given.
    masses : numbers, text or quantities, optional
        Mediator masses in GeV or with units.
    parameters : mapping, optional
        Parameters of the model.
    events : float, optional
        Events excluded; 2.303 at 90 % CL with none seen.

    Returns
    -------
    Overlay
        A curve of the coupling, to be drawn beside limits; an estimate good to 20 %.

    Raises
    ------
    EmissError
        If the model has no dark matter, or a value is out of range.

    Examples
    --------
    >>> import emiss
    >>> dump = emiss.dump_experiment(
    ...     on_target=1e20, distance="20 m", radius="50 cm", length="1 m", min_recoil="500 MeV"
    ... )
    >>> emiss.dump_scatter(dump, masses=["10 MeV", "30 MeV"]).quantity
    'epsilon'
    """
    from ..physics.constraints.curves.overlay import Overlay
    from ..yields.dump_scatter import scatter_limit

    chosen = as_model(model, parameters)
    grid = as_masses(masses)
    values = scatter_limit(experiment, chosen, grid, events)
    return Overlay(f"dump and scatter, {events:g} events", grid, values, chosen.coupling_name)
