"""What tells several limits apart, and what they have in common."""

from __future__ import annotations

from collections.abc import Sequence

from ...inference.limit import Limit
from . import labels

__all__ = ["shared_facts", "telling_names"]


def _aspects(limit: Limit) -> dict[str, str]:
    """What describes a limit, the most telling first."""
    return {
        "experiment": labels.title_text(limit),
        "model": labels.model_text(limit),
        **labels.dark_sector_parts(limit),
        "level": labels.level_text(limit),
        "beam": labels.beam_text(limit),
    }


def telling_names(limits: Sequence[Limit]) -> list[str]:
    """Shortest names that tell limits apart: what differs between them.

    Parameters
    ----------
    limits : sequence of Limit
        One or more.

    Returns
    -------
    list of str
        The title of the experiment where nothing differs.
    """
    every = [_aspects(one) for one in limits]
    keys = [key for key in every[0] if len({one.get(key, "") for one in every}) > 1]
    if "experiment" in keys and "beam" in keys:
        keys.remove("beam")
    names = [", ".join(one[key] for key in keys if one.get(key)) for one in every]
    return [name or one["experiment"] for name, one in zip(names, every, strict=True)]


def shared_facts(limits: Sequence[Limit]) -> list[str]:
    """Lines of text that hold for all limits.

    Parameters
    ----------
    limits : sequence of Limit
        One or more.

    Returns
    -------
    list of str
        Experiment, beam, model, confidence level and dark sector, as far as they are the same.
    """
    every = [_aspects(one) for one in limits]
    same = {key: text for key, text in every[0].items() if all(o.get(key) == text for o in every)}
    sector = [same[key] for key in same if key in labels.SECTOR_PARTS]
    lines = [same.get(key, "") for key in ("experiment", "beam")]
    model = same.get("model", "")
    lines.append(", ".join(part for part in (model, same.get("level", "")) if part))
    lines.append(", ".join(part for part in sector if part))
    return [line for line in lines if line]
