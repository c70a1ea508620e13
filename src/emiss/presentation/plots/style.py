"""Common look of the figures: colours, logarithmic axes, labels, saving.

Figures are built on `matplotlib.figure.Figure` without any global state; matplotlib is imported
only inside functions. Colours are from M. A. Petroff's ten-colour sequence (arXiv:2107.02270),
which stays distinguishable with colour-vision deficiency.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from ...ground.atomic import atomic_file
from ...ground.errors import EmissError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "BAND_1",
    "BAND_2",
    "COLOURS",
    "OURS",
    "info_text",
    "legend",
    "log_axis",
    "log_range",
    "new_figure",
    "power_of_ten",
    "save_figure",
    "styled",
]

COLOURS = (
    "#3f90da",
    "#ffa90e",
    "#bd1f01",
    "#94a4a2",
    "#832db6",
    "#a96b59",
    "#e76300",
    "#b9ac70",
    "#717581",
    "#92dadd",
)
"""Line colours, in order."""

BAND_1, BAND_2 = "#85D1FB", "#FFDF7F"
"""Fills of the 68 % and 95 % expected bands: light blue and yellow, apart in lightness too."""

Corner = Literal["upper left", "upper right", "lower left", "lower right"]
"""Where text or a legend stands in the axes."""

OURS = "#1f5f9e"
"""Our own result: a darker tone of the first colour, which fills the excluded region."""

STYLE: dict[str, Any] = {
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
    "xtick.major.pad": 5.0,
    "ytick.major.pad": 4.0,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "legend.handlelength": 1.8,
    "lines.linewidth": 1.4,
    "figure.facecolor": "white",
    "figure.edgecolor": "white",
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
    "path.simplify": True,
    # Type 3: subsetting TrueType fonts takes ten times as long.
    "pdf.fonttype": 3,
    "pdf.compression": 6,
    "svg.hashsalt": "emiss",
    "svg.fonttype": "none",
    "text.usetex": False,
    "axes.unicode_minus": True,
}
"""What differs from matplotlib's defaults, or must not follow the user's settings."""

_SUPERSCRIPTS = str.maketrans("0123456789-+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺")
_METADATA: dict[str, dict[str, str | None]] = {
    "png": {"Software": "emiss"},
    "pdf": {"Creator": "emiss", "Producer": "emiss", "CreationDate": None},
    "svg": {"Creator": "emiss", "Date": None},
}


@contextmanager
def styled() -> Iterator[None]:
    """Apply the style to all that is built or saved inside."""
    from matplotlib import rc_context

    settings: Any = STYLE
    with rc_context(settings):
        yield


def new_figure(
    width: float = 5.6, height: float = 4.4, rect: tuple[float, float, float, float] | None = None
) -> tuple[Figure, Axes]:
    """Make a figure with one pair of axes at a fixed place.

    Parameters
    ----------
    width, height : float
        Size in inches.
    rect : tuple of float, optional
        Left, bottom, width and height of the axes as shares of the figure.

    Returns
    -------
    figure : Figure
        With an Agg canvas, independent of pyplot.
    axes : Axes
        Its axes.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=150)
    FigureCanvasAgg(figure)
    # A fixed place needs no layout engine, which would draw every text twice.
    return figure, figure.add_axes(rect or (0.135, 0.13, 0.84, 0.845))


def power_of_ten(value: float) -> str:
    """Write a number as mantissa times power of ten in plain text.

    >>> power_of_ten(9.4e11), power_of_ten(1e-5)
    ('9.4×10¹¹', '10⁻⁵')
    """
    mantissa, exponent = f"{value:.2e}".split("e")
    digits = f"{float(mantissa):g}"
    power = f"10{int(exponent)}"[:2] + str(int(exponent)).translate(_SUPERSCRIPTS)
    return power if digits == "1" else f"{digits}×{power}"


def log_axis(axes: Axes, which: str, low: float, high: float) -> None:
    """Make one axis logarithmic with plain-text labels at decades.

    Parameters
    ----------
    axes : Axes
        Where.
    which : str
        ``"x"`` or ``"y"``.
    low, high : float
        Ends of the axis; equal ones are moved apart.

    Notes
    -----
    Labels such as 10⁻³ are written with superscript letters: each costs a tenth of a formula.
    """
    from matplotlib.ticker import FixedLocator, NullFormatter

    if low == high:
        low, high = low / 2.0, high * 2.0
    axis = axes.xaxis if which == "x" else axes.yaxis
    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    (axes.set_xlim if which == "x" else axes.set_ylim)(low, high)
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    step = max(1, math.ceil((last - first + 1) / 10))
    decades = [10.0**k for k in range(first, last + 1, step)]
    axis.set_major_locator(FixedLocator(decades))
    axis.set_major_formatter(lambda value, _position: _decade_label(value))
    minor = [
        digit * 10.0**k
        for k in range(first - 1, last + 1)
        for digit in ((1,) if step > 1 else range(2, 10))
        if low <= digit * 10.0**k <= high
    ]
    axis.set_minor_locator(FixedLocator(minor))
    axis.set_minor_formatter(NullFormatter())
    if len(decades) < 2:
        # Less than a decade shown: name some of the steps between, or nothing could be read off.
        between = [value for value in minor if f"{value:e}"[0] in "25"]
        axis.set_major_locator(FixedLocator(sorted(between + decades)))
        axis.set_major_formatter(lambda value, _position: f"{value:g}")


def _decade_label(value: float) -> str:
    return f"{value:g}" if 0.9 < value < 90.0 else power_of_ten(value)


def log_range(
    arrays: Iterable[NDArray[np.float64]], below: float = 1.5, above: float = 1.5
) -> tuple[float, float]:
    """Whole decades around all finite positive values.

    Parameters
    ----------
    arrays : iterable of array of float
        Values.
    below, above : float, optional
        Factors of free space kept at the ends.

    Returns
    -------
    tuple of float
        Low and high end.

    Raises
    ------
    EmissError
        If there is no positive finite value.
    """
    values = np.concatenate([np.ravel(array) for array in arrays])
    values = values[np.isfinite(values) & (values > 0.0)]
    if values.size == 0:
        raise EmissError(
            "there is nothing to draw: no mass is excluded and none is expected to be."
        )
    low = 10.0 ** math.floor(math.log10(values.min() / below))
    high = 10.0 ** math.ceil(math.log10(values.max() * above))
    return low, high


def info_text(axes: Axes, lines: Iterable[str], place: Corner = "upper left") -> None:
    """Write lines into a corner of the axes, the first one bold.

    Parameters
    ----------
    axes : Axes
        Where.
    lines : iterable of str
        Text, top to bottom; empty ones are left out.
    place : str, optional
        ``"upper left"``, ``"upper right"``, ``"lower left"`` or ``"lower right"``.
    """
    texts = [line for line in lines if line]
    vertical, horizontal = place.split()
    x = 0.03 if horizontal == "left" else 0.97
    height = axes.get_window_extent().height / axes.figure.dpi * 72.0
    step = 13.5 / height
    top = 0.945 if vertical == "upper" else 0.035 + step * (len(texts) - 1)
    for index, line in enumerate(texts):
        axes.text(
            x,
            top - step * index,
            line,
            transform=axes.transAxes,
            ha=horizontal,
            va="baseline",
            fontsize=10.0 if index == 0 else 9.0,
            fontweight="bold" if index == 0 else "normal",
            zorder=10,
        )


def legend(axes: Axes, place: Corner = "lower right", columns: int = 1) -> None:
    """Add the legend in a fixed corner; searching for the best place would be slow."""
    axes.legend(loc=place, labelspacing=0.35, borderaxespad=0.8, ncols=columns)


def save_figure(
    figure: Figure, path: Path | str, formats: Iterable[str] = ("png", "pdf")
) -> list[Path]:
    """Write a figure in several formats; the same figure gives the same bytes at any time.

    Parameters
    ----------
    figure : Figure
        What to write.
    path : path
        Where to, without suffix.
    formats : iterable of str, optional
        Among ``png``, ``pdf`` and ``svg``.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    EmissError
        If a format is unknown.
    OutputError
        If a file cannot be written.
    """
    base = Path(path)
    chosen = tuple(formats)
    for name in chosen:
        if name not in _METADATA:
            raise EmissError(f"unknown figure format '{name}'; use {', '.join(_METADATA)}.")
    files = [base.with_name(f"{base.name}.{name}") for name in chosen]
    with styled():
        for name, file in zip(chosen, files, strict=True):
            # Low compression: a tenth larger, a third of the time.
            extra: dict[str, Any] = {"pil_kwargs": {"compress_level": 3}} if name == "png" else {}
            # Drawn in memory: a writer of matplotlib stumbles over its own tidying on a full disk.
            page = io.BytesIO()
            figure.savefig(page, format=name, dpi=150, metadata=_METADATA[name], **extra)
            with atomic_file(file) as staging:
                staging.write_bytes(page.getvalue())
    return files
