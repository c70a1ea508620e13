"""What it takes to reproduce a result: versions, inputs and how sure each input is."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .recent import Recent

__all__ = ["InputLabel", "Provenance", "canonical", "digest_of", "make_provenance", "version"]

_FOLDER = re.compile(r"(\w+)-(\d[^-]*)\.dist-info")
_LIBRARIES = ("numpy", "scipy", "numba", "pydantic", "matplotlib")


@dataclass(frozen=True, slots=True)
class InputLabel:
    """One input number with its origin.

    Parameters
    ----------
    name : str
        Dotted name, e.g. ``"run 2016-2018: efficiency"``.
    value : float or str
        The number, in the unit that the name or the text states.
    status : str
        ``published``, ``recalled``, ``derived``, ``fitted``, ``estimated``, ``assumed``, ``user``.
    source : str
        Where it was read or how it was obtained.
    """

    name: str
    value: float | str
    status: str
    source: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """Record of how a result was made.

    Parameters
    ----------
    command : str
        What was asked, in words that name no machine or path.
    inputs_sha256 : str
        Hash of all inputs in canonical JSON.
    method : str
        Engine and method.
    inputs : tuple of InputLabel
        Input numbers with their labels.
    seed : int or None
        Random seed, None for deterministic results.
    versions : mapping of str to str
        emiss, Python and library versions.
    """

    command: str
    inputs_sha256: str
    method: str
    inputs: tuple[InputLabel, ...] = ()
    seed: int | None = None
    versions: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionary for JSON."""
        return {
            "command": self.command,
            "inputs_sha256": self.inputs_sha256,
            "method": self.method,
            "seed": self.seed,
            "versions": dict(self.versions),
            "inputs": [
                {"name": i.name, "value": i.value, "status": i.status, "source": i.source}
                for i in self.inputs
            ],
        }


def version() -> str:
    """Version of emiss; ``unknown`` where it is not installed."""
    return _versions().get("emiss", "unknown")


@functools.cache
def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in ("emiss", *_LIBRARIES):
        known = _installed().get(name) or _recorded(name)
        if known is not None:
            found[name] = known
    return found


@functools.cache
def _installed() -> dict[str, str]:
    """Versions in the names of the folders that installers leave; of each library the first found.

    The same that `importlib.metadata` reads from the files in them, which takes it 30 ms.
    """
    found: dict[str, str] = {}
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")  # noqa: PTH208
        except OSError:
            continue
        here: dict[str, list[str]] = {}
        for one in names:
            match = _FOLDER.fullmatch(one)
            if match:
                here.setdefault(match[1].lower(), []).append(match[2])
        for name, versions in here.items():
            # Remains of another version beside it: the files must tell.
            found.setdefault(name, versions[0] if len(versions) == 1 else "")
    return found


def _recorded(name: str) -> str | None:
    """Version that a library states; None where it is not installed."""
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def make_provenance(
    command: str,
    configuration: Mapping[str, Any],
    *,
    method: str,
    inputs: tuple[InputLabel, ...] = (),
    seed: int | None = None,
) -> Provenance:
    """Make the record of a result.

    Parameters
    ----------
    command : str
        What was asked.
    configuration : mapping
        All that determines the result, JSON-serialisable.
    method : str
        Engine and method.
    inputs : tuple of InputLabel, optional
        Input numbers with labels.
    seed : int, optional
        Random seed.

    Returns
    -------
    Provenance
        The record.
    """
    return Provenance(command, digest_of(configuration), method, inputs, seed, dict(_versions()))


def digest_of(said: Any) -> str:
    """Hash of plain values, whatever the order of keys.

    Parameters
    ----------
    said : any
        Dictionaries, lists, numbers and texts; anything else counts as its text. Arrays count as
        lists where they are values of the outermost dictionary.

    Returns
    -------
    str
        SHA-256 in hexadecimal digits.
    """
    if isinstance(said, dict) and any(hasattr(value, "tobytes") for value in said.values()):
        parts = (f"{json.dumps(key)}:{canonical(said[key])}" for key in sorted(said))
        text = "{" + ",".join(parts) + "}"
    else:
        text = canonical(said)
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(said: Any) -> str:
    """Canonical JSON of plain values, which is what hashes are made of.

    Parameters
    ----------
    said : any
        As in `digest_of`; an array counts as a list.

    Returns
    -------
    str
        The text.
    """
    if not hasattr(said, "tobytes"):
        return json.dumps(said, sort_keys=True, separators=(",", ":"), default=str)
    # The same masses are asked for again and again, and every digit of them is to be written.
    key = (said.dtype.str, said.shape, said.tobytes())
    return _ARRAYS.get(key, lambda: canonical(said.tolist()), len)


_ARRAYS: Recent[str] = Recent(16, room=4_000_000)
