"""Hadrons to nothing: a beam hadron exchanges its charge, and the neutral meson leaves no trace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...ground.errors import ValidityError
from ..layout import Layout
from ..setup import Setup
from .base import Mode, Problem, asked, bound

__all__ = ["MODE"]

LEFT = "target_energy"
"""Variable whose upper bound limits what the beam hadron may ionise before the exchange."""
WIDEST: Final = 0.1
"""Largest relative spread of the beam momentum. Exchanges fall like E^-1.9: with 10 % they are 3 %
more than at the mean energy, at which they are computed."""


def _setup(layout: Layout) -> Setup:
    beam, stack = layout.beam, layout.target
    left = asked(layout, LEFT, "max")
    if stack.length is None:
        raise ValidityError("the target of a hadron search needs a length.")
    return Setup(
        beam.particle,
        beam.energy,
        beam.momentum_spread.value,
        stack.material,
        beam.energy - left,
        0.0,
        producing=stack.producing,
        length=stack.length,
        decay_volume=sum(element.length_cm for element in layout.role("decay-volume")),
    )


def _problems(layout: Layout) -> Iterator[Problem]:
    from ...physics.processes.charge_exchange import ENERGY_RANGE

    beam, left = layout.beam.momentum, bound(layout, LEFT, "max")
    low, high = ENERGY_RANGE
    if not low <= beam.value <= high:
        problem = f"{beam.text}: charge exchange is known from {low:g} to {high:g} GeV"
        yield ("beam", "momentum"), problem
    spread = layout.beam.momentum_spread
    if spread.value > WIDEST:
        problem = f"{spread.text} is too wide; charge exchange is computed at the mean, up to 10 %"
        yield ("beam", "momentum_spread"), problem
    cuts = layout.selection.cuts
    where = next((i for i, cut in enumerate(cuts) if cut.variable == LEFT), 0)
    if left is not None and not 0.0 < left.value < beam.value:
        problem = (
            f"{left.text} must be above 0 and below the beam momentum {beam.text}; no energy would "
            "be missing"
        )
        yield ("selection", "cut", where, "max"), problem
    places = {element.name: index for index, element in enumerate(layout.elements)}
    last = layout.role("target")[-1]
    if layout.target.length is None:
        problem = "is missing; the share of the beam that interacts depends on it"
        yield ("element", places[last.name], "length"), problem
        return
    end = last.end
    for volume in layout.role("decay-volume"):
        if abs(volume.start - end) > 1.0:
            problem = "must follow the target at once: a kaon between would be lost"
            yield ("element", places[volume.name], "position"), problem
        end = volume.end


TEMPLATE = """\
[experiment]
name = "my-hadron-experiment"              # letters, digits, . _ + -
title = "My hadron experiment"
references = []                            # bibliography keys, such as "arXiv:2406.01990"
figure = ""                                # the published result to compare with, if any
notes = ["Numbers of the template: an example, not a real experiment."]
# projection = true                        # a plan: runs have no observed count then

[beam]
particle = "pi-"                           # pi-, pi+, K- or K+, from 10 to 200 GeV
momentum = "50 GeV"
momentum_spread = "1 %"                    # relative standard deviation; 0 is allowed

# The apparatus in the order of the beam. Positions are those of front faces, from the front of the
# target: the first calorimeter in which a beam hadron may interact and still count as signal.

[[element]]
kind = "calorimeter"
name = "hcal0"
role = "target"
position = "0 mm"
layers = [
    { material = "Fe", thickness = "25 mm" },
    { material = "polystyrene", thickness = "4 mm" },
]
repeat = 48

[[element]]
kind = "calorimeter"
name = "hcal1"
role = "hadronic"                          # must see nothing
position = "1.4 m"
material = "na64-hcal"

# Optional: an empty volume right behind the target, where kaons decay before they interact.
# [[element]]
# kind = "vacuum"
# name = "decay-pipe"
# role = "decay-volume"
# position = "1.392 m"
# length = "5 m"

[selection]
mode = "hadron"                            # emiss list modes

[[selection.cut]]
name = "energy in the target"              # what the hadron ionises before the exchange is computed
variable = "target_energy"
max = "1 GeV"

[defaults]                                 # for the runs below that do not give their own
efficiency = 0.5                           # of everything that is not computed
yield_uncertainty = { value = "25 %", correlated = true }   # nuclear effects

[[run]]                                    # one block per period
period = "first"
particles_on_target = { value = 1e9, uncertainty = 5e7 }
background = { value = 0.1, uncertainty = 0.05 }
observed = 0
"""

MODE = Mode(
    name="hadron",
    title="a beam hadron exchanges its charge, and the neutral meson leaves no trace",
    beams=("pi-", "pi+", "K-", "K+"),
    roles=("target",),
    cuts=((LEFT, "max"),),
    processes=("charge_exchange",),
    setup=_setup,
    template=TEMPLATE,
    method="charge exchange in closed form, Glauber's effective nucleons, ionisation by depth",
    problems=_problems,
)
