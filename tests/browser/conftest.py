"""A headless Chromium for the live page; without one these tests are skipped, and that is said."""

from __future__ import annotations

import os
import shutil
import threading

import pytest

NO_BROWSER = "THE LIVE PAGE WAS NOT OPENED IN A BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def find_browser() -> str | None:
    """Path of a Chromium: what EMISS_CHROMIUM names, else one of the system."""
    named = os.environ.get("EMISS_CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason=f"{NO_BROWSER}: no playwright")
    path = find_browser()
    if path is None:
        pytest.skip(f"{NO_BROWSER}: install Debian's chromium, or set EMISS_CHROMIUM")
    with sync_api.sync_playwright() as play:
        running = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="session")
def server():
    from emiss.presentation.explore.server import PageServer

    one = PageServer()
    thread = threading.Thread(target=one.serve_forever, daemon=True)
    thread.start()
    yield one
    one.shutdown()
    one.server_close()
    thread.join()


class Watched:
    """A page with all that it complained about and all that it asked for."""

    def __init__(self, page):
        self.page = page
        self.complaints, self.asked = [], []
        page.on("console", lambda m: self.complaints.append(m.text) if m.type != "log" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def answered(self):
        return int(self.page.get_attribute(".emiss", "data-answered") or 0)

    def wait_for_answer(self, after):
        """Wait until the answer to the last question is drawn, a later one than `after`."""
        for _ in range(1200):
            pending = self.page.get_attribute(".emiss", "data-pending") is not None
            if self.answered() > after and not pending:
                return
            self.page.wait_for_timeout(25)
        raise AssertionError(f"no answer after question {after}")

    def curve(self, plane="coupling"):
        return self.page.get_attribute(f'[data-plane="{plane}"] path.emiss-limit', "d")


@pytest.fixture(scope="session")
def watch():
    """The class that watches a page, for pages that no server sends."""
    return Watched


@pytest.fixture
def watched(browser, server):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = Watched(context.new_page())
    page.page.goto(server.address)
    page.wait_for_answer(0)
    yield page
    context.close()
