"""One good call of each figure, the ground for bad ones."""

from __future__ import annotations

from functools import cache

import numpy as np
from event_tables import layout, made_up
from matplotlib.figure import Figure
from public_calls import curve, lead, photon, small_limit

import emiss
import emiss.api
from emiss import plots


@cache
def results():
    """Results of each kind, as small as they come."""
    return {
        "yields": emiss.api.yields("na64e-2016", masses=[0.01, 0.1]),
        "relic": emiss.relic(masses=[0.01, 0.02], mode="fast"),
        "moments": emiss.moments(masses=[0.01, 0.02]),
        "tracks": emiss.tracks(energy=20.0, min_energy=5.0),
        "depth": emiss.depth(energy=20.0, min_energy=5.0, to=5.0),
        "verdict": emiss.verdict("na64e-2016", masses=[0.01, 0.02], kinds=["scalar"]),
        "scan": emiss.scan({"alpha_dark": [0.1, 0.5]}, "na64e-2016", masses=[0.01, 0.02]),
        "meson": emiss.limit("na64h-2023", "invisible-meson"),
    }


def of_one(function, name):
    """A figure of any number of results as a function of one, by name."""

    def call(**given):
        return function(given.pop(name), **given)

    call.__name__ = function.__name__
    return call


@cache
def figures():
    """Functions with a good call of each, by name; `*names` are given as one."""
    style = {"style": "emiss"}
    made = results()
    return {
        "exclusion": (
            of_one(plots.exclusion, "limits"),
            {"limits": small_limit(), "overlays": [curve()], "relic": [made["relic"]],
             "moments": made["moments"], "quantity": "coupling", "against": "mediator",
             "expected": True, "labels": ["x"], "colours": ["black"], "ax": None, **style},
        ),
        "thermal_plane": (
            of_one(plots.thermal_plane, "limits"),
            {"limits": small_limit(), "relic": [made["relic"]]},
        ),
        "squared_plane": (of_one(plots.squared_plane, "limits"), {"limits": small_limit()}),
        "compare": (plots.compare, {"limit": small_limit(), "curves": curve(), **style}),
        "curves": (
            plots.curves,
            {"given": [curve()], "coupling_axis": "x", "facts": ["a"], "ax": None, **style},
        ),
        "interactive": (
            of_one(plots.interactive, "limits"),
            {"limits": small_limit(), "overlays": [curve()], "relic": [made["relic"]],
             "quantity": "coupling", "labels": ["x"]},
        ),
        "yields": (
            of_one(plots.yields, "signals"),
            {"signals": made["yields"], "coupling": 1e-4, "ax": None, **style},
        ),
        "relic_line": (
            of_one(plots.relic_line, "lines"),
            {"lines": made["relic"], "in_y": True, "ax": None, **style},
        ),
        "branching_fractions": (
            of_one(plots.branching_fractions, "limits"),
            {"limits": made["meson"], "others": True, "ax": None, **style},
        ),
        "tracks": (plots.tracks, {"lengths": made["tracks"], "bins": 20, **style}),
        "depth": (plots.depth, {"profile": made["depth"], "min_energy": 5.0, **style}),
        "verdict": (plots.verdict, {"report": made["verdict"], **style}),
        "scan": (
            plots.scan, {"result": made["scan"], "column": "observed", "mass": 0.01, **style},
        ),
        "cross_section": (
            plots.cross_section,
            {"x": [0.1, 0.5, 0.9], "curves": {"a": np.array([1.0, 2.0, 3.0])}, "title": "a",
             "details": ("b",), "x_label": "x", "y_label": "y", **style},
        ),
        "bremsstrahlung_spectrum": (
            plots.bremsstrahlung_spectrum,
            {"energy": 50.0, "mass": 0.01, "element": lead().components[0].element,
             "projectile": "e-", "boson": "vector", "form_factor": "elastic"},
        ),
        "annihilation_excitation": (
            plots.annihilation_excitation,
            {"energy": 50.0, "mass": 0.2, "model": photon(), "width_form": "constant"},
        ),
        "save_figure": (
            plots.save_figure, {"figure": Figure(), "path": "x", "formats": ["png"]},
        ),
        "save_interactive": (
            plots.save_interactive,
            {"figure": plots.interactive(small_limit()), "path": "x.html"},
        ),
        **{
            name: (of_one(getattr(plots, name), argument), {argument: None})
            for name, argument in (
                ("acceptance", "table"), ("backgrounds", "table"), ("cut_variables", "analysis"),
                ("energy_plane", "analysis"), ("optimise", "scan"), ("response", "result"),
                ("shape", "found"),
            )
        },
        "event_display": (
            lambda rows: plots.event_display(layout(), made_up(3, 1), rows),
            {"rows": [0]},
        ),
    }  # fmt: skip


UNDRAWN = {
    "acceptance", "backgrounds", "cut_variables", "energy_plane", "optimise", "response",
    "shape",
}  # fmt: skip
"""Figures of what is simulated first: no good call here, only refusals are tried."""
