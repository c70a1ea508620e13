"""What every model of a new boson offers: couplings, widths, branching and lifetime."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, ClassVar, Final, Self, cast, final

import numpy as np
from numpy.typing import ArrayLike

from ...ground import constants as const
from ...ground.arrays import FloatArray
from ...ground.errors import EmissError, UnknownNameError
from ...ground.guards import check_shapes, chosen, number, numbers
from .bosons import BOSONS, INVISIBLE_CHANNELS, Boson
from .dark_sector import DarkSector

__all__ = ["BOSONS", "INVISIBLE_CHANNELS", "Boson", "FloatArray", "Model"]

QUARK_CHARGE: Final = {"u": 2.0 / 3.0, "d": -1.0 / 3.0}
"""Electric charge of quarks in units of the positron's."""


MASSES: Final = numbers(1e-15, 1e6, "GeV")
COUPLINGS: Final = numbers(0.0, 1e60)
"""What masses and couplings of any boson may be: their powers stay numbers."""
DARK_COUPLINGS: Final = number(1e-12, 4.0 * math.pi)
"""What the coupling to dark matter may be: alpha_dark is its square over 4 pi, and at most 4 pi."""
_FLAVOURS: Final = chosen(const.LEPTON_MASS, "charged lepton")
_QUARKS: Final = chosen(QUARK_CHARGE, "quark")


def checked_mass(mass: ArrayLike) -> FloatArray:
    """Masses as an array of float; refuses anything but positive numbers of GeV."""
    MASSES(mass, "mass")
    return np.asarray(mass, dtype=np.float64)


def checked_coupling(coupling: ArrayLike) -> FloatArray:
    """Couplings as an array of float; refuses anything but numbers that are not negative."""
    COUPLINGS(coupling, "coupling")
    return np.asarray(coupling, dtype=np.float64)


def checked_pair(mass: ArrayLike, coupling: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Masses and couplings, checked, of one shape."""
    m, g = checked_mass(mass), checked_coupling(coupling)
    if m.shape == g.shape:
        return m, g
    try:
        m, g = np.broadcast_arrays(m, g)
    except ValueError:
        check_shapes([("mass", m), ("coupling", g)])
        raise
    return m, g


def no_coupling(mass: ArrayLike, coupling: ArrayLike) -> FloatArray:
    """Zeros of the shape of masses and couplings: what a model does not couple or decay to."""
    return np.zeros(checked_pair(mass, coupling)[0].shape)


class Model(ABC):
    """A boson X with one free coupling and one mass, and what it decays to.

    Concrete models are final frozen dataclasses: nothing derives from them, and none of the methods
    marked final here is replaced. All methods take masses in GeV and couplings as numbers or
    arrays that broadcast against each other.
    """

    __slots__ = ()

    CITATIONS: ClassVar[tuple[str, ...]] = ()
    """Bibliography keys of the model itself."""

    @property
    @abstractmethod
    def name(self) -> str:
        """Name in the catalogue, e.g. ``"dark-photon"``."""

    @property
    @abstractmethod
    def title(self) -> str:
        """Name for headings and legends."""

    @property
    @abstractmethod
    def boson(self) -> Boson:
        """Kind of coupling to leptons: vector, axial, scalar or pseudoscalar."""

    @property
    @abstractmethod
    def coupling_name(self) -> str:
        """Plain name of the free coupling, e.g. ``"epsilon"``."""

    @property
    @abstractmethod
    def coupling_label(self) -> str:
        """LaTeX label of the free coupling, without dollar signs."""

    @property
    def coupling_unit(self) -> str:
        """Unit of the free coupling, ``"GeV^-1"``; empty where it is a number."""
        return ""

    @property
    def symbol(self) -> str:
        r"""LaTeX symbol of the boson, without dollar signs, e.g. ``r"\phi"``."""
        return "X"

    @property
    def coupling_power(self) -> float | None:
        """Power of the coupling that events grow with while it is small; None where they differ."""
        return 2.0

    @property
    def mass_of(self) -> str:
        """Whose mass the model's mass is: ``"mediator"``, ``"dark-matter"`` or ``"meson"``."""
        return "mediator"

    @property
    def own_mass(self) -> float | None:
        """The one mass in GeV at which limits are asked for; None where the mass is free."""
        return None

    @property
    def math_title(self) -> str:
        """Short name inside a line of a figure, with formulas in dollar signs."""
        if self.title[1:2].islower():
            return self.title[:1].lower() + self.title[1:]
        return self.title  # a symbol, as in "B boson"

    @property
    @abstractmethod
    def dark_sector(self) -> DarkSector | None:
        """Dark matter that X decays to, or None if there is none."""

    @abstractmethod
    def lepton_coupling(self, flavour: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Coupling g of X to a charged lepton at momentum transfer squared mass^2.

        Parameters
        ----------
        flavour : str
            ``"e"``, ``"mu"`` or ``"tau"``.
        coupling : array_like
            The free coupling.
        mass : array_like
            Mass of X in GeV.

        Returns
        -------
        array of float
            Modulus of the coupling g of the Lagrangian (dark photon: epsilon e).
        """

    @abstractmethod
    def photon_coupling(self, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Coupling to two photons in GeV^-1 (L = -g/4 X F F or X F Ftilde), 0 if there is none."""

    def quark_coupling(self, quark: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Vector coupling to quarks at momentum transfer squared mass^2, with its sign.

        Parameters
        ----------
        quark : str
            ``"u"`` (and charm) or ``"d"`` (and strange, bottom).
        coupling : array_like
            The free coupling.
        mass : array_like
            Mass of X in GeV.

        Returns
        -------
        array of float
            Coupling of the Lagrangian; 0 for all models that do not say otherwise. The sign is
            relative to that of the other quark and means nothing beside that.
        """
        _ = checked_quark(quark)
        return no_coupling(mass, coupling)

    def meson_branching(self, meson: str, coupling: ArrayLike, mass: ArrayLike) -> FloatArray:
        """Branching fraction of a neutral meson to invisible states.

        Parameters
        ----------
        meson : str
            Key of `ground.mesons.MESON_IDS`.
        coupling, mass : array_like of float
            Free coupling, and mass in GeV; they broadcast.

        Returns
        -------
        array of float
            Partial width over the total width of the meson as measured; 0 for all models that do
            not say otherwise.
        """
        return no_coupling(mass, coupling)

    @abstractmethod
    def visible_widths(self, mass: ArrayLike, coupling: ArrayLike) -> dict[str, FloatArray]:
        """Widths in GeV to charged leptons, hadrons and photons, keyed by final state."""

    @abstractmethod
    def neutrino_width(self, mass: ArrayLike, coupling: ArrayLike) -> FloatArray:
        """Width in GeV to all neutrinos."""

    @final
    def dark_width(self, mass: ArrayLike) -> FloatArray:
        """Width in GeV to dark matter; 0 without a dark sector."""
        m = checked_mass(mass)
        sector = self.dark_sector
        return np.zeros_like(m) if sector is None else sector.width(m)

    @final
    def partial_widths(self, mass: ArrayLike, coupling: ArrayLike) -> dict[str, FloatArray]:
        """Partial widths by final state.

        Parameters
        ----------
        mass, coupling : array_like
            Mass of X in GeV and free coupling; they broadcast.

        Returns
        -------
        dict of str to array of float
            Widths in GeV keyed ``"e+e-"``, ``"mu+mu-"``, ``"tau+tau-"``, ``"hadrons"``,
            ``"gamma gamma"``, ``"nu nu"``, ``"chi chi"``, as far as the model has them.

        Raises
        ------
        EmissError
            If a mass is not positive or a coupling negative.
        """
        m, g = checked_pair(mass, coupling)
        widths = self.visible_widths(m, g)
        neutrinos = self.neutrino_width(m, g)
        if np.any(neutrinos > 0.0):
            widths["nu nu"] = neutrinos
        if self.dark_sector is not None:
            widths["chi chi"] = self.dark_width(m)
        return widths

    @final
    def total_width(self, mass: ArrayLike, coupling: ArrayLike) -> FloatArray:
        """Total width in GeV, shape of mass and coupling broadcast."""
        return cast(FloatArray, sum(self.partial_widths(mass, coupling).values()))

    @final
    def invisible_branching(self, mass: ArrayLike, coupling: ArrayLike) -> FloatArray:
        """Probability to decay to dark matter or neutrinos; 0 where X is stable.

        A stable X is invisible too, but by escape: see the decay length.
        """
        widths = self.partial_widths(mass, coupling)
        total = np.asarray(sum(widths.values()))
        invisible = np.asarray(sum((widths.get(c, 0.0) for c in INVISIBLE_CHANNELS), 0.0))
        out = np.zeros(np.broadcast_shapes(total.shape, invisible.shape))
        return np.asarray(np.divide(invisible, total, out=out, where=total > 0.0))

    @final
    def ctau_cm(self, mass: ArrayLike, coupling: ArrayLike) -> FloatArray:
        """Proper decay length c tau in cm; infinite where X is stable."""
        total = self.total_width(mass, coupling)
        out = np.full(total.shape, np.inf)
        with np.errstate(over="ignore"):
            return np.asarray(np.divide(const.HBARC_GEV_CM, total, out=out, where=total > 0.0))

    @final
    def citations(self) -> tuple[str, ...]:
        """Bibliography keys of the model and its dark sector."""
        sector = self.dark_sector
        own = (*self.CITATIONS, *self.references())
        return tuple(dict.fromkeys((*own, *(sector.CITATIONS if sector else ()))))

    def references(self) -> tuple[str, ...]:
        """Bibliography keys that belong to this very model and not to all of its class."""
        return ()

    @final
    def parameters(self) -> dict[str, float | str]:
        """Parameters by name: all fields but those with ``metadata={"parameter": False}``."""
        return {
            f.name: getattr(self, f.name)
            for f in fields(cast(Any, self))
            if f.init and f.metadata.get("parameter", True)
        }

    @final
    def with_parameters(self, **changes: float | str) -> Self:
        """Return a copy with other parameters.

        Parameters
        ----------
        **changes : float or str
            New values by name; text is read as a number where the parameter is one.

        Returns
        -------
        Model
            Model of the same kind.

        Raises
        ------
        UnknownNameError
            If the model has no parameter of that name.
        EmissError
            If a value cannot be read or is not allowed.
        """
        return cast(Self, replace(cast(Any, self), **read_parameters(self.parameters(), changes)))


def read_parameters(
    defaults: Mapping[str, float | str], given: Mapping[str, float | str]
) -> dict[str, float | str]:
    """Check parameters given as text or numbers against the defaults' names and types.

    Parameters
    ----------
    defaults : mapping
        Known parameters; the type of a value is the type expected.
    given : mapping
        What the user asked for.

    Returns
    -------
    dict of str to (float or str)
        The given parameters with their right types.

    Raises
    ------
    UnknownNameError
        If a name is not among the defaults.
    EmissError
        If a number cannot be read.
    """
    read: dict[str, float | str] = {}
    for name, value in given.items():
        if name not in defaults:
            raise UnknownNameError("parameter", name, defaults)
        if isinstance(defaults[name], str):
            read[name] = str(value)
            continue
        try:
            read[name] = float(value)
        except (TypeError, ValueError):
            raise EmissError(f"parameter {name}='{value}': needs a number.") from None
    return read


def checked_flavour(flavour: str) -> str:
    """Return the charged lepton's flavour; raises UnknownNameError if there is none such."""
    _FLAVOURS(flavour, "flavour")
    return flavour


def checked_quark(quark: str) -> str:
    """Return the quark's name; raises UnknownNameError if it is neither ``"u"`` nor ``"d"``."""
    _QUARKS(quark, "quark")
    return quark
