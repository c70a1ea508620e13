"""The page on events says what the code does."""

import re
from pathlib import Path

import pytest

from emiss import experiments
from emiss.events.context import Options
from emiss.events.record import columns_of
from emiss.events.record.schema import Column

PAGE = Path(__file__).parents[2] / "docs" / "events.md"


def row(column: Column) -> str:
    width = {0: "", -1: "list"}.get(column.width, str(column.width))
    return f"| `{column.name}` | {column.form} | {width} | {column.unit} | {column.doc} |"


def table() -> str:
    head = "| column | type | numbers | unit | what it is |\n| --- | --- | --- | --- | --- |\n"
    return head + "\n".join(row(c) for c in columns_of(experiments.get("na64e-2016").layout))


@pytest.mark.skipif(not PAGE.is_file(), reason="the documentation is not here")
def test_columns_of_the_page_are_those_of_the_schema():
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(r"<!-- columns: begin -->\n(.*?)\n<!-- columns: end -->", text, re.DOTALL)
    assert found is not None
    assert found.group(1).strip() == table()


@pytest.mark.skipif(not PAGE.is_file(), reason="the documentation is not here")
def test_defaults_of_the_page_are_those_of_the_code():
    text = PAGE.read_text(encoding="utf-8")
    assert f"±{Options().window:g} ns" in text
    assert f"double pulses {Options().double_pulse:g} ns" in text
    assert f"above {Options().synchrotron_cut * 1e6:g} keV" in text
