"""Representations in notebooks: small tables, escaped, without scripts."""

import numpy as np
import pytest

import emiss
from emiss import materials, models
from emiss.presentation.html import table_html
from emiss.presentation.text_table import TextTable
from emiss.shower import track_lengths


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        (lambda: emiss.experiment("na64e-2016"), ("4.3e+10", "published", "efficiency")),
        (
            lambda: emiss.signal_yield(
                "na64e-2016", models.get("dark-photon", {}), np.array([0.01, 0.1])
            ),
            ("bremsstrahlung", "annihilation", "0.01"),
        ),
        (lambda: track_lengths(materials.get("Pb"), "e-", 100.0, 1.0), ("gamma", "above", "50")),
        (lambda: emiss.limit("na64e-2016", masses=[0.01]), ("epsilon", "90")),
    ],
)
def test_results_show_themselves(thing, words):
    text = thing()._repr_html_()
    for word in words:
        assert word in text
    assert text.count("<table>") == 1
    assert "<script" not in text


def test_text_is_escaped():
    text = table_html(TextTable("<b>", ("<i>",), (("a & b",),), ("<script>",)))
    assert "&lt;i&gt;" in text
    assert "a &amp; b" in text
    assert "<script" not in text
