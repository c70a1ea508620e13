"""Missing momentum: a muon loses much of its momentum and leaves no more energy than a MIP."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

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

IN, OUT, LEFT = "incoming_momentum", "outgoing_momentum", "target_energy"
"""Variables whose bounds are used: the measured momenta, and the energy left in the target."""


def _setup(layout: Layout) -> Setup:
    beam, stack = layout.beam, layout.target
    assert stack.length is not None
    recoil = Recoil(
        0.0 if beam.spot is None else beam.spot.value,
        0.0 if beam.divergence is None else beam.divergence.value,
        (asked(layout, IN, "min"), asked(layout, IN, "max")),
        asked(layout, OUT, "max"),
        asked(layout, LEFT, "max"),
        layout.selection.efficiency,
        momentum_resolution(layout, SPECTROMETERS[0]),
        momentum_resolution(layout, SPECTROMETERS[1]),
        magnet_of(layout, SPECTROMETERS[1]).kick,
        magnet_of(layout, SPECTROMETERS[1]).middle - stack.length,
        tuple(plane_of(element, stack.length) for element in sized_elements(layout)),
    )
    behind = layout.role("hadronic")
    end = max((element.end for element in behind), default=math.inf)
    return Setup(
        beam.particle,
        beam.energy,
        beam.momentum_spread.value,
        stack.material,
        beam.energy - recoil.max_outgoing,
        0.0,
        producing=stack.producing,
        length=stack.length,
        window=Window(end, invisible=True) if math.isfinite(end) else None,
        recoil=recoil,
    )


def _problems(layout: Layout) -> Iterator[Problem]:
    places = {element.name: index for index, element in enumerate(layout.elements)}
    cuts = {cut.variable: index for index, cut in enumerate(layout.selection.cuts)}
    beam = layout.beam.momentum
    out = bound(layout, OUT, "max")
    if out is not None and not out.value < beam.value:
        problem = (
            f"{out.text} is not below the beam momentum {beam.text}; no momentum would be missing"
        )
        yield ("selection", "cut", cuts.get(OUT, 0), "max"), problem
    low, high = bound(layout, IN, "min"), bound(layout, IN, "max")
    if low is not None and high is not None and not low.value < beam.value < high.value:
        problem = (
            f"the window {low.text} to {high.text} does not hold the beam momentum {beam.text}"
        )
        yield ("selection", "cut", cuts.get(IN, 0), "min"), problem
    if layout.target.length is None:
        first = layout.role("target")[0]
        yield ("element", places[first.name], "length"), "is missing"
        return
    for role in SPECTROMETERS:
        magnet = layout.first(Dipole, role)
        if magnet is None:
            yield ("element",), f"missing-momentum needs a dipole with the role '{role}'"
        elif magnet.momentum_resolution is None and arms(layout, role) is None:
            problem = "is missing; give it, or two trackers with a resolution on each side"
            yield ("element", places[magnet.name], "momentum_resolution"), problem
    magnet = layout.first(Dipole, SPECTROMETERS[1])
    for element in sized_elements(layout):
        edge = getattr(element, "inner_edge", None)
        if magnet is not None and edge is not None and element.start < magnet.middle:
            problem = f"'{element.name}' is displaced but stands before the magnet"
            yield ("element", places[element.name], "inner_edge"), problem
    for front, back in itertools.pairwise(sized_elements(layout)):
        if back.start < front.start:
            yield ("element", places[back.name], "position"), f"is before '{front.name}'"
    if magnet is not None:
        yield from unreachable(layout, asked(layout, OUT, "min"), asked(layout, OUT, "max"))


TEMPLATE = """\
[experiment]
name = "my-muon-experiment"                # letters, digits, . _ + -
title = "My missing-momentum experiment"
references = []                            # bibliography keys, such as "arXiv:2401.01708"
figure = ""                                # the published result to compare with, if any
notes = ["Numbers of the template: an example, not a real experiment."]
# projection = true                        # a plan: runs have no observed count then

[beam]
particle = "mu-"                           # mu- or mu+
momentum = "160 GeV"
momentum_spread = "3 %"                    # relative standard deviation; 0 is allowed
spot = "14 mm"                             # standard deviations at the target, both planes;
divergence = "0.3 mrad"                    # 0 is allowed

# The apparatus in the order of the beam. Positions are those of front faces, from the front of the
# target. The first use samples the acceptance, which takes some seconds; it is kept.

[[element]]
kind = "dipole"
name = "ms1"
role = "incoming-spectrometer"             # magnet of the momentum before the target
position = "-15 m"
length = "5 m"
field_integral = "5 T.m"
momentum_resolution = "4 %"                # sigma_p/p, the same at all momenta, or from trackers
tail_fraction = "0.1 %"                    # tracks with a wider resolution
tail_resolution = "20 %"                   # and what it is; without both: no tail

[[element]]
kind = "calorimeter"
name = "ecal"
role = "target"
position = "0 mm"
layers = [
    { material = "Pb", thickness = "1.5 mm" },
    { material = "polystyrene", thickness = "1.5 mm" },
]
repeat = 150

[[element]]
kind = "tracker"
name = "t1"
role = "outgoing-spectrometer"
position = "1.0 m"
length = "10 mm"
resolution = "100 um"

[[element]]
kind = "tracker"
name = "t2"
role = "outgoing-spectrometer"
position = "3.0 m"
length = "10 mm"
resolution = "100 um"

[[element]]
kind = "dipole"
name = "ms2"
role = "outgoing-spectrometer"             # bends to the counters
position = "4.45 m"
length = "2 m"
field_integral = "1.4 T.m"
tail_fraction = "0.1 %"
tail_resolution = "20 %"

[[element]]
kind = "tracker"                           # behind the target, a tracker or counter with a size
name = "t3"                                # must be hit
role = "outgoing-spectrometer"
position = "6.5 m"
length = "10 mm"
resolution = "100 um"
width = "200 mm"                           # in the plane in which the magnet bends
height = "200 mm"

[[element]]
kind = "tracker"
name = "t4"
role = "outgoing-spectrometer"
position = "8.5 m"
length = "10 mm"
resolution = "100 um"

# Optional: calorimeters behind. A boson, or excited dark matter, that decays visibly in front of
# the end of the last one is seen; without them, visible decays never count as missing.
# [[element]]
# kind = "calorimeter"
# name = "hcal"
# role = "hadronic"
# position = "10 m"
# material = "na64-hcal"

[[element]]
kind = "counter"
name = "s_mu"
role = "trigger"
position = "14.45 m"
length = "5 mm"
width = "300 mm"
height = "300 mm"
inner_edge = "150 mm"                      # from the undeflected beam; offset_x for the centre

[selection]
mode = "missing-momentum"                  # emiss list modes

[[selection.cut]]
name = "momentum before target"
variable = "incoming_momentum"
min = "140 GeV"
max = "180 GeV"

[[selection.cut]]
name = "momentum behind target"
variable = "outgoing_momentum"
max = "80 GeV"

[[selection.cut]]
name = "calorimeter energy"                # of the energy lost in the target: like one MIP
variable = "target_energy"
max = "12 GeV"

[[selection.cut]]
name = "vetoes"                            # a cut that is not computed may say which share passes
efficiency = 0.9

[defaults]                                 # for the runs below that do not give their own
efficiency = 0.7                           # of everything that is not in the selection
yield_uncertainty = { value = "20 %", correlated = true }

[[run]]                                    # one block per period
period = "first"
particles_on_target = { value = 1e10, uncertainty = 1e8 }
background = { value = 0.1, uncertainty = 0.05 }
observed = 0
"""

MODE = Mode(
    name="missing-momentum",
    title="a muon loses much of its momentum and leaves no more energy than a MIP",
    beams=("mu-", "mu+"),
    roles=("target", *SPECTROMETERS),
    cuts=((IN, "min"), (IN, "max"), (OUT, "max"), (LEFT, "max")),
    processes=("muon_bremsstrahlung",),
    setup=_setup,
    template=TEMPLATE,
    method="muon transport, exact tree-level tables, acceptance of sampled recoil muons with a "
    "fixed seed",
    problems=_problems,
    beam_bounds=(OUT, IN),
)
