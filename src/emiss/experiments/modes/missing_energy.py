"""Missing energy: little is left in an active dump, and nothing is seen behind it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from ...ground.errors import ValidityError
from ..elements.calorimeter import Calorimeter
from ..layout import Layout
from ..setup import SMEARING_REACH, Setup, Window
from .base import Mode, Problem, asked, bound

__all__ = ["MODE"]

LEFT = "target_energy"
"""Variable whose upper bound makes the energy missing: what is measured in the whole target."""
FIRST_LAYERS = "preshower_energy"
"""Variable whose lower bound is asked for in the first layers of the target."""


def _setup(layout: Layout) -> Setup:
    beam = layout.beam
    left, spread = asked(layout, LEFT, "max"), beam.momentum_spread.value
    smearing = math.hypot(float(_target(layout).resolution(left)), spread * beam.energy)
    stack = layout.target
    setup = Setup(
        beam.particle,
        beam.energy,
        spread,
        stack.material,
        beam.energy - left,
        smearing,
        producing=stack.producing,
        length=math.inf if stack.length is None else stack.length,
        window=_window(layout),
    )
    setup = _with_preshower(layout, setup)
    if not 0.0 < setup.lowest_energy < beam.energy:
        raise ValidityError(
            f"at most {left:g} GeV left of {beam.energy:g} GeV, smeared by {smearing:.3g} GeV; the "
            f"missing energy must stay above 0 within {SMEARING_REACH:g} standard deviations."
        )
    return setup


def _target(layout: Layout) -> Calorimeter:
    found = layout.first(Calorimeter, "target")
    if found is None:
        raise ValidityError("the target of a missing-energy search is a calorimeter.")
    return found


def _with_preshower(layout: Layout, setup: Setup) -> Setup:
    """The setup with what is asked of the first layers; their energy means what the layout says."""
    least, parts = asked(layout, FIRST_LAYERS, "min"), layout.role("preshower")
    if least == 0.0:
        return setup
    own = parts[0].composition
    same = own is None or own == setup.material or own.layers == setup.material.layers != ()
    return replace(
        setup,
        min_preshower_energy=least,
        preshower_depth=sum(p.length_cm for p in parts) / setup.material.radiation_length_cm,
        preshower_scale=getattr(parts[0], "energy_scale", "") or "calibrated",
        preshower_material=None if same else own,
    )


def _window(layout: Layout) -> Window | None:
    """Where a visible decay is missing, or counts by itself."""
    if layout.selection.decays_from:
        return Window(layout.element(layout.selection.decays_from).start, invisible=True)
    behind = layout.role("hadronic")
    return Window(max(element.end for element in behind), invisible=True) if behind else None


def _problems(layout: Layout) -> Iterator[Problem]:
    beam = layout.beam.momentum
    cuts = layout.selection.cuts
    left = bound(layout, LEFT, "max")
    where = next((i for i, cut in enumerate(cuts) if cut.variable == LEFT), 0)
    if left is not None and not left.value < beam.value:
        problem = (
            f"{left.text} is not below the beam momentum {beam.text}; no energy would be missing"
        )
        yield ("selection", "cut", where, "max"), problem
    least = bound(layout, FIRST_LAYERS, "min")
    if left is not None and least is not None and not least.value < left.value:
        problem = (
            f"{FIRST_LAYERS} of at least {least.text} is not below the {left.text} that may be "
            "left in the target, of which the first layers see a part; no event would pass"
        )
        yield ("trigger",), problem
    places = {element.name: index for index, element in enumerate(layout.elements)}
    target = layout.first(Calorimeter, "target")
    if target is None:
        first = layout.role("target")[0]
        yield ("element", places[first.name], "kind"), "the target must be a calorimeter"
    elif target.stochastic is None:
        problem = "is missing; the threshold is smeared with the resolution of the target"
        yield ("element", places[target.name], "stochastic"), problem
    if layout.selection.decays_from:
        named = layout.element(layout.selection.decays_from)
        if named.start <= 0.0 or named.role in ("target", "preshower"):
            yield ("selection", "decays_from"), f"'{named.name}' is not behind the target"


TEMPLATE = """\
[experiment]
name = "my-experiment"                     # letters, digits, . _ + -
title = "My missing-energy experiment"
references = []                            # bibliography keys, such as "arXiv:2307.02404"
figure = ""                                # the published result to compare with, if any
notes = ["Numbers of the template: an example, not a real experiment."]
# projection = true                        # a plan: runs have no observed count then

# Instead of sections of its own, a file may build on others (catalogue names, or paths that end in
# .toml, relative to this file):
# combine = ["na64e-2016-2018", "na64e-2021-2022"]   # union of the runs
# base = "na64e-2021-2022"                 # one other experiment, changed by [override] below;
#                                          # [[run]] sections, if any, take the place of its runs

[beam]
particle = "e-"                            # e- or e+
momentum = "100 GeV"
momentum_spread = "1 %"                    # relative standard deviation; 0 is allowed
contaminations = [{ particle = "pi-", fraction = "1 %" }]   # for information

# The apparatus in the order of the beam. Positions are those of front faces, from the front of the
# target. emiss list elements says which kinds there are; what the deterministic engine does not use
# is read, checked, shown and kept for the simulation.

[[element]]
kind = "dipole"
name = "magnet"
role = "incoming-spectrometer"
position = "-20 m"
length = "4 m"
field_integral = "7 T.m"

[[element]]
kind = "calorimeter"
name = "preshower"                         # first layers of the target, read on their own
role = "preshower"
position = "0 mm"
layers = [
    { material = "Pb", thickness = "1.5 mm" },
    { material = "polystyrene", thickness = "1.5 mm" },
]
repeat = 16
# A material by name (emiss list materials) instead of layers:
# material = "na64-ecal"
# length = "48 mm"
# materials_file = "my-materials.toml"     # own materials, relative to this file

[[element]]
kind = "calorimeter"
name = "ecal"
role = "target"                            # the active dump; preshower and target are one stack
position = "48 mm"
layers = [
    { material = "Pb", thickness = "1.5 mm" },
    { material = "polystyrene", thickness = "1.5 mm" },
]
repeat = 134
cells_x = 5
cells_y = 6
cell_width = "38.2 mm"
cell_height = "38.2 mm"
stochastic = "9 % sqrt(GeV)"               # sigma/E = 9 %/sqrt(E/GeV) (+) 4 %
constant = "4 %"

# Optional: calorimeters behind. A boson that decays visibly in front of the end of the last one is
# not missing energy; without them, visible decays never count as missing.
# [[element]]
# kind = "calorimeter"
# name = "hcal0"
# role = "hadronic"
# position = "1 m"
# material = "na64-hcal"

# Optional: triggers. Bounds on the energy in the preshower or in the target are used.
# [[trigger]]
# name = "physics"
# coincidence = []                         # elements that must, and must not, see something
# anticoincidence = []
# threshold = [{ variable = "preshower_energy", min = "0.5 GeV" }]

[selection]
mode = "missing-energy"                    # emiss list modes
# decays_from = "hcal1"                    # visible decays in or behind this element count as well

[[selection.cut]]                          # named cuts in their order
name = "missing energy"
variable = "target_energy"                 # emiss show FILE lists the variables
max = "50 GeV"

# Cuts that the deterministic engine does not use are part of the efficiency below; write bounds,
# or a condition (energies in GeV, lengths in cm, angles in rad):
# [[selection.cut]]
# name = "one track"
# condition = "incoming_tracks == 1 and incoming_chi2 < 10"

# Bins that emiss shape puts in the place of the cuts that make the signal region (these are named
# above, behind mode: signal_region = ["missing energy"]); they are frozen with the selection:
# [[selection.bins]]
# variable = 'target_energy'
# edges = [0, "25 GeV", "50 GeV"]          # bounds of the signal region must be edges

[defaults]                                 # for the runs below that do not give their own
# Efficiency of everything but the threshold: a constant ...
efficiency = { value = 0.5, uncertainty = 0.05 }
# ... or a table in the boson's mass (linear in its logarithm; no mass outside is accepted):
# efficiency = { masses = ["1 MeV", "1 GeV"], values = [0.55, 0.45], uncertainties = [0.05, 0.05] }
# Relative uncertainty of the signal yield; correlated: one and the same in all runs.
yield_uncertainty = { value = "10 %", correlated = true }

[[run]]                                    # one block per period
period = "first"
particles_on_target = { value = 1e11, uncertainty = 5e9 }
background = { value = 0.3, uncertainty = 0.1 }
observed = 0

[[run]]
period = "second"
source = "logbook"                         # holds for the numbers of this run
status = "user"
particles_on_target = { value = 2e11, uncertainty = 1e10 }
background = { value = 0.4, uncertainty = 0.1 }
observed = 1
efficiency = { value = 0.45, source = "simulation of the second period", status = "estimated" }

[[run.cut]]                                # what this run does differently: beam, element, trigger,
name = "missing energy"                    # cut by name, with the keys that differ
max = "45 GeV"

# Only with combine or base: what replaces the values of all their runs.
# [override]
# particles_on_target = 1e13               # total; makes it a projection
# scale_background = false                 # true: background grows with the exposure
# efficiency = 0.5
# yield_uncertainty = "10 %"
# [override.beam]
# momentum = "60 GeV"
# [[override.cut]]
# name = "missing energy"
# max = "40 GeV"
"""

MODE = Mode(
    name="missing-energy",
    title="little energy is left in an active dump, and nothing is seen behind it",
    beams=("e-", "e+"),
    roles=("target",),
    cuts=((LEFT, "max"),),
    processes=("bremsstrahlung", "annihilation", "associated", "primakoff"),
    setup=_setup,
    template=TEMPLATE,
    method="deterministic shower, exact tree-level tables, quadrature",
    problems=_problems,
    contains_shower=True,
    takes_decays=True,
    beam_bounds=(LEFT, "incoming_momentum"),
)
