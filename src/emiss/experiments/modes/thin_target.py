"""Missing momentum in a thin target: the electron that is left is tracked, the rest is missing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from ..elements.calorimeter import Calorimeter
from ..elements.dipole import Dipole
from ..layout import Layout
from ..setup import Recoil, Setup, Window
from .base import Mode, Problem, asked, bound
from .spectrometer import (
    SPECTROMETERS,
    arms,
    magnet_of,
    momentum_resolution,
    plane_of,
    sized_elements,
    unreachable,
)

__all__ = ["MODE"]

IN, OUT, SEEN = "incoming_momentum", "outgoing_momentum", "zero_degree_energy"
"""Variables whose bounds are used: the measured momenta, and the energy of electron and photons."""
ANGLE, ACROSS = "outgoing_angle", "outgoing_transverse_momentum"
FORWARD: Final = 0.5 * math.pi
"""Angle in rad from which on electrons do not go forward."""
CALORIMETER = "zero-degree"
WIDEST: Final = 0.1
"""Largest relative spread of the beam momentum: a tracked beam is far narrower."""
THIN: Final = 0.5
"""Radiation lengths from which on more than a few photons are radiated in the target."""


def _setup(layout: Layout) -> Setup:
    beam, stack = layout.beam, layout.target
    assert stack.length is not None
    seen = asked(layout, SEEN, "max")
    recoil = Recoil(
        0.0 if beam.spot is None else beam.spot.value,
        0.0 if beam.divergence is None else beam.divergence.value,
        (asked(layout, IN, "min"), asked(layout, IN, "max")),
        asked(layout, OUT, "max"),
        seen,
        layout.selection.efficiency,
        momentum_resolution(layout, SPECTROMETERS[0]),
        momentum_resolution(layout, SPECTROMETERS[1]),
        magnet_of(layout, SPECTROMETERS[1]).kick,
        magnet_of(layout, SPECTROMETERS[1]).middle - stack.length,
        tuple(plane_of(element, stack.length) for element in sized_elements(layout)),
        min_outgoing=asked(layout, OUT, "min"),
        angle=(asked(layout, ANGLE, "min"), asked(layout, ANGLE, "max")),
        transverse=(asked(layout, ACROSS, "min"), asked(layout, ACROSS, "max")),
        calorimeter_resolution=_calorimeter_resolution(layout),
    )
    behind = layout.role(CALORIMETER, "hadronic")
    return Setup(
        beam.particle,
        beam.energy,
        beam.momentum_spread.value,
        stack.material,
        beam.energy - seen,
        0.0,
        producing=stack.producing,
        length=stack.length,
        window=Window(max(element.end for element in behind), invisible=True),
        recoil=recoil,
    )


def _calorimeter_resolution(layout: Layout) -> tuple[float, float]:
    found = layout.first(Calorimeter, CALORIMETER)
    if found is None or found.stochastic is None or found.constant is None:
        return 0.0, 0.0
    return found.stochastic.value, found.constant.value


def _problems(layout: Layout) -> Iterator[Problem]:
    places = {element.name: index for index, element in enumerate(layout.elements)}
    cuts = {cut.variable: index for index, cut in enumerate(layout.selection.cuts)}
    beam = layout.beam.momentum
    for variable, what in ((OUT, "momentum"), (SEEN, "energy")):
        most = bound(layout, variable, "max")
        if most is not None and not most.value < beam.value:
            problem = (
                f"{most.text} is not below the beam momentum {beam.text}; no {what} would be "
                "missing"
            )
            yield ("selection", "cut", cuts.get(variable, 0), "max"), problem
    low, high = bound(layout, IN, "min"), bound(layout, IN, "max")
    if low is not None and high is not None and not low.value < beam.value < high.value:
        problem = (
            f"the window {low.text} to {high.text} does not hold the beam momentum {beam.text}"
        )
        yield ("selection", "cut", cuts.get(IN, 0), "min"), problem
    seen, slowest = bound(layout, SEEN, "max"), bound(layout, OUT, "min")
    if seen is not None and slowest is not None and not seen.value > max(slowest.value, 0.0):
        problem = (
            f"{seen.text} must be above 0 and above the least momentum behind the target, "
            f"{slowest.text}: the calorimeter sees the electron"
        )
        yield ("selection", "cut", cuts.get(SEEN, 0), "max"), problem
    yield from _direction_problems(layout, cuts)
    yield from _beam_problems(layout)
    yield from _target_problems(layout, places)
    for role in SPECTROMETERS:
        magnet = layout.first(Dipole, role)
        if magnet is None:
            yield ("element",), f"thin-target needs a dipole with the role '{role}'"
        elif magnet.momentum_resolution is None and arms(layout, role) is None:
            problem = "is missing; give it, or two trackers with a resolution on each side"
            yield ("element", places[magnet.name], "momentum_resolution"), problem
    if layout.first(Calorimeter, CALORIMETER) is None:
        yield ("element",), f"thin-target needs a calorimeter with the role '{CALORIMETER}'"
    if layout.target.length is not None and layout.first(Dipole, SPECTROMETERS[1]) is not None:
        yield from unreachable(layout, asked(layout, OUT, "min"), asked(layout, OUT, "max"))


def _direction_problems(layout: Layout, cuts: dict[str, int]) -> Iterator[Problem]:
    """Bounds on the direction that no electron of the selection passes."""
    narrow, wide = bound(layout, ANGLE, "max"), bound(layout, ANGLE, "min")
    place = ("selection", "cut", cuts.get(ANGLE, 0))
    if narrow is not None and not narrow.value > 0.0:
        yield (*place, "max"), f"{narrow.text} must be above 0; no electron would pass"
    if wide is not None and not 0.0 <= wide.value < FORWARD:
        problem = f"{wide.text} must be from 0 to below {FORWARD:.4g} rad: trackers stand behind"
        yield (*place, "min"), problem
    place = ("selection", "cut", cuts.get(ACROSS, 0))
    low, high = bound(layout, ACROSS, "min"), bound(layout, ACROSS, "max")
    fastest = bound(layout, OUT, "max")
    if high is not None and not high.value > 0.0:
        yield (*place, "max"), f"{high.text} must be above 0; no electron would pass"
    if low is not None and fastest is not None and not low.value < fastest.value:
        problem = f"{low.text} is not below the largest momentum behind the target, {fastest.text}"
        yield (*place, "min"), f"{problem}; no electron would pass"


def _beam_problems(layout: Layout) -> Iterator[Problem]:
    beam = layout.beam
    if beam.momentum_spread.value > WIDEST:
        problem = f"{beam.momentum_spread.text} is too wide; thin-target takes at most 10 %"
        yield ("beam", "momentum_spread"), problem
    for element in sized_elements(layout):
        plane = plane_of(element, 0.0)
        half = min(0.5 * (plane.high - plane.low), plane.half_height)
        if beam.spot is not None and beam.spot.value > half:
            problem = (
                f"{beam.spot.text} is wider than half of '{element.name}', which the electron must "
                "hit"
            )
            yield ("beam", "spot"), problem
            return


def _target_problems(layout: Layout, places: dict[str, int]) -> Iterator[Problem]:
    first, stack = layout.role("target")[0], layout.target
    if stack.length is None:
        yield ("element", places[first.name], "length"), "is missing"
    elif stack.depth_x0 > THIN:
        problem = (
            f"makes a target of {stack.depth_x0:.3g} radiation lengths; thin-target takes at most "
            f"{THIN:g}: use missing-energy for a dump"
        )
        yield ("element", places[first.name], "length"), problem


TEMPLATE = """\
[experiment]
name = "my-thin-target-experiment"         # letters, digits, . _ + -
title = "My thin-target experiment"
references = []                            # bibliography keys, such as "arXiv:1808.05219"
figure = ""                                # the published result to compare with, if any
notes = ["Numbers of the template: an example, not a real experiment."]
projection = true                          # a plan: runs have no observed count

[beam]
particle = "e-"                            # e- or e+
momentum = "8 GeV"
momentum_spread = "0.5 %"                  # relative standard deviation; 0 is allowed
spot = "5 mm"                              # standard deviations at the target, both planes;
divergence = "0.1 mrad"                    # 0 is allowed

# The apparatus in the order of the beam. Positions are those of front faces, from the front of the
# target. The first use samples the acceptance, which takes some seconds; it is kept.

[[element]]
kind = "dipole"
name = "tagger"
role = "incoming-spectrometer"             # magnet of the momentum before the target
position = "-60 cm"
length = "59 cm"
field_integral = "0.9 T.m"
momentum_resolution = "1 %"                # sigma_p/p, the same at all momenta, or from trackers

[[element]]
kind = "absorber"
name = "target"
role = "target"
position = "0 mm"
material = "W"
length = "0.35 mm"                         # at most half a radiation length

[[element]]
kind = "tracker"                           # behind the target, a tracker or counter with a size
name = "r1"                                # must be hit
role = "outgoing-spectrometer"
position = "37 mm"
length = "1 mm"
width = "40 mm"                            # in the plane in which the magnet bends
height = "100 mm"

[[element]]
kind = "dipole"
name = "fringe"
role = "outgoing-spectrometer"             # bends behind r1
position = "60 mm"
length = "30 mm"
field_integral = "0.1 T.m"
momentum_resolution = "5 %"

[[element]]
kind = "calorimeter"
name = "ecal"
role = "zero-degree"                       # takes the electron and all photons
position = "24 cm"
length = "60 cm"
material = "W"
stochastic = "20 % sqrt(GeV)"              # without both: no resolution
constant = "2 %"

[[element]]
kind = "calorimeter"
name = "hcal"
role = "hadronic"                          # a boson that decays visibly in front of its end is seen
position = "85 cm"
length = "5 m"
material = "Fe"

[selection]
mode = "thin-target"                       # emiss list modes

[[selection.cut]]
name = "momentum before target"
variable = "incoming_momentum"
min = "7 GeV"
max = "9 GeV"

[[selection.cut]]
name = "calorimeter energy"                # of electron and photons: the rest is missing
variable = "zero_degree_energy"
max = "3 GeV"

[[selection.cut]]
name = "momentum behind target"
variable = "outgoing_momentum"
min = "50 MeV"
max = "2.4 GeV"

# Optional: the direction of the electron behind the target.
# [[selection.cut]]
# name = "angle"
# variable = "outgoing_angle"
# max = "700 mrad"
# [[selection.cut]]
# name = "transverse momentum"
# variable = "outgoing_transverse_momentum"
# min = "10 MeV"

[[selection.cut]]
name = "vetoes"                            # a cut that is not computed may say which share passes
efficiency = 0.7

[defaults]                                 # for the runs below that do not give their own
efficiency = 0.9                           # of everything that is not in the selection
yield_uncertainty = { value = "10 %", correlated = true }

[[run]]                                    # one block per period
period = "first"
particles_on_target = 1e14
background = { value = 0.5, uncertainty = 0.2 }
"""

MODE = Mode(
    name="thin-target",
    title="an electron loses most of its momentum in a thin target and is tracked behind it",
    beams=("e-", "e+"),
    roles=("target", *SPECTROMETERS, CALORIMETER),
    cuts=((IN, "min"), (IN, "max"), (OUT, "min"), (OUT, "max"), (SEEN, "max")),
    processes=("thin_bremsstrahlung",),
    setup=_setup,
    template=TEMPLATE,
    method="exact tree-level tables at the beam energy, acceptance of sampled recoil electrons "
    "with a fixed seed",
    problems=_problems,
    own_roles={CALORIMETER: "calorimeter on the axis of the undeflected beam"},
)
