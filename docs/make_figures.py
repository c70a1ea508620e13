"""Draw the figures of the documentation and write its table of checks.

Run ``python docs/make_figures.py`` after a change of physics; the results are committed.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import emiss
from emiss import materials, models
from emiss.physics.processes.bremsstrahlung import total_cross_section
from emiss.physics.shower import track_lengths
from emiss.presentation.validation import run_checks
from emiss.presentation.validation.limits import ELECTRON_2016_2022, POSITRON_2022
from emiss.presentation.validation.neighbours import DARKSHINE_9E14, LDMX_4E14
from emiss.presentation.validation.tracks import geant4_tracks

FIGURES = Path(__file__).parent / "figures"
COLOURS = ("#3f90da", "#ffa90e", "#bd1f01", "#94a4a2")


def save(figure: Figure, name: str) -> None:
    FigureCanvasAgg(figure)
    figure.savefig(FIGURES / f"{name}.png", dpi=110, metadata={"Software": None})


def limits() -> None:
    rows = (
        ("na64e-2016-2022", ELECTRON_2016_2022, "arXiv:2307.02404", "epsilon_vs_mass"),
        ("na64e-plus-2022", POSITRON_2022, "arXiv:2308.15612", "epsilon_vs_mass_positrons"),
    )
    kinds = ("pseudo-dirac", "majorana", "scalar")
    masses = emiss.mass_grid(1e-3, 1.0, 241)
    for name, points, source, file in rows:
        figure = Figure(figsize=(6.4, 6.4), layout="constrained")
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(2.2, 1))
        published = np.array(points)
        for kind, colour in zip(kinds, COLOURS, strict=False):
            model = models.get("dark-photon", {"dark_matter": kind})
            # As published: no photons before the annihilation.
            curve = emiss.limit(name, model, masses=masses, associated=False)
            upper.loglog(masses, curve.observed, color=colour, label=f"emiss, {kind}")
            at = emiss.limit(name, model, masses=published[:, 0], associated=False)
            lower.semilogx(published[:, 0], at.observed / published[:, 1], "o", color=colour, ms=4)
        upper.loglog(*published.T, "k+", ms=9, label=f"published curve, {source}")
        upper.set_ylabel(r"$\epsilon$ excluded at 90 % CL")
        upper.set_title(curve.experiment_title)
        upper.legend(frameon=False)
        lower.axhspan(0.9, 1.1, color="0.9")
        lower.axhline(1.0, color="0.5", lw=0.8)
        lower.set(ylabel="emiss / published", xlabel=r"$m_{A'}$ [GeV]", ylim=(0.5, 1.8))
        save(figure, file)


def tracks() -> None:
    edges, columns = geant4_tracks()
    ours = track_lengths(materials.get("Pb"), "e-", 100.0, 1.0)
    centre = np.sqrt(edges[1:] * edges[:-1])
    figure = Figure(figsize=(6.4, 6.4), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(1.6, 1))
    for particle, colour in zip(("e-", "e+", "gamma"), COLOURS, strict=False):
        average = ours.bin_averages(edges, particle)
        upper.loglog(centre, average, color=colour, label=f"emiss, {particle}")
        upper.loglog(centre, columns[particle], ".", color=colour, ms=4)
        ratio = average / columns[particle]
        error = ratio * columns[f"err_{particle}"] / columns[particle]
        lower.errorbar(centre, ratio, error, fmt=".", color=colour, ms=4, lw=0.8)
    upper.set_ylabel("dL/dE [X0/GeV per electron]")
    upper.set_title("Electrons of 100 GeV in lead; points: Geant4 11.4.1")
    upper.legend(frameon=False)
    lower.axhspan(0.98, 1.02, color="0.9")
    lower.set(ylabel="emiss / Geant4", xlabel="E [GeV]", ylim=(0.88, 1.12))
    save(figure, "tracks_geant4")


def cross_sections() -> None:
    lead = materials.element("Pb")
    masses = emiss.mass_grid(1e-3, 1.0, 25)
    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    axes = figure.subplots()
    for (projectile, energy), style in zip(
        (("e-", 100.0), ("mu-", 160.0)), ("-", "--"), strict=True
    ):
        for method, colour in zip(("ww", "iww"), COLOURS, strict=False):
            ratio = []
            for mass in masses:
                options = {"element": lead, "projectile": projectile}
                exact = total_cross_section(energy, mass, **options)
                other = total_cross_section(energy, mass, method=method, **options)
                ratio.append(other.value_pb / exact.value_pb)
            axes.semilogx(
                masses,
                ratio,
                style,
                color=colour,
                label=f"{method.upper()}, {projectile} {energy:g} GeV",
            )
    axes.axhline(1.0, color="0.5", lw=0.8)
    axes.set(
        xlabel=r"$m_{A'}$ [GeV]", ylabel="total cross-section / exact tree level", ylim=(0, 3.2)
    )
    axes.set_title("Approximations of dark bremsstrahlung in lead")
    axes.legend(frameon=False)
    save(figure, "approximations")


def mesons() -> None:
    found = []
    for channel in ("pi0", "eta", "eta-prime", "omega", "f2"):
        model = emiss.models.get("invisible-meson", {"channel": channel})
        found.append(emiss.limit("na64h-2023", model, masses=[model.mass]))
    emiss.plots.save_figure(
        emiss.plots.branching_fractions(*found), FIGURES / "branching_fractions", formats=["png"]
    )


def neighbours() -> None:
    masses = emiss.mass_grid(1e-3, 1.0, 40)
    names = ("ldmx-4gev", "darkshine-9e14", "ldmx-8gev")
    found = [emiss.limit(name, masses=masses) for name in names]
    labels = ["LDMX 4 GeV, 4e14", "DarkSHINE, 9e14", "LDMX 8 GeV, 1e16"]
    theirs = [
        (found[1], "public, DarkSHINE", DARKSHINE_9E14, "#d1600d", "s"),
        (found[0], "public, LDMX 4 GeV", LDMX_4E14, "#1f5f9e", "o"),
    ]
    figure = emiss.plots.exclusion(*found, labels=labels)
    for _, label, points, colour, marker in theirs:
        at = [mass for mass, _ in points if mass <= 1.0]
        values = [square**0.5 for mass, square in points if mass <= 1.0]
        figure.axes[0].plot(at, values, marker, color=colour, mec="white", ms=6, label=label)
    emiss.plots.save_figure(figure, FIGURES / "thin_targets", formats=["png"])


def table() -> None:
    lines = [
        "| quantity | emiss | reference | deviation | tolerance | | independent | source |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {c.name} | {c.value:.5g} | {c.reference:.5g} | {c.deviation:+.2%} | {c.tolerance:.2%} "
        f"| {c.verdict} | {'yes' if c.independent else 'no'} | {c.source} |"
        for c in run_checks()
    ]
    (Path(__file__).parent / "validation_table.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    FIGURES.mkdir(exist_ok=True)
    limits()
    tracks()
    cross_sections()
    mesons()
    neighbours()
    table()
