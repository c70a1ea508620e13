"""A search as a document of the HEP Statistics Serialization Standard (HS3, version 0.2).

The same model as the workspace for pyhf: each run is a ``histfactory_dist`` of one bin, each
process a sample, uncertainties are ``normsys`` modifiers with a unit Gaussian, and ``mu``
multiplies all signals.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...ground.guards import guarded
from ...inference.simplified import SimplifiedLikelihood
from .pyhf_workspace import ARGUMENTS, POI, about, mass_word, pyhf_workspace, write_documents

__all__ = ["hs3_document", "write_hs3"]


@guarded(ARGUMENTS)
def hs3_document(
    likelihood: SimplifiedLikelihood, mass: int = 0, coupling: float | None = None
) -> dict[str, Any]:
    """Document of the search at one mass.

    Parameters
    ----------
    likelihood : SimplifiedLikelihood
        The search.
    mass : int, optional
        Number of the mass.
    coupling : float, optional
        Coupling at which ``mu`` is 1; by default the reference coupling, the observed limit.

    Returns
    -------
    dict
        JSON can hold it.
    """
    workspace = pyhf_workspace(likelihood, mass, coupling)
    channels = [(one["name"], one["samples"]) for one in workspace["channels"]]
    counts = {one["name"]: one["data"] for one in workspace["observations"]}
    nuisances = sorted(
        {
            modifier["name"]
            for _, samples in channels
            for sample in samples
            for modifier in sample["modifiers"]
            if modifier["type"] == "normsys"
        }
    )
    return {
        "metadata": {
            "hs3_version": "0.2",
            "description": f"{likelihood.title}, one mass{about(likelihood)}",
        },
        "distributions": [_distribution(name, samples) for name, samples in channels],
        "data": [
            {"type": "binned", "name": f"data_{n}", "axes": [_axis(n)], "contents": counts[n]}
            for n, _ in channels
        ],
        "likelihoods": [
            {
                "name": "likelihood",
                "distributions": [name for name, _ in channels],
                "data": [f"data_{name}" for name, _ in channels],
            }
        ],
        "domains": [
            {
                "type": "product_domain",
                "name": "domain",
                "axes": [
                    {"name": POI, "min": 0.0, "max": 100.0},
                    *({"name": name, "min": -5.0, "max": 5.0} for name in nuisances),
                ],
            }
        ],
        "parameter_points": [
            {
                "name": "nominal",
                "parameters": [
                    {"name": POI, "value": 1.0},
                    *({"name": name, "value": 0.0} for name in nuisances),
                ],
            }
        ],
        "analyses": [
            {
                "name": "limit",
                "likelihood": "likelihood",
                "domains": ["domain"],
                "parameters_of_interest": [POI],
            }
        ],
    }


def _axis(channel: str) -> dict[str, Any]:
    return {"name": f"count_{channel}", "min": 0.0, "max": 1.0, "nbins": 1}


def _distribution(channel: str, samples: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "histfactory_dist",
        "name": channel,
        "axes": [_axis(channel)],
        "samples": [
            {
                "name": sample["name"],
                "data": {"contents": sample["data"], "errors": [0.0]},
                "modifiers": [_modifier(one) for one in sample["modifiers"]],
            }
            for sample in samples
        ],
    }


def _modifier(modifier: dict[str, Any]) -> dict[str, Any]:
    name = modifier["name"]
    if modifier["type"] == "normfactor":
        return {"type": "normfactor", "name": name, "parameter": name}
    data = {**modifier["data"], "interpolation": "code1"}
    return {
        "type": "normsys",
        "name": name,
        "parameter": name,
        "constraint": "Gauss",
        "data": data,
    }


def write_hs3(likelihood: SimplifiedLikelihood, directory: Path | str) -> list[Path]:
    """Write one document per mass.

    Parameters
    ----------
    likelihood : SimplifiedLikelihood
        The search.
    directory : path
        Where to; files appear together or not at all.

    Returns
    -------
    list of Path
        ``hs3_<mass>.json`` in the order of the masses.

    Raises
    ------
    EmissError
        If there is no signal at any mass.
    OutputError
        If the files cannot be written.
    """
    documents = {
        f"hs3_{mass_word(float(mass))}.json": hs3_document(likelihood, number)
        for number, mass in enumerate(likelihood.masses)
    }
    return write_documents(likelihood, documents, directory)
