"""Common look of the figures: colours, line styles, and settings kept apart from the user's.

Figures are built on `matplotlib.figure.Figure` without any global state; matplotlib is imported
only inside functions. With the style ``"emiss"`` every setting starts from matplotlib's own
defaults, whatever the user's are; with ``"user"`` all of them are the user's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from ...ground.errors import ArgumentError

__all__ = [
    "BAND_1",
    "BAND_2",
    "COLOURS",
    "DASHES",
    "EXCLUDED",
    "OTHERS",
    "OURS",
    "REACH",
    "RELIC",
    "RELIC_DASHES",
    "STYLES",
    "power_of_ten",
    "styled",
]

OURS: Final = "#1f5f9e"
"""Our own result."""

COLOURS: Final = (OURS, "#d1600d", "#7a2ea0", "#2b8a57", "#a8324a", "#6b6b1e", "#0f8b8d", "#555555")
"""Lines of limits, in order; told apart with colour-vision deficiency, and by dashes in grey."""

OTHERS: Final = ("#bd1f01", "#d6479a", "#8a5a44", "#00a39a", "#a8a000", "#1aa3d9", "#717581")
"""Lines of curves of others, in order; none like those of the first four limits."""

DASHES: Final[tuple[Any, ...]] = (
    "-", (0, (7, 2)), (0, (5, 1.5, 1, 1.5)), (0, (2.5, 1.2)),
    (0, (1, 1.2)), (0, (5.5, 1.3, 2, 1.3)), (0, (4.5, 1.2, 1, 1.2, 1, 1.2)), (0, (3, 4)),
)  # fmt: skip
"""Line styles of limits, in order: as many as colours, for in grey these are much alike."""

OTHER_DASHES: Final[tuple[Any, ...]] = ("-.", ":", "--", (0, (6, 1, 1, 1, 1, 1)))
"""Line styles of curves of others."""

RELIC: Final = "0.36"
"""Lines of relic densities: grey, for the expected median is black."""

RELIC_DASHES: Final[tuple[Any, ...]] = ("-", (0, (8, 1.6, 1.2, 1.6, 1.2, 1.6)), "-.", ":")
"""Line styles of relic densities; none is dashed alone, as the expected median is."""

BAND_1, BAND_2 = "#6CBDEB", "#F3C550"
"""Fills of the 68 % and 95 % expected bands: blue and yellow, apart in lightness from all fills."""

EXCLUDED: Final = "#d6e5f3"
"""Fill of everything excluded: opaque, so that regions over each other show their union."""

REACH: Final = "#edf3f9"
"""The same of what projections would exclude."""

STYLES: Final = ("emiss", "user")
"""Ours from matplotlib's defaults, or the user's settings throughout."""

STYLE: Final[dict[str, Any]] = {
    "font.family": ["DejaVu Sans"],
    "mathtext.fontset": "dejavusans",
    "font.size": 10.0,
    "axes.labelsize": 12.0,
    "axes.linewidth": 0.9,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.top": True,
    "ytick.right": True,
    "xtick.major.size": 6.0,
    "ytick.major.size": 6.0,
    "xtick.minor.size": 3.0,
    "ytick.minor.size": 3.0,
    "xtick.major.pad": 7.0,
    "ytick.major.pad": 4.0,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "legend.handlelength": 2.6,
    "lines.linewidth": 1.4,
    "lines.dashed_pattern": [4.5, 2.0],
    "figure.facecolor": "white",
    "figure.edgecolor": "white",
    "savefig.facecolor": "white",
    # Type 3: subsetting TrueType fonts takes ten times as long.
    "pdf.fonttype": 3,
    "svg.hashsalt": "emiss",
    "svg.fonttype": "none",
}
"""What differs from matplotlib's defaults."""

LETTERS: Final[dict[str, float]] = {
    "axes.labelsize": 12.0, "xtick.labelsize": 10.0, "ytick.labelsize": 10.0, "font.size": 10.0,
    "legend.fontsize": 10.0,
}  # fmt: skip
"""Sizes in points with which our pages are laid out."""

_NOT_LOOKS: Final = (
    "backend", "interactive", "toolbar", "webagg", "tk.", "timezone", "savefig.directory",
    "docstring", "datapath", "date.", "figure.max_open", "figure.raise", "keymap", "agg.",
    "animation", "path.sketch_",
)  # fmt: skip
"""Beginnings of settings that are no part of the look of a page."""

_inside: list[str] = []
"""Styles that are applied at the moment, the innermost last."""

_SUPERSCRIPTS = str.maketrans("0123456789-+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺")


def check_style(style: str) -> str:
    """Return the name of a style.

    Raises
    ------
    ArgumentError
        If it is not one of `STYLES`.
    """
    if style not in STYLES:
        raise ArgumentError(f"style '{style}': choose one of {', '.join(STYLES)}.")
    return style


@contextmanager
def styled(style: str = "emiss") -> Iterator[None]:
    """Apply a style to all that is built or saved inside.

    Parameters
    ----------
    style : str, optional
        ``"emiss"`` starts from matplotlib's defaults; ``"user"`` takes the user's settings, with a
        font behind theirs for letters that it lacks.

    Raises
    ------
    ArgumentError
        If the style is unknown.
    """
    import matplotlib

    if _inside and _inside[-1] == style:
        # Building, saving and drawing nest; the settings are these already.
        yield
        return
    if check_style(style) == "user":
        families = matplotlib.rcParams["font.family"]
        settings: dict[str, Any] = {"font.family": [*families, "DejaVu Sans"]}
    else:
        current = matplotlib.rcParams
        settings = {
            key: value
            for key, value in matplotlib.rcParamsDefault.items()
            if not key.startswith(_NOT_LOOKS) and key not in STYLE and current[key] != value
        }
        settings |= STYLE
    chosen: Any = settings
    with matplotlib.rc_context(chosen):
        _inside.append(style)
        try:
            yield
        finally:
            _inside.pop()


def power_of_ten(value: float) -> str:
    """Write a number as mantissa times power of ten in plain text.

    >>> power_of_ten(9.4e11), power_of_ten(1e-5)
    ('9.4×10¹¹', '10⁻⁵')
    """
    mantissa, exponent = f"{value:.2e}".split("e")
    digits = f"{float(mantissa):g}"
    power = f"10{int(exponent)}"[:2] + str(int(exponent)).translate(_SUPERSCRIPTS)
    return power if digits == "1" else f"{digits}×{power}"
