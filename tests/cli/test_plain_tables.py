"""Tables for files and pipes are those that rich would lay out."""

import pytest

from emiss.presentation.cli import terminal
from emiss.presentation.text_table import TextTable

WORDS = ["", "1 MeV", "—", "∞", "5.07e-6", "-3", "pseudo-Dirac χ", "a longer text of words", "²"]


def tables():
    for columns in range(1, 8):
        heads = tuple(WORDS[(3 * i + columns) % len(WORDS)] for i in range(columns))
        for count in (0, 1, 4):
            rows = tuple(
                tuple(WORDS[(i * j + 5 * i + j) % len(WORDS)] for i in range(columns))
                for j in range(count)
            )
            yield TextTable(f"NA64 e⁻, {count} rows", heads, rows)


@pytest.mark.parametrize("table", list(tables()))
def test_plain_tables_are_those_of_rich(table, monkeypatch):
    quick = terminal.layout(table)
    assert not terminal._may_be_terminal()
    monkeypatch.setattr(terminal, "_is_plain", lambda *_: False)
    assert terminal.layout(table) == quick


@pytest.mark.parametrize(
    "word", ["日本", "tab\there", "two\nlines", " spaced", "x" * 250, "é" + "\u0301"]
)
def test_all_else_is_left_to_rich(word):
    assert not terminal._is_plain("title", ["a", "b"], [["1", word]])
    assert terminal._is_plain("title", ["a", "b"], [["1", "2"]])


def test_colours_that_are_asked_for_are_those_of_rich(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1m" in terminal.layout(TextTable("t", ("a", "b"), (("1", "2"),)))
