r"""Limits on one vector model turned into limits on another, by ratios of expected events.

Events are proportional to strength x branching x efficiency: strength is the squared coupling that
makes the boson, branching that to the final states searched for, efficiency the probability to
decay where the search looks. A coupling of the new model is on the edge of the excluded region if
it gives as many events as the old one on its edge; backgrounds and kinematics are the same because
the mass and the spin are. All widths but that to dark matter are proportional to the squared
coupling, as those of all models of the package are; this is relied on.

Efficiency of a search for displaced decays (arXiv:1801.04847, prescription of DarkCast): with one
effective proper time t0 to reach the decay volume and t1 to leave it, exp(-t0/tau) - exp(-t1/tau).
The ratio t1/t0 = 1 + decay length over shield length is that of the experiment, and t0 follows at
each mass from the published region itself: both its edges are lines of equal events.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from ....ground import constants as const
from ....ground.arrays import FloatArray
from ....ground.errors import EmissError, UnknownNameError, ValidityError
from ...models.base import INVISIBLE_CHANNELS, Model
from .recast_edges import displaced_edges, effective_time, log_events, same_events

if TYPE_CHECKING:
    from .overlay import Overlay

__all__ = ["PRODUCTIONS", "Displacement", "Recast", "production_strength", "recast"]

CITATIONS: Final = ("Ilten:2018crw",)

Production = Literal["electron", "muon", "annihilation", "proton"]
PRODUCTIONS: Final[tuple[str, ...]] = get_args(Production)
"""Electron and muon bremsstrahlung; e+ e- annihilation; proton bremsstrahlung and pi0 decay."""
SIGNATURES: Final = ("invisible", "visible")


@dataclass(frozen=True, slots=True)
class Displacement:
    """Geometry of a search for decays behind a shield.

    Parameters
    ----------
    shield_cm : float
        Length from where the boson is made to the start of the decay volume.
    decay_cm : float
        Length of the decay volume.
    energy : float or None
        Typical energy of the boson in GeV. None: the effective time is taken from the two edges of
        the region at each mass, and only the ratio of the two lengths matters.

    Raises
    ------
    EmissError
        If a number is not positive and finite.
    """

    shield_cm: float
    decay_cm: float
    energy: float | None = None

    def __post_init__(self) -> None:
        for name in ("shield_cm", "decay_cm", "energy"):
            value = getattr(self, name)
            if value is not None and not 0.0 < value < math.inf:
                raise EmissError(f"{name}={value:g}: must be positive and finite.")

    def inverse_width(self, masses: FloatArray) -> FloatArray:
        """Proper time to the decay volume in GeV^-1, for the given energy."""
        if self.energy is None:
            raise EmissError("this geometry has no energy.")
        if np.any(masses >= self.energy):
            raise ValidityError(f"masses must be below the energy of the boson, {self.energy} GeV.")
        momentum = np.sqrt(self.energy**2 - masses**2)
        return np.asarray(self.shield_cm * masses / momentum / const.HBARC_GEV_CM)


@dataclass(frozen=True, slots=True, eq=False)
class Recast:
    """A recast curve.

    Parameters
    ----------
    label : str
        Of the curve and the new model.
    quantity : str
        Free coupling of the new model.
    masses : array of float, shape (n,)
        Masses in GeV, those of the curve.
    lower : array of float, shape (n,)
        Smallest excluded coupling; NaN where no coupling is excluded.
    upper : array of float, shape (n,), or None
        Largest excluded coupling of a search for displaced decays.
    reference : str
        Where the curve was published, as its file says.
    notes : tuple of str
        How y was turned into the coupling; a question where the two couplings are hardly of the
        same size anywhere.
    """

    label: str
    quantity: str
    masses: FloatArray
    lower: FloatArray
    upper: FloatArray | None = None
    reference: str = ""
    notes: tuple[str, ...] = ()

    def pieces(self) -> tuple[Overlay, ...]:
        """Curves over the connected runs of at least two masses with an exclusion."""
        from .overlay import Overlay

        flags = np.concatenate([[False], np.isfinite(self.lower), [False]]).astype(np.int8)
        runs = np.flatnonzero(np.diff(flags)).reshape(-1, 2)
        return tuple(
            Overlay(
                self.label,
                self.masses[start:stop],
                self.lower[start:stop],
                self.quantity.lower(),
                None if self.upper is None else self.upper[start:stop],
                self.reference,
            )
            for start, stop in runs
            if stop - start > 1
        )


def production_strength(model: Model, production: str, masses: FloatArray) -> FloatArray:
    """Squared coupling that makes the boson, at a free coupling of 1.

    Parameters
    ----------
    model : Model
        A vector model.
    production : str
        ``"electron"``: g_e^2 (bremsstrahlung of e+-); ``"muon"``: g_mu^2; ``"annihilation"``: g_e^2
        (e+ e- -> X or gamma X, narrow X); ``"proton"``: (2 g_u + g_d)^2 (proton bremsstrahlung by
        the charge of the proton, and pi0 -> gamma X).
    masses : array of float, shape (n,)
        Masses in GeV.

    Returns
    -------
    array of float, shape (n,)
        Squared coupling.

    Raises
    ------
    UnknownNameError
        If there is no such production.
    ValidityError
        If the boson is not a vector, or is not made at any of the masses.
    """
    if production not in PRODUCTIONS:
        raise UnknownNameError("production", production, PRODUCTIONS)
    if model.boson != "vector":
        raise ValidityError(
            f"model '{model.name}' is of kind {model.boson}; only limits on vectors can be recast, "
            "to vectors: the kinematics of the others differ."
        )
    if production == "proton":
        up, down = (model.quark_coupling(quark, 1.0, masses) for quark in ("u", "d"))
        coupling = 2.0 * up + down
        # Protophobic couplings cancel only to rounding.
        coupling = np.where(np.abs(coupling) > 1e-12 * (np.abs(up) + np.abs(down)), coupling, 0.0)
    else:
        coupling = model.lepton_coupling("mu" if production == "muon" else "e", 1.0, masses)
    if not np.any(coupling != 0.0):
        raise ValidityError(
            f"model '{model.name}': no coupling that production '{production}' uses."
        )
    return np.asarray(np.square(coupling))


@dataclass(frozen=True, slots=True, eq=False)
class _Rates:
    """Strength and width to the searched and all states, per squared coupling; constant parts."""

    strength: FloatArray
    searched: FloatArray
    searched_dark: FloatArray
    total: FloatArray
    dark: FloatArray


def _rates(model: Model, masses: FloatArray, production: str, states: tuple[str, ...]) -> _Rates:
    strength = production_strength(model, production, masses)
    widths = model.partial_widths(masses, 1.0)
    missing = [state for state in states if state not in widths]
    if states != INVISIBLE_CHANNELS and missing:
        raise UnknownNameError(f"final state of model '{model.name}'", missing[0], widths)
    zero = np.zeros_like(masses)
    dark = widths.pop("chi chi", zero)
    total = np.asarray(sum(widths.values(), zero))
    searched = np.asarray(sum((widths[s] for s in states if s in widths), zero))
    return _Rates(strength, searched, dark if "chi chi" in states else zero, total, dark)


def _states(signature: str, final_state: str) -> tuple[str, ...]:
    if signature not in SIGNATURES:
        raise UnknownNameError("signature", signature, SIGNATURES)
    return INVISIBLE_CHANNELS if signature == "invisible" else (final_state,)


def _in_coupling(curve: Overlay, source: Model) -> tuple[Overlay, tuple[str, ...]]:
    """A curve of y as one of epsilon, by the dark sector that its file states, and a note on it."""
    from .sector import in_epsilon
    from .table import Choice

    sector = curve.alpha_dark, curve.mass_ratio
    if curve.quantity != "y" or source.coupling_name != "epsilon" or None in sector:
        return curve, ()
    turned = in_epsilon(curve, Choice(alpha_dark=curve.alpha_dark, mass_ratio=curve.mass_ratio))
    return turned, turned.notes[len(curve.notes) :]


def _checked_curve(curve: Overlay, source: Model) -> None:
    y = curve.quantity == "y"
    if curve.quantity not in {"", source.coupling_name.lower()}:
        raise EmissError(
            f"'{curve.label}' is a curve of {curve.quantity}, but the coupling of model "
            f"'{source.name}' is {source.coupling_name}."
            + (" With alpha_D and the mass ratio of the curve y becomes epsilon." if y else "")
        )


def recast(
    curve: Overlay,
    source: Model,
    target: Model,
    *,
    production: str = "electron",
    signature: str = "invisible",
    final_state: str = "e+e-",
    displacement: Displacement | None = None,
) -> Recast:
    """Recast a limit on one vector model to another.

    Parameters
    ----------
    curve : Overlay
        Excluded couplings of the source model; two-sided for displaced decays.
    source, target : Model
        Vector models with their parameters.
    production : str, optional
        One of `PRODUCTIONS`.
    signature : str, optional
        ``"invisible"`` or ``"visible"``.
    final_state : str, optional
        Visible final state, a key of `Model.partial_widths` of both models.
    displacement : Displacement, optional
        Geometry of a visible search for displaced decays; without it decays are prompt and seen
        with the same efficiency in both models.

    Returns
    -------
    Recast
        Couplings of the target model; NaN where none is excluded. The invisible and the prompt
        edge is the exact solution of equal events; those of displaced decays to 1e-12.

    Raises
    ------
    EmissError
        If the curve is of another quantity or lacks an edge that is needed, a model is not a
        vector or not made, or the final state does not exist.
    """
    curve, of_y = _in_coupling(curve, source)
    _checked_curve(curve, source)
    states = _states(signature, final_state)
    if displacement is not None and signature != "visible":
        raise EmissError("a displacement belongs to visible decays, not to invisible ones.")
    old, new = (_rates(model, curve.masses, production, states) for model in (source, target))
    label = f"{curve.label} recast to {target.title}"
    if displacement is not None:
        lower, upper = _displaced(curve, (old, new), displacement)
        notes = (*of_y, *_far_apart(curve, source, target, lower))
        return Recast(
            label, target.coupling_name, curve.masses, lower, upper, curve.reference, notes
        )
    if curve.upper is not None:
        raise EmissError(
            f"'{curve.label}' has an upper edge: give the geometry (shield and decay length) that "
            "made it."
        )
    x = np.square(curve.values)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (old.searched_dark + old.searched * x) / (old.dark + old.total * x)
    events = old.strength * x * share
    lower = np.sqrt(
        same_events(events, new.strength, (new.searched, new.searched_dark), (new.total, new.dark))
    )
    notes = (*of_y, *_far_apart(curve, source, target, lower))
    return Recast(label, target.coupling_name, curve.masses, lower, None, curve.reference, notes)


_FAR: Final = 1e3
"""Ratio of two couplings beyond which, everywhere, a curve is hardly of what it was read as."""


def _far_apart(curve: Overlay, source: Model, target: Model, lower: FloatArray) -> tuple[str, ...]:
    """Ask where the couplings are far apart, or too large for couplings, at all masses."""
    ratio = (lower / curve.values)[np.isfinite(lower)]
    if not ratio.size or (ratio.max() >= 1.0 / _FAR and ratio.min() <= _FAR):
        return ()
    return (
        f"{target.coupling_name} of {target.name} is {ratio.min():.3g} to {ratio.max():.3g} times "
        f"{source.coupling_name} of {source.name} everywhere; is '{curve.label}' a curve of "
        f"{source.coupling_name}, not a square or a logarithm, and of these models?",
    )


def _displaced(
    curve: Overlay, rates: tuple[_Rates, _Rates], geometry: Displacement
) -> tuple[FloatArray, FloatArray]:
    """Both edges for the target model."""
    old, new = rates
    ratio = geometry.decay_cm / geometry.shield_cm
    x = 2.0 * np.log(curve.values)
    if geometry.energy is not None:
        time = geometry.inverse_width(curve.masses)
    elif curve.upper is None:
        raise EmissError(
            f"'{curve.label}' has no upper edge, so that the effective time does not follow from "
            "it: give the typical energy of the boson."
        )
    else:
        upper = 2.0 * np.log(np.where(np.isfinite(curve.upper), curve.upper, np.nan))
        time = effective_time((x, upper), (old.searched, old.total, old.dark), ratio)
    level = log_events(x, (old.searched, old.total, old.dark), time, ratio)
    with np.errstate(divide="ignore"):
        level = level + np.log(old.strength) - np.log(new.strength)
    low, high = displaced_edges(level, (new.searched, new.total, new.dark), time, ratio)
    return np.exp(0.5 * low), np.exp(0.5 * high)
