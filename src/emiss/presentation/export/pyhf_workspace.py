"""A search as pyhf workspace: counts, backgrounds, signals and their uncertainties.

Each run is a channel with one bin. The parameter of interest ``mu`` multiplies all signals: at a
reference coupling they are as expected, so that g = g_ref sqrt(mu) where they go with the coupling
squared. Uncertainties are ``normsys`` modifiers; with pyhf's ``code1`` they are exactly the
log-normal factors of emiss, with its default, ``code4``, the same up to a smooth joint.

For many masses there is one workspace of backgrounds and a patch set, as HEPData keeps them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from ...ground.atomic import atomic_directory
from ...ground.errors import EmissError, ValidityError
from ...ground.guards import Guard, guarded, instance, number, text, whole
from ...inference.channel import Channel
from ...inference.simplified import SimplifiedLikelihood

__all__ = [
    "channel_workspace",
    "mass_word",
    "pyhf_background",
    "pyhf_patchset",
    "pyhf_workspace",
    "write_documents",
    "write_json_files",
    "write_pyhf",
]

POI: Final = "mu"
_FEW: Final = 1e-12
ARGUMENTS: Final = MappingProxyType[str, Guard](
    {
        "likelihood": instance(SimplifiedLikelihood),
        "mass": whole(0, 10**6),
        "coupling": number(0.0, 1e30),
        "hepdata": text,
    }
)
"""What documents of one mass take, by name of the argument."""
"""Signal events below which a sample is left out: pyhf would divide by them."""


def _normsys(name: str, relative: float) -> list[dict[str, Any]]:
    """Log-normal factor of a relative uncertainty; none for zero."""
    if relative == 0.0:
        return []
    data = {"hi": 1.0 + relative, "lo": 1.0 / (1.0 + relative)}
    return [{"name": name, "type": "normsys", "data": data}]


def _word(text: str) -> str:
    """Letters, digits and underscores, which is all that names of pyhf may have."""
    return re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")


def _background(run: str, channel: Channel) -> dict[str, Any]:
    mean = channel.background
    modifiers = []
    if mean > 0.0:
        own, group = f"background_{_word(run)}", f"background_{channel.background_group}"
        modifiers = _normsys(own, channel.background_uncertainty / mean)
        modifiers += _normsys(group, channel.background_uncertainty_shared / mean)
        for source, error in channel.background_sources:
            modifiers += _normsys(f"source_{_word(source)}", error / mean)
    return {"name": "background", "data": [mean], "modifiers": modifiers}


def _signals(
    likelihood: SimplifiedLikelihood, run: int, mass: int, coupling: float
) -> list[dict[str, Any]]:
    modifiers = _signal_modifiers(_word(likelihood.runs[run]), likelihood.channels[run])
    found = []
    for process, values in likelihood.coefficients.items():
        events = float(values[run, mass]) * coupling**likelihood.power
        if events > _FEW:
            found.append({"name": process, "data": [events], "modifiers": modifiers})
    return found


def check_hepdata(hepdata: str) -> None:
    """Refuse what is no record of HEPData."""
    if not re.fullmatch(r"ins[0-9]{7}", hepdata):
        raise EmissError(f"hepdata: '{hepdata[:40]}' is no record; write ins and seven digits.")


def pyhf_background(likelihood: SimplifiedLikelihood) -> dict[str, Any]:
    """Workspace without a signal, to be patched.

    Parameters
    ----------
    likelihood : SimplifiedLikelihood
        The search.

    Returns
    -------
    dict
        Workspace of schema version 1.0.0.
    """
    runs = list(zip(likelihood.runs, likelihood.channels, strict=True))
    return {
        "channels": [
            {"name": _word(run), "samples": [_background(run, channel)]} for run, channel in runs
        ],
        "observations": [
            {"name": _word(run), "data": [float(channel.observed)]} for run, channel in runs
        ],
        "measurements": [{"name": "limit", "config": {"poi": POI, "parameters": [_range()]}}],
        "version": "1.0.0",
    }


def _range() -> dict[str, Any]:
    return {"name": POI, "bounds": [[0.0, 100.0]], "inits": [1.0]}


@guarded(ARGUMENTS)
def pyhf_workspace(
    likelihood: SimplifiedLikelihood, mass: int = 0, coupling: float | None = None
) -> dict[str, Any]:
    """Workspace of the search at one mass.

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
        Workspace of schema version 1.0.0; JSON can hold it.
    """
    if mass >= likelihood.masses.size:
        raise ValidityError(f"mass: number {mass} of {likelihood.masses.size}; the first is 0.")
    reference = float(likelihood.reference[mass]) if coupling is None else coupling
    workspace = pyhf_background(likelihood)
    for run, channel in enumerate(workspace["channels"]):
        channel["samples"] += _signals(likelihood, run, mass, reference)
    return workspace


def channel_workspace(names: Sequence[str], channels: Sequence[Channel]) -> dict[str, Any]:
    """Workspace of channels with their signals at strength 1.

    Parameters
    ----------
    names : sequence of str
        Their names, letters, digits and underscores.
    channels : sequence of Channel
        The channels.

    Returns
    -------
    dict
        Workspace of schema version 1.0.0.
    """
    found = []
    for name, channel in zip(names, channels, strict=True):
        samples = [_background(name, channel)]
        if channel.signal > _FEW:
            modifiers = _signal_modifiers(name, channel)
            samples.append({"name": "signal", "data": [channel.signal], "modifiers": modifiers})
        found.append({"name": name, "samples": samples})
    return {
        "channels": found,
        "observations": [
            {"name": name, "data": [float(channel.observed)]}
            for name, channel in zip(names, channels, strict=True)
        ],
        "measurements": [{"name": "limit", "config": {"poi": POI, "parameters": [_range()]}}],
        "version": "1.0.0",
    }


def _signal_modifiers(name: str, channel: Channel) -> list[dict[str, Any]]:
    return [
        {"name": POI, "type": "normfactor", "data": None},
        *_normsys(f"signal_{name}", channel.signal_uncertainty),
        *_normsys(f"signal_{channel.signal_group}", channel.signal_uncertainty_shared),
    ]


def about(likelihood: SimplifiedLikelihood) -> str:
    """Half a sentence for descriptions where no data stand behind the counts."""
    return "; a projection: the counts are those expected" if likelihood.projection else ""


@guarded(ARGUMENTS)
def pyhf_patchset(likelihood: SimplifiedLikelihood, hepdata: str) -> dict[str, Any]:
    """Patches of the background workspace, one signal per mass.

    Parameters
    ----------
    likelihood : SimplifiedLikelihood
        The search.
    hepdata : str
        Record of the search on hepdata.net, ``ins`` and seven digits.

    Returns
    -------
    dict
        Patch set of schema version 1.0.0. Labels are the mass in GeV and the coupling at which
        ``mu`` is 1.
    """
    check_hepdata(hepdata)
    digest = hashlib.sha256(_canonical(pyhf_background(likelihood)).encode()).hexdigest()
    return {
        "metadata": {
            "references": {"hepdata": hepdata},
            "description": f"{likelihood.title}: signals of {likelihood.model}{about(likelihood)}",
            "digests": {"sha256": digest},
            "labels": ["mass_gev", _word(likelihood.coupling_name)],
        },
        "patches": [
            {
                "metadata": {
                    "name": _word(f"{likelihood.model}_{1e3 * mass:.6g}_MeV"),
                    "values": [float(mass), float(likelihood.reference[number])],
                },
                "patch": _patch(likelihood, number),
            }
            for number, mass in enumerate(likelihood.masses)
            if np.any(likelihood.total[:, number] > 0.0)
        ],
        "version": "1.0.0",
    }


def _canonical(workspace: Mapping[str, Any]) -> str:
    """JSON as pyhf hashes it: keys in order, default separators."""
    return json.dumps(workspace, sort_keys=True, ensure_ascii=False)


def _patch(likelihood: SimplifiedLikelihood, mass: int) -> Sequence[dict[str, Any]]:
    reference = float(likelihood.reference[mass])
    return [
        {"op": "add", "path": f"/channels/{run}/samples/-", "value": sample}
        for run in range(len(likelihood.runs))
        for sample in _signals(likelihood, run, mass, reference)
    ]


def write_pyhf(
    likelihood: SimplifiedLikelihood, directory: Path | str, *, hepdata: str | None = None
) -> list[Path]:
    """Write one workspace per mass; with the number of a HEPData record also a patch set.

    Parameters
    ----------
    likelihood : SimplifiedLikelihood
        The search.
    directory : path
        Where to; files appear together or not at all.
    hepdata : str, optional
        Record of the search on hepdata.net, ``ins`` and seven digits: a patch set must name one.

    Returns
    -------
    list of Path
        ``workspace_<mass>.json`` in the order of the masses, then, with a record,
        ``background.json`` and ``patchset.json``.

    Raises
    ------
    EmissError
        If the record is none, or there is no signal at any mass.
    OutputError
        If the files cannot be written.
    """
    if hepdata is not None:
        check_hepdata(hepdata)
    documents = {
        f"workspace_{mass_word(float(mass))}.json": pyhf_workspace(likelihood, number)
        for number, mass in enumerate(likelihood.masses)
    }
    if hepdata is not None:
        documents["background.json"] = pyhf_background(likelihood)
        documents["patchset.json"] = pyhf_patchset(likelihood, hepdata)
    return write_documents(likelihood, documents, directory)


def mass_word(mass: float) -> str:
    """Mass in GeV as a part of file names."""
    return _word(f"{1e3 * mass:.6g} MeV")


def write_documents(
    likelihood: SimplifiedLikelihood, documents: Mapping[str, Any], directory: Path | str
) -> list[Path]:
    """Write JSON documents together, or none.

    Parameters
    ----------
    likelihood : SimplifiedLikelihood
        The search; without a signal there is nothing to write.
    documents : mapping
        By name of the file.
    directory : path
        Where to.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    EmissError
        If there is no signal at any mass.
    OutputError
        If the files cannot be written.
    """
    if not np.any(likelihood.total > 0.0):
        raise EmissError(
            f"'{likelihood.model}' gives no signal in '{likelihood.experiment}'; there is nothing "
            "to export."
        )
    return write_json_files(documents, directory)


def write_json_files(documents: Mapping[str, Any], directory: Path | str) -> list[Path]:
    """Write JSON documents by name into a directory: together, or none.

    Raises
    ------
    OutputError
        If they cannot be written.
    """
    with atomic_directory(directory) as staging:
        for name, document in documents.items():
            text = json.dumps(document, indent=1, allow_nan=False) + "\n"
            (staging / name).write_text(text, encoding="utf-8", newline="\n")
    return [Path(directory) / name for name in documents]
