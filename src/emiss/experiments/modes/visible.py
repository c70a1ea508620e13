"""Visible decays: the boson leaves the dump and decays to e+ e- in front of a calorimeter."""

from __future__ import annotations

from collections.abc import Iterator

from ...ground.errors import ValidityError
from ..elements.calorimeter import Calorimeter
from ..layout import Layout, extent
from ..setup import SMEARING_REACH, Setup, Window
from .base import Mode, Problem, asked, bound

__all__ = ["MODE"]

DECAY_ENERGY = "decay_calorimeter_energy"
"""Variable whose lower bound is that of the energy of the decay."""
CHANNEL = "e+e-"
"""Final state that the counters behind the decay volume ask for."""


def _setup(layout: Layout) -> Setup:
    beam = layout.beam
    calorimeter = _calorimeter(layout)
    least = asked(layout, DECAY_ENERGY, "min")
    smearing = float(calorimeter.resolution(least))
    stack = layout.target
    half = _half_size(calorimeter)
    assert stack.length is not None
    window = Window(
        layout.role("veto")[-1].start,
        layout.role("decay-counter")[0].start,
        (CHANNEL,),
        calorimeter=calorimeter.start,
        half_size=half,
    )
    setup = Setup(
        beam.particle,
        beam.energy,
        beam.momentum_spread.value,
        stack.material,
        least,
        smearing,
        producing=stack.producing,
        length=stack.length,
        window=window,
    )
    if not 0.0 < setup.lowest_energy < beam.energy:
        raise ValidityError(
            f"decay energy of at least {least:g} GeV, smeared by {smearing:.3g} GeV: must stay "
            f"between 0 and the beam momentum of {beam.energy:g} GeV within {SMEARING_REACH:g} "
            "standard deviations."
        )
    return setup


def _half_size(calorimeter: Calorimeter) -> float:
    """Half of the side in cm of the largest square around the axis that the calorimeter holds."""
    (left, right), (bottom, top) = (extent(calorimeter, axis) for axis in ("x", "y"))
    return min(-left, right, -bottom, top)


def _calorimeter(layout: Layout) -> Calorimeter:
    found = layout.first(Calorimeter, "decay-calorimeter")
    if found is None:
        raise ValidityError("the decay is measured in a calorimeter.")
    return found


def _problems(layout: Layout) -> Iterator[Problem]:
    places = {element.name: index for index, element in enumerate(layout.elements)}
    least, beam = bound(layout, DECAY_ENERGY, "min"), layout.beam.momentum
    if least is not None and not least.value < beam.value:
        cuts = layout.selection.cuts
        where = next((i for i, cut in enumerate(cuts) if cut.variable == DECAY_ENERGY), 0)
        problem = f"{least.text} is not below the beam momentum {beam.text}"
        yield ("selection", "cut", where, "min"), problem
    last = layout.role("target")[-1]
    if layout.target.length is None:
        yield ("element", places[last.name], "length"), "is missing; decays count behind the target"
        return
    veto, counter = layout.role("veto")[-1], layout.role("decay-counter")[0]
    if not last.end <= veto.start * (1.0 + 1e-9):
        problem = f"'{veto.name}' is not behind the target, which ends at {last.end:g} cm"
        yield ("element", places[veto.name], "position"), problem
    if not veto.start < counter.start:
        problem = f"'{counter.name}' must be behind '{veto.name}': the decay volume is between them"
        yield ("element", places[counter.name], "position"), problem
    calorimeter = layout.first(Calorimeter, "decay-calorimeter")
    if calorimeter is None:
        name = layout.role("decay-calorimeter")[0].name
        yield ("element", places[name], "kind"), "the decay is measured in a calorimeter"
        return
    place = ("element", places[calorimeter.name])
    if calorimeter.start < counter.start:
        problem = f"must be behind '{counter.name}', the end of the decay volume"
        yield (*place, "position"), problem
    if calorimeter.half_width is None:
        yield (*place, "width"), "is missing; give it, or cells_x and cell_width"
    elif not _half_size(calorimeter) > 0.0:
        problem = f"the axis of the beam is not in '{calorimeter.name}'; pairs are around it"
        yield (*place, "offset_x"), problem
    if calorimeter.stochastic is None:
        yield (*place, "stochastic"), "is missing; the threshold is smeared with the resolution"


TEMPLATE = """\
[experiment]
name = "my-visible-experiment"             # letters, digits, . _ + -
title = "My visible experiment"
references = []                            # bibliography keys, such as "arXiv:1912.11389"
figure = ""                                # the published result to compare with, if any
notes = ["Numbers of the template: an example, not a real experiment."]
# projection = true                        # a plan: runs have no observed count then

# Periods with another beam or dump are files of their own; one file joins them and is a limit of
# its own, with this and nothing else in it but [experiment] and [override]:
# combine = ["my-2017.toml", "my-2018.toml"]

[beam]
particle = "e-"                            # e- or e+
momentum = "100 GeV"
momentum_spread = "1 %"                    # relative standard deviation; 0 is allowed

# The apparatus in the order of the beam. Positions are those of front faces, from the front of the
# target.

[[element]]
kind = "calorimeter"
name = "wcal"
role = "target"                            # it must stop the shower
position = "0 mm"
layers = [
    { material = "W", thickness = "3 mm" },
    { material = "polystyrene", thickness = "3 mm" },
]
repeat = 48

[[element]]
kind = "counter"
name = "v2"
role = "veto"                              # decays count from here on ...
position = "290 mm"
length = "5 mm"

[[element]]
kind = "counter"
name = "s4"
role = "decay-counter"                     # ... to the counter that must see the pair
position = "1.5 m"
length = "5 mm"

[[element]]
kind = "calorimeter"
name = "ecal"
role = "decay-calorimeter"                 # both daughters must hit it
position = "1.6 m"
length = "450 mm"
cells_x = 6
cells_y = 6
cell_width = "38.2 mm"
cell_height = "38.2 mm"
stochastic = "9 % sqrt(GeV)"               # its resolution: sigma/E = 9 %/sqrt(E/GeV) (+) 4 %
constant = "4 %"

[selection]
mode = "visible"                           # emiss list modes

[[selection.cut]]
name = "decay energy"
variable = "decay_calorimeter_energy"
min = "25 GeV"

[defaults]                                 # for the runs below that do not give their own
efficiency = 0.5                           # of everything that is not in the selection
yield_uncertainty = { value = "10 %", correlated = true }

[[run]]                                    # one block per period
period = "first"
particles_on_target = { value = 5e10, uncertainty = 2.5e9 }
background = { value = 0.1, uncertainty = 0.05 }
observed = 0
"""

MODE = Mode(
    name="visible",
    title="a boson leaves the dump and decays to e+ e- in front of a calorimeter",
    beams=("e-", "e+"),
    roles=("target", "veto", "decay-counter", "decay-calorimeter"),
    cuts=((DECAY_ENERGY, "min"),),
    processes=("bremsstrahlung", "annihilation", "primakoff"),
    setup=_setup,
    template=TEMPLATE,
    method="deterministic shower, exact tree-level tables, quadrature",
    problems=_problems,
    contains_shower=True,
    own_roles={
        "decay-counter": "counter at the end of the decay volume",
        "decay-calorimeter": "calorimeter behind the decay volume",
    },
)
