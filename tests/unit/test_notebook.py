"""Representations in notebooks: small tables, escaped, without scripts."""

import base64

import numpy as np
import pytest

import emiss
from emiss import materials, models
from emiss.physics.constraints.curves.overlay import Overlay
from emiss.physics.shower import track_lengths
from emiss.presentation.html import table_html
from emiss.presentation.limit_table import spread_rows
from emiss.presentation.text_table import TextTable

OTHER = Overlay("other", np.array([1e-3, 1.0]), np.array([1e-4, 1e-4]), "epsilon")


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        (lambda: emiss.experiments.get("na64e-2016"), ("4.3e10", "published", "efficiency")),
        (
            lambda: emiss.yields(
                "na64e-2016", models.get("dark-photon", {}), np.array([0.01, 0.1])
            ),
            ("bremsstrahlung", "annihilation", "0.01"),
        ),
        (lambda: track_lengths(materials.get("Pb"), "e-", 100.0, 1.0), ("gamma", "above", "50")),
        (lambda: emiss.limit("na64e-2016", masses=[0.01]), ("epsilon", "90")),
        (lambda: emiss.relic(masses=["10 MeV"], mode="fast"), ("m_chi", "10 MeV", "fast mode")),
        (
            lambda: emiss.compare(emiss.limit("na64e-2016", masses=[0.01]), OTHER),
            ("ours / other", "10 MeV", "nowhere"),
        ),
    ],
)
def test_results_show_themselves(thing, words):
    text = thing()._repr_html_()
    for word in words:
        assert word in text
    assert text.count("<table>") == 1
    assert "<script" not in text


def test_a_figure_as_the_last_line_of_a_cell_shows_itself():
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    cells = [
        nbformat.v4.new_code_cell(text)
        for text in (
            "import emiss, sys\nlimit = emiss.limit('na64e-2016', masses=[0.001, 0.01, 0.1])",
            "emiss.plots.exclusion(limit)",
            "limit",
            "assert 'matplotlib.pyplot' not in sys.modules",
        )
    ]
    book = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(book, timeout=120, kernel_name="python3").execute()
    (shown,) = book.cells[1].outputs
    assert shown.output_type == "execute_result"
    picture = base64.b64decode(shown.data["image/png"])
    assert picture.startswith(b"\x89PNG")
    # Width in the file, and half of it on the page.
    width = int.from_bytes(picture[16:20], "big")
    assert abs(width - 2 * shown.metadata["image/png"]["width"]) <= 1  # rounded
    assert "<table>" in book.cells[2].outputs[0].data["text/html"]


def test_text_of_results_is_a_short_table():
    """Of print, and of IPython on a terminal; in a list the title alone."""
    limit = emiss.limit("na64e-2016")
    lines = str(limit).splitlines()
    assert lines[0].startswith("NA64 e- 2016: dark-photon")
    assert len(lines) < 25
    assert "more masses not shown" in lines[-1]
    pretty = pytest.importorskip("IPython.lib.pretty").pretty
    assert pretty(limit) == str(limit)
    assert pretty([limit, limit]).count("<Limit: NA64 e- 2016: dark-photon, 90% CL") == 2
    assert len(pretty({"a": limit})) < 150
    assert "bremsstrahlung" in str(emiss.yields("na64e-2016", masses=[0.01]))


def test_rows_of_a_short_table_are_spread_where_masses_crowd():
    crowded = np.unique(
        np.append(np.geomspace(1e-3, 1.0, 40), 1.022e-3 * (1 + np.geomspace(1e-7, 1e-3, 90)))
    )
    rows = spread_rows(crowded, 12)
    assert len(rows) == 12
    assert (rows[0], rows[-1]) == (0, crowded.size - 1)
    assert np.diff(np.log(crowded[rows])).max() < 1.3 * np.log(1e3) / 11
    assert spread_rows(crowded[::-1], 12)[0] == 0
    assert spread_rows(crowded, None) == list(range(crowded.size))


def test_text_is_escaped():
    text = table_html(TextTable("<b>", ("<i>",), (("a & b",),), ("<script>",)))
    assert "&lt;i&gt;" in text
    assert "a &amp; b" in text
    assert "<script" not in text
