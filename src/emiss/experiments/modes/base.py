"""What a mode says: beams, elements and cuts that it needs, processes, and how a setup follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ...ground.quantity import Quantity
from ..layout import Layout, Problem
from ..selection import Cut, Threshold
from ..setup import Setup

__all__ = ["Mode", "Problem", "asked", "bound"]


@dataclass(frozen=True, slots=True)
class Mode:
    """A mode of a search.

    Parameters
    ----------
    name : str
        What an experiment file calls it.
    title : str
        In words: a row of ``emiss list modes``.
    beams : tuple of str
        Beam particles with which it works.
    roles : tuple of str
        Roles that some element must play.
    cuts : tuple of (str, str)
        Bounds that the selection must have: variable, and ``min`` or ``max``.
    processes : tuple of str
        Processes that make the boson, by the name of their file in ``yields.processes``.
    setup : callable
        From a layout to the setup; `ValidityError` where that is not possible.
    template : str
        A commented experiment file to start one's own from, without the common head.
    method : str
        How the deterministic engine gets the yield, for the record.
    problems : callable
        What contradicts the mode in a layout.
    contains_shower : bool
        Whether the target must stop the shower, so that a thin one deserves a warning.
    takes_decays : bool
        Whether ``decays_from`` may say where visible decays count as well.
    own_roles : mapping of str to str
        Roles that come with it, and what each is for.
    beam_bounds : tuple of str
        Variables whose bounds go with the beam momentum, for designs at another one; the first is
        that whose upper bound sets the threshold on what is missing. Empty: such designs need a
        file of their own.
    """

    name: str
    title: str
    beams: tuple[str, ...]
    roles: tuple[str, ...]
    cuts: tuple[tuple[str, str], ...]
    processes: tuple[str, ...]
    setup: Callable[[Layout], Setup]
    template: str
    method: str
    problems: Callable[[Layout], Iterator[Problem]] = lambda _: iter(())
    contains_shower: bool = False
    takes_decays: bool = False
    own_roles: Mapping[str, str] = field(default_factory=dict, hash=False)
    beam_bounds: tuple[str, ...] = ()

    def check(self, layout: Layout) -> Iterator[Problem]:
        """Find what a layout lacks for this mode, or contradicts in it.

        Parameters
        ----------
        layout : Layout
            The layout.

        Returns
        -------
        iterator of Problem
            Place in the file and words.
        """
        if layout.beam.particle not in self.beams:
            problem = f"{self.name} needs a beam of {_or(self.beams)}, not {layout.beam.particle}"
            yield ("selection", "mode"), problem
            return
        for role in self.roles:
            if not layout.role(role):
                yield ("element",), f"{self.name} needs an element with the role '{role}'"
                return
        for variable, word in self.cuts:
            if bound(layout, variable, word) is None:
                yield (
                    ("selection", "cut"),
                    f'{self.name} needs a cut with variable = "{variable}" and a {word}',
                )
                return
        if layout.selection.decays_from and not self.takes_decays:
            yield ("selection", "decays_from"), f"means nothing in {self.name}; leave it out"
        yield from self.problems(layout)


def _or(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def bound(layout: Layout, variable: str, word: str) -> Quantity | None:
    """Find the bound of a cut, or of a trigger, on a variable.

    Parameters
    ----------
    layout : Layout
        The layout.
    variable : str
        The variable.
    word : str
        ``min`` or ``max``.

    Returns
    -------
    Quantity or None
        The tightest: all cuts hold, and the loosest of the triggers, which stand in parallel.
    """
    found = _bounds(layout.selection.cuts, variable, word)
    each = [_bounds(trigger.thresholds, variable, word) for trigger in layout.triggers]
    if each and all(each):
        of_triggers = [_tightest(bounds, word) for bounds in each]
        found.append(_tightest(of_triggers, "min" if word == "max" else "max"))
    return _tightest(found, word) if found else None


def _bounds(asking: Iterable[Cut | Threshold], variable: str, word: str) -> list[Quantity]:
    name = "least" if word == "min" else "most"
    found = (getattr(one, name) for one in asking if one.variable == variable)
    return [bound for bound in found if bound is not None]


def _tightest(bounds: Iterable[Quantity], word: str) -> Quantity:
    return (max if word == "min" else min)(bounds, key=lambda bound: bound.value)


def asked(layout: Layout, variable: str, word: str) -> float:
    """Value of a bound that the mode requires; infinite or 0 where there is none."""
    found = bound(layout, variable, word)
    if found is None:
        return 0.0 if word == "min" else float("inf")
    return found.value
