"""Cross-sections at coupling 1, with names and units accepted; energies of the beam particle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..ground.checks import check_real
from ..ground.guards import guarded, text
from .arguments import ARGUMENTS
from .edge import ModelLike, as_beam, as_element, as_model, as_quantity

if TYPE_CHECKING:
    from ..physics.materials import Element
    from ..physics.processes.bremsstrahlung_results import CrossSection
    from ..physics.processes.nuclear_charge_exchange import NuclearCrossSection
    from ..physics.processes.primakoff import PrimakoffCrossSection

__all__ = [
    "annihilation",
    "associated",
    "bremsstrahlung",
    "charge_exchange",
    "hadron_inelastic",
    "primakoff",
]


def __dir__() -> list[str]:
    return sorted(__all__)


@guarded(ARGUMENTS)
def bremsstrahlung(
    energy: Any,
    mass: Any,
    *,
    projectile: Any = "e-",
    boson: str = "vector",
    target: str | Element = "Pb",
    method: str = "etl",
    form_factor: str = "elastic",
    min_x: float = 0.0,
) -> CrossSection:
    """Dark bremsstrahlung l N -> l N X per nucleus, at coupling 1 (g = e).

    Parameters
    ----------
    energy, mass : float, str or quantity
        Lepton energy and boson mass in GeV or with units.
    projectile : str or Particle, optional
        ``e-``, ``e+``, ``mu-`` or ``mu+``.
    boson : str, optional
        ``vector``, ``axial``, ``scalar`` or ``pseudoscalar``.
    target : str or Element, optional
        Chemical element.
    method : str, optional
        ``etl`` (exact tree level), ``ww`` or ``iww``.
    form_factor : str, optional
        ``elastic`` or ``elastic+inelastic``.
    min_x : float, optional
        Smallest share of the energy that the boson takes.

    Returns
    -------
    CrossSection
        In pb, with the error of the integration.

    Raises
    ------
    EmissError
        If an argument is unknown or out of range.

    Examples
    --------
    >>> import emiss
    >>> found = emiss.cross_sections.bremsstrahlung("100 GeV", "16.7 MeV")
    >>> bool(1e11 < found.value_pb < 1e12)
    True
    """
    from ..physics.processes.bremsstrahlung import total_cross_section

    return total_cross_section(
        as_quantity(energy, "energy", "energy"),
        as_quantity(mass, "energy", "mass"),
        element=as_element(target),
        projectile=as_beam(projectile, "projectile"),
        boson=boson,
        method=method,
        form_factor=form_factor,
        min_x=check_real(min_x, "min_x"),
    )


@guarded(ARGUMENTS)
def annihilation(
    energy: Any,
    mass: Any,
    *,
    model: ModelLike | None = None,
    parameters: dict[str, Any] | None = None,
    width: str = "energy-dependent",
) -> float:
    """Resonant e+ e- -> X -> chi chi per target electron at rest, over the coupling squared.

    Parameters
    ----------
    energy, mass : float, str or quantity
        Positron energy and boson mass in GeV or with units.
    model : str, path or Model, optional
        A dark photon with its defaults if not given.
    parameters : mapping, optional
        Parameters of the model, such as ``{"dark_matter": "scalar"}``.
    width : str, optional
        ``energy-dependent``, ``constant`` or ``running``.

    Returns
    -------
    float
        In pb.

    Raises
    ------
    EmissError
        If an argument is unknown or out of range.

    Examples
    --------
    >>> import emiss
    >>> peak = emiss.cross_sections.annihilation("61.15 GeV", "250 MeV")
    >>> bool(peak > emiss.cross_sections.annihilation("30 GeV", "250 MeV"))
    True
    """
    from ..physics.processes.annihilation import cross_section_pb

    return float(
        cross_section_pb(
            as_quantity(energy, "energy", "energy"),
            as_quantity(mass, "energy", "mass"),
            as_model(model, parameters),
            width_form=width,
        )
    )


@guarded(ARGUMENTS)
def associated(energy: Any, mass: Any, *, min_photon_energy: Any = "1 GeV") -> float:
    """Associated e+ e- -> gamma X per target electron at rest, at epsilon = 1.

    Parameters
    ----------
    energy, mass : float, str or quantity
        Positron energy and boson mass in GeV or with units.
    min_photon_energy : float, str or quantity, optional
        Least energy of the photon; with a softer one the event is resonant annihilation.

    Returns
    -------
    float
        In pb.

    Raises
    ------
    EmissError
        If an argument is out of range.

    Examples
    --------
    >>> import emiss
    >>> emiss.cross_sections.associated("100 GeV", "10 MeV") > 0.0
    True
    """
    from ..physics.processes.associated import cross_section_pb

    return float(
        cross_section_pb(
            as_quantity(energy, "energy", "energy"),
            as_quantity(mass, "energy", "mass"),
            min_photon_energy=as_quantity(min_photon_energy, "energy", "min_photon_energy"),
        )
    )


@guarded(ARGUMENTS)
def primakoff(
    energy: Any,
    mass: Any,
    *,
    target: str | Element = "Pb",
    form_factor: str = "elastic",
    recoil: bool = True,
) -> PrimakoffCrossSection:
    """Primakoff production gamma N -> a N per nucleus, at g = 1 GeV^-1.

    Parameters
    ----------
    energy, mass : float, str or quantity
        Photon energy and boson mass in GeV or with units.
    target : str or Element, optional
        Chemical element.
    form_factor : str, optional
        ``elastic`` or ``elastic+inelastic``.
    recoil : bool, optional
        Whether the nucleus recoils.

    Returns
    -------
    PrimakoffCrossSection
        In pb, with the error of the integration.

    Raises
    ------
    EmissError
        If an argument is unknown or out of range.

    Examples
    --------
    >>> import emiss
    >>> emiss.cross_sections.primakoff("50 GeV", "10 MeV").value_pb > 0.0
    True
    """
    from ..physics.processes.primakoff import total_cross_section

    return total_cross_section(
        as_quantity(energy, "energy", "energy"),
        as_quantity(mass, "energy", "mass"),
        element=as_element(target),
        form_factor=form_factor,
        recoil=recoil,
    )


@guarded(ARGUMENTS, beam=text, target=text)
def charge_exchange(
    energy: Any,
    meson: str = "eta",
    *,
    beam: str = "pi-",
    target: str = "Fe",
    nucleus: str = "glauber",
) -> NuclearCrossSection:
    """Charge exchange of pions and kaons to a neutral meson, per nucleus.

    Parameters
    ----------
    energy : float, str or quantity
        Energy of the beam in GeV or with a unit.
    meson : str, optional
        ``pi0``, ``eta``, ``eta-prime``, ``omega`` or ``f2``; ``K0`` with kaons.
    beam : str, optional
        ``pi-``, ``pi+``, ``K-`` or ``K+``.
    target : str, optional
        Chemical element; ``H`` is the free proton.
    nucleus : str, optional
        Model of the nucleus: ``glauber``, ``surface``, ``geant4-11.3`` or ``geant4-11.4``.

    Returns
    -------
    NuclearCrossSection
        In pb, with its relative uncertainty and the effective number of nucleons.

    Raises
    ------
    EmissError
        If an argument is unknown or out of range.

    Examples
    --------
    >>> import emiss
    >>> found = emiss.cross_sections.charge_exchange("50 GeV", "eta")
    >>> bool(found.value_pb > found.per_nucleon_pb)
    True
    """
    from ..physics.processes.nuclear_charge_exchange import on_nucleus

    value = as_quantity(energy, "energy", "energy")
    return on_nucleus(meson, value, target, beam=beam, effective=nucleus)


@guarded(ARGUMENTS, projectile=text)
def hadron_inelastic(
    energy: Any, projectile: str = "pi-", *, target: str | Element = "Fe"
) -> float:
    """Inelastic cross-section of a hadron on a nucleus.

    Parameters
    ----------
    energy : float, str or quantity
        Energy in GeV or with a unit.
    projectile : str, optional
        ``pi-``, ``pi+``, ``K-``, ``K+``, ``K0``, ``p`` or ``n``.
    target : str or Element, optional
        Chemical element.

    Returns
    -------
    float
        In mb.

    Raises
    ------
    EmissError
        If an argument is unknown or out of range.

    Examples
    --------
    >>> import emiss
    >>> 500.0 < emiss.cross_sections.hadron_inelastic("50 GeV", "pi-") < 800.0
    True
    """
    from ..physics.processes.hadron_nucleus import inelastic_cross_section_mb

    value = as_quantity(energy, "energy", "energy")
    return float(inelastic_cross_section_mb(as_element(target), value, projectile))
