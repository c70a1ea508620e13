"""A figure that shows itself as the last line of a notebook cell; loaded only to draw."""

from __future__ import annotations

import io
from typing import Any

from ..short_lived import undocumented
from .style import LETTERS, styled

with undocumented():
    from matplotlib import rcParams
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

__all__ = ["ShownFigure"]

_formulas: dict[str, Any] = {}


def _letters() -> float:
    """How much larger than ours the user's largest letters are, at least 1."""
    users: Any = rcParams
    ratios = (_points(users[name]) / _points(ours) for name, ours in LETTERS.items())
    return max(1.0, *ratios)


def _points(size: float | str) -> float:
    return float(FontProperties(size=size).get_size_in_points())


class ShownFigure(Figure):
    """Figure with an Agg canvas that knows its style and its picture.

    With a user's larger letters the page grows with them, so that all fits as with ours.

    Parameters
    ----------
    style : str, optional
        Style in which it is saved, see `emiss.presentation.plots.style.styled`.
    **options
        Of `matplotlib.figure.Figure`.
    """

    def __init__(self, *, style: str = "emiss", **options: Any) -> None:
        if style == "user":
            growth = _letters()
            options["figsize"] = tuple(growth * side for side in options["figsize"])
        super().__init__(**options)
        self.emiss_style = style
        # Formulas that several figures share are laid out once.
        canvas: Any = FigureCanvasAgg(self)
        renderer = canvas.get_renderer()
        renderer.mathtext_parser = _formulas.setdefault("agg", renderer.mathtext_parser)

    def draw(self, renderer: Any) -> None:
        """Draw in the figure's style: formulas take their letters when drawn, not when built."""
        with styled(self.emiss_style):
            super().draw(renderer)

    def savefig(self, *where: Any, **options: Any) -> None:
        """Save in the figure's style, whatever the settings are by now."""
        with styled(self.emiss_style):
            super().savefig(*where, **options)

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """Picture for a notebook, without pyplot or a backend; twice the dots of a plain screen."""
        page = io.BytesIO()
        self.savefig(page, format="png", dpi=192, metadata={"Software": "emiss"})
        width, height = self.get_size_inches()
        return page.getvalue(), {"width": round(96 * width), "height": round(96 * height)}
