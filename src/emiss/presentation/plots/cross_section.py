"""Differential cross-sections: exact calculation and approximations over each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ...ground.arrays import FloatArray
from ...ground.errors import ArgumentError
from ...ground.guards import guarded
from ...ground.units import format_energy
from . import labels
from . import style as looks
from .arguments import ARGUMENTS, lines_of_numbers
from .axis import log_axis, log_range
from .lettering import letter
from .page import new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ...physics.materials import Element
    from ...physics.models import Model

__all__ = ["annihilation_excitation", "bremsstrahlung_spectrum", "cross_section"]

_NAMES = {"etl": "exact tree level", "ww": "WW", "iww": "improved WW"}


@guarded(ARGUMENTS, curves=lines_of_numbers)
def cross_section(
    x: FloatArray,
    *,
    curves: Mapping[str, FloatArray],
    title: str = "",
    details: tuple[str, ...] = (),
    x_label: str = r"$x = E_X / E_0$",
    y_label: str = r"$\mathrm{d}\sigma/\mathrm{d}x$ [pb]",
    style: str = "emiss",
) -> Figure:
    """Draw cross-sections against the share of the beam energy, or against any variable.

    Parameters
    ----------
    x : array of float, shape (n,)
        Horizontal coordinate.
    curves : mapping of str to array of float, shape (n,)
        Cross-sections by name; ``etl``, ``ww`` and ``iww`` are spelled out. The first is bold.
    title : str, optional
        First line of the text in the figure.
    details : tuple of str, optional
        Further lines.
    x_label, y_label : str, optional
        Axis labels with units.
    style : str, optional
        ``"emiss"`` or ``"user"``.

    Returns
    -------
    Figure
        Linear in x, logarithmic in the cross-section.

    Raises
    ------
    EmissError
        If a curve has another length than x, or there is nothing positive to draw.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(0.1, 0.9, 9)
    >>> figure = cross_section(x, curves={"mine": 1.0 / x, "other": 1.1 / x}, title="By hand")
    """
    if np.unique(x).size < 2:
        raise ArgumentError("x: give at least two different numbers.")
    for name, values in curves.items():
        if np.shape(values) != np.shape(x):
            raise ArgumentError(
                f"x, curves: the curve '{name}' has {np.size(values)} values for {np.size(x)} of x."
            )
    with looks.styled(style):
        figure, axes = new_figure(style=style)
        low, high = log_range(curves.values(), above=1.6)
        axes.minorticks_on()
        axes.set_xlim(float(np.min(x)), float(np.max(x)))
        for index, (name, values) in enumerate(curves.items()):
            axes.plot(
                x,
                np.where(values > 0.0, values, np.nan),
                ("-", "--", "-.", ":")[index % 4],
                color=(looks.OURS, *looks.COLOURS[1:])[index % len(looks.COLOURS)],
                lw=2.2 if index == 0 else 1.5,
                label=_NAMES.get(name, name),
            )
        # Where a spectrum ends it drops without bound; eight decades are enough to see it.
        log_axis(axes, "y", max(low, 1e-8 * high), high)
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        letter(axes, [title, *details], named=axes.get_lines() if len(curves) > 1 else ())
    return figure


@guarded(ARGUMENTS)
def bremsstrahlung_spectrum(
    energy: float,
    *,
    mass: float,
    element: Element,
    projectile: str = "e-",
    boson: str = "vector",
    form_factor: str = "elastic",
) -> Figure:
    """Draw d sigma/dx of dark bremsstrahlung: exact, WW and improved WW over each other.

    Parameters
    ----------
    energy : float
        Beam energy in GeV.
    mass : float
        Mass of the boson in GeV.
    element : Element
        Target.
    projectile, boson, form_factor : str, optional
        As in `emiss.physics.processes.bremsstrahlung.differential_x`.

    Returns
    -------
    Figure
        In pb per nucleus at coupling 1.

    Raises
    ------
    EmissError
        If an input is outside the range of the calculation.

    Examples
    --------
    >>> import emiss
    >>> lead = emiss.materials.element("Pb")
    >>> figure = emiss.plots.bremsstrahlung_spectrum(100.0, mass=0.05, element=lead)
    """
    from ...physics.processes import bremsstrahlung as process

    # Even in the logarithm of x/(1-x): spectra of light and heavy bosons peak at either end.
    logit = np.linspace(-4.5, 9.0, 120)
    x = 1.0 / (1.0 + np.exp(-logit))
    curves = {
        method: process.differential_x(
            x,
            energy,
            mass,
            element=element,
            projectile=projectile,
            boson=boson,
            method=method,
            form_factor=form_factor,
        ).values_pb
        for method in process.METHODS
    }
    lepton = labels.typeset(projectile)
    return cross_section(
        x,
        curves=curves,
        title=f"{lepton} {element.symbol} → {lepton} {element.symbol} X ({boson})",
        details=(
            f"{format_energy(energy)}, $m_X$ = {format_energy(mass)}, coupling 1",
            f"form factor: {form_factor}",
        ),
    )


@guarded(ARGUMENTS)
def annihilation_excitation(
    energy: float, *, mass: float, model: Model, width_form: str = "energy-dependent"
) -> Figure:
    """Draw the resonance of annihilation against the energy of the positron.

    Parameters
    ----------
    energy : float
        Positron energy in GeV; the figure covers it and the resonance.
    mass : float
        Mass of the boson in GeV.
    model : Model
        Couplings and widths.
    width_form : str, optional
        As in `emiss.physics.processes.annihilation.cross_section`.

    Returns
    -------
    Figure
        In pb per electron at rest at coupling 1.

    Raises
    ------
    EmissError
        If an input is out of range.

    Examples
    --------
    >>> import emiss
    >>> model = emiss.models.get("dark-photon")
    >>> figure = emiss.plots.annihilation_excitation(100.0, mass=0.2, model=model)
    """
    from ...physics.processes import annihilation as process

    peak = max(float(process.resonance_energy(mass)), process.ELECTRON_MASS)
    low, high = max(0.5 * min(energy, peak), process.ELECTRON_MASS), 1.5 * max(energy, peak)
    # Energies on either side of the resonance too, as close as a narrow one needs.
    offsets = np.geomspace(1e-6, 1.0, 200) * peak
    grid = np.concatenate([np.linspace(low, high, 400), peak - offsets, peak + offsets, [peak]])
    energies = np.unique(grid[(grid >= low) & (grid <= high)])
    values = process.cross_section_pb(energies, mass, model, width_form=width_form)
    return cross_section(
        energies,
        curves={f"{width_form} width": values},
        title="e⁺ e⁻ → A′ → invisible",
        details=(f"$m_{{A'}}$ = {format_energy(mass)}, coupling 1", "per electron at rest"),
        x_label=r"positron energy [GeV]",
        y_label=r"$\sigma$ [pb]",
    )
