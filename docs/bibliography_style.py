"""How the bibliography is set: titles as they are written, preprints, equations in titles."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from pybtex.plugin import register_plugin
from pybtex.style.formatting.unsrt import Style as Unsorted
from pybtex.style.template import field, sentence

NAME = "emiss"
PAGE = "bibliography"
_EQUATION = re.compile(r"\$([^$]+)\$")


class Style(Unsorted):
    """In the order of citation; what has no journal or institution is set as a preprint is."""

    def format_title(self, e: Any, which_field: str, as_sentence: bool = True) -> Any:
        # The usual style makes "GeV" and "NA64" small.
        title = field(which_field)
        return sentence[title] if as_sentence else title

    def get_article_template(self, e: Any) -> Any:
        if "journal" in e.fields:
            return super().get_article_template(e)
        return self.get_misc_template(e)

    def get_techreport_template(self, e: Any) -> Any:
        if "institution" in e.fields:
            return super().get_techreport_template(e)
        return self.get_misc_template(e)


def set_equations(_: Any, doctree: nodes.document, page: str) -> None:
    """Equations in titles, which arrive as text between dollar signs."""
    if page != PAGE:
        return
    for text in list(doctree.findall(nodes.Text)):
        pieces = _EQUATION.split(text.astext())
        if len(pieces) > 1:
            text.parent.replace(
                text,
                [
                    nodes.math(piece, piece) if number % 2 else nodes.Text(piece)
                    for number, piece in enumerate(pieces)
                ],
            )


def announce_equations(_: Any, env: Any) -> None:
    """Sphinx looks for equations before the bibliography is there."""
    env.get_domain("math").data["has_equations"][PAGE] = True


def connect(app: Any) -> None:
    """Make the style known, and set equations.

    Parameters
    ----------
    app : Sphinx
        The application.
    """
    register_plugin("pybtex.style.formatting", NAME, Style)
    app.connect("doctree-resolved", set_equations)
    app.connect("env-updated", announce_equations)
