"""The report in headless Chromium: no complaint, no network, readable on a phone and in print."""

from __future__ import annotations

import json

import pytest
from event_tables import layout, made_up

import emiss
from emiss.events.record import columns_of
from emiss.events.record.files import write_events
from emiss.presentation.export import write_results
from emiss.presentation.export.analysis_record import analysis_record
from emiss.presentation.report import write_report

NAME = "na64e-2021-2022"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    pytest.importorskip("pyarrow")
    place = tmp_path_factory.mktemp("report")
    write_events(made_up(200, 3), columns_of(layout()), place / "run.parquet", "parquet")
    found = emiss.limit(NAME, masses="1MeV:1GeV:20")
    write_results(found, place / "out", figures=False)
    record = analysis_record(
        emiss.analyse(place / "run.parquet", NAME), emiss.experiments.get(NAME)
    )
    (place / "out" / "analysis.json").write_text(json.dumps(record, allow_nan=False))
    return write_report(place / "out")[0].as_uri()


@pytest.fixture(params=[1200, 390], ids=["desk", "phone"])
def opened(browser, address, watch, request):
    context = browser.new_context(viewport={"width": request.param, "height": 800})
    page = watch(context.new_page())
    page.page.goto(address)
    page.page.wait_for_selector("path.emiss-limit", state="attached")
    yield page
    context.close()


def test_nothing_is_complained_about_nor_loaded(opened, address):
    assert opened.complaints == []
    assert opened.asked == [address]
    assert opened.page.locator("path.emiss-limit").count() == 2
    assert opened.page.locator("path.emiss-relic").count() == 3
    assert opened.page.locator("svg.drawing rect.hidden").count() == 1


def test_the_page_is_no_wider_than_the_screen(opened):
    assert opened.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_pointing_at_the_limit_says_mass_and_coupling(opened):
    plot = opened.page.locator('[data-plane^="coupling"] svg').first
    plot.focus()
    opened.page.keyboard.press("ArrowRight")
    words = opened.page.locator('[data-plane^="coupling"] .emiss-tip').inner_text()
    assert "MeV" in words
    assert "events" in words


def test_in_print_it_has_pages_with_the_plots(opened):
    opened.page.emulate_media(media="print")
    assert opened.page.locator("path.emiss-limit").first.is_visible()
    assert len(opened.page.pdf(format="A4")) > 50_000
    assert opened.complaints == []
