"""Which events lie in the signal region."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...experiments.layout import EVENT_VARIABLES, Layout
from ...ground.errors import EmissError
from ..evaluate import Columns, passes, variables_of

__all__ = ["hidden", "needs_tracks"]


def needs_tracks(layout: Layout) -> bool:
    """Whether a cut that makes the signal region is on a variable of tracks."""
    region = layout.selection.signal_region
    cuts = [cut for cut in layout.selection.cuts if cut.name in region]
    return any(name in EVENT_VARIABLES for cut in cuts for name in variables_of(cut))


def hidden(layout: Layout, columns: Columns) -> NDArray[np.bool_]:
    """Events in the signal region, whatever the other cuts say of them.

    Parameters
    ----------
    layout : Layout
        The apparatus with its selection.
    columns : mapping of str to array
        Variables of the events.

    Returns
    -------
    array of bool
        Whether each event passes all cuts that make the signal region.

    Raises
    ------
    EmissError
        If the selection declares no signal region: data cannot be read blind.
    """
    names = layout.selection.signal_region
    if not names:
        raise EmissError(
            "the selection has no signal_region: name the cuts that make it, such as "
            'signal_region = ["quiet HCAL", "missing energy"].'
        )
    inside = np.ones(len(next(iter(columns.values()))), dtype=bool)
    for cut in layout.selection.cuts:
        if cut.name in names:
            inside &= passes(cut, columns)
    return inside
