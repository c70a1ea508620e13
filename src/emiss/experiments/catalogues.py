"""Experiment files of other packages, found by entry points.

Another package offers all files of a folder by an entry point in the group ``emiss.experiments``:

    [project.entry-points."emiss.experiments"]
    my-catalogue = "my_package.catalogue"    # a package, or a module beside the files

Each ``*.toml`` in the folder of that package or module is an experiment under the file's name.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

from ..ground.discovery import entry_points, load_entry_point, warn_of

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["GROUP", "outside"]

GROUP: Final = "emiss.experiments"
"""Entry points by which other packages add experiments."""


@functools.cache
def outside(own: tuple[str, ...]) -> Mapping[str, tuple[EntryPoint, Path]]:
    """Find the experiment files of other packages; none is read.

    Parameters
    ----------
    own : tuple of str
        Names that are taken.

    Returns
    -------
    mapping of str to (EntryPoint, Path)
        Who offers it, and the file, by name. What cannot be used is left out with a
        `PluginWarning`; ``outside.cache_clear()`` makes the next call look again.
    """
    found: dict[str, tuple[EntryPoint, Path]] = {}
    for entry in entry_points(GROUP):
        module = load_entry_point(entry, GROUP, ModuleType)
        if module is None:
            continue
        files = _files(module)
        if not files:
            warn_of(entry, GROUP, "is left out: there is no *.toml file in its folder.")
        for path in files:
            if path.stem in own or path.stem in found:
                holder = found[path.stem][0].value if path.stem in found else "emiss"
                problem = f"has '{path.name}', which is left out: {holder} has one of that name."
                warn_of(entry, GROUP, problem)
            else:
                found[path.stem] = (entry, path)
    return found


def _files(module: ModuleType) -> list[Path]:
    folders = [Path(folder) for folder in getattr(module, "__path__", ())]
    if not folders and module.__file__ is not None:
        folders = [Path(module.__file__).parent]
    return sorted(path for folder in folders for path in folder.glob("*.toml"))
