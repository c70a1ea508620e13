"""The live page in headless Chromium: curves follow the sliders, and faults are said in it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from closeness import close

import emiss


def test_loads_without_complaints_and_from_here_alone(watched, server):
    watched.page.wait_for_selector("[data-judged]")
    assert watched.complaints == []
    assert watched.asked
    assert all(url.startswith(server.address) for url in watched.asked)
    assert watched.page.locator("path.emiss-limit").count() == 2  # one in each plane
    assert watched.page.locator("path.emiss-relic").count() == 6
    assert "NA64 e⁻ 2016-2022" in watched.page.locator(".emiss-legend").inner_text()
    rows = watched.page.locator(".emiss-verdicts tbody tr")
    assert rows.count() == 3


@pytest.mark.parametrize(
    "field", ["alpha_dark", "mass_ratio", "cl", "on_target", "threshold", "beam_energy"]
)
def test_sliders_change_the_curve(watched, field):
    before, number = watched.curve("y"), watched.answered()
    slider = watched.page.locator(f'[data-slider="{field}"]')
    slider.focus()
    for _ in range(3):
        slider.press("PageUp")
    watched.wait_for_answer(number)
    assert watched.curve("y") != before
    assert watched.complaints == []


def test_keyboard_alone_is_enough(watched):
    page, number = watched.page, watched.answered()
    page.locator('[data-experiment="na64e-plus-2022"]').focus()
    page.keyboard.press("Space")
    watched.wait_for_answer(number)
    assert page.locator('[data-plane="coupling"] path.emiss-limit').count() == 2
    plot = page.locator('[data-plane="coupling"] svg')
    plot.focus()
    page.keyboard.press("ArrowRight")
    tip = page.locator('[data-plane="coupling"] .emiss-tip')
    assert "m" in tip.inner_text()
    seen = set()
    for _ in range(5):
        page.keyboard.press("ArrowUp")
        seen.add(tip.inner_text())
    assert any("events" in text and "bremsstrahlung" in text for text in seen)
    page.keyboard.press("p")
    assert page.locator("path.emiss-ghost").count() == 4
    page.keyboard.press("Escape")
    assert not tip.is_visible()


def test_hovering_says_mass_coupling_events_and_shares(watched):
    box = watched.page.locator('[data-plane="coupling"] svg').bounding_box()
    found = set()
    for step in range(4, 40):
        place = box["x"] + 0.5 * box["width"], box["y"] + 0.02 * step * box["height"]
        watched.page.mouse.move(*place)
        found.add(watched.page.locator('[data-plane="coupling"] .emiss-tip').inner_text())
    text = next(t for t in found if "events" in t)
    assert "ε ≥" in text
    assert "%" in text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("alpha_dark", "zebra", "not a number"),
        ("alpha_dark", "-1", "alpha"),
        ("mass_ratio", "1", "mass_ratio"),
        ("cl", "90", "confidence level"),
        ("on_target", "0", "positive"),
        ("beam_energy", "", "not a number"),
    ],
)
def test_bad_values_say_so_in_the_page(watched, field, value, words):
    before = watched.curve()
    watched.page.fill(f'[data-number="{field}"]', value)
    fault = watched.page.locator(".emiss-fault:not(:empty)")
    fault.wait_for()
    assert words in fault.inner_text()
    assert watched.curve() == before  # the last that could be drawn stays
    number = watched.answered()
    good = {"alpha_dark": "0.2", "mass_ratio": "4", "cl": "0.95", "on_target": "1e12"}
    watched.page.fill(f'[data-number="{field}"]', good.get(field, "100"))
    watched.wait_for_answer(number)
    assert watched.page.locator(".emiss-fault:not(:empty)").count() == 0


def test_the_experiments_own_values_are_no_design(watched):
    page, before = watched.page, watched.curve()
    for field, other, own in (
        ("on_target", "1e12", "9.4e11"),
        ("threshold", "60", "50"),
        ("beam_energy", "80", "100"),
    ):
        number = watched.answered()
        page.fill(f'[data-number="{field}"]', other)
        watched.wait_for_answer(number)
        assert page.locator(".emiss-changed").count() == 1
        number = watched.answered()
        page.fill(f'[data-number="{field}"]', own)
        watched.wait_for_answer(number)
        assert page.locator(".emiss-changed").count() == 0
        assert watched.curve() == before
    page.get_by_role("button", name="Permanent link").click()
    assert "~" not in page.input_value(".emiss-copy")


def test_an_apparatus_that_cannot_be_changed_alone_is_drawn_with_other_exposures(watched):
    """What thin targets cut on says nothing of a threshold."""
    page, number = watched.page, watched.answered()
    page.uncheck('[data-experiment="na64e-2016-2022"]')
    page.check('[data-experiment="ldmx-4gev"]')
    watched.wait_for_answer(number)
    for field in ("threshold", "beam_energy"):
        assert page.locator(f'[data-slider="{field}"]').is_disabled()
        assert page.input_value(f'[data-number="{field}"]') == "—"
    before, number = watched.curve(), watched.answered()
    page.fill('[data-number="on_target"]', "1e15")
    watched.wait_for_answer(number)
    assert watched.curve() != before
    assert page.locator(".emiss-fault:not(:empty)").count() == 0
    number = watched.answered()
    page.check('[data-experiment="na64e-2016-2022"]')
    page.uncheck('[data-experiment="ldmx-4gev"]')
    watched.wait_for_answer(number)
    assert page.input_value('[data-number="threshold"]') == "50"


def test_impossible_threshold_is_said(watched):
    watched.page.fill('[data-number="threshold"]', "150")
    fault = watched.page.locator(".emiss-fault:not(:empty)")
    fault.wait_for()
    assert "below the beam energy" in fault.inner_text()


def test_last_value_wins(watched):
    slider = watched.page.locator('[data-slider="alpha_dark"]')
    slider.focus()
    for _ in range(25):
        slider.press("ArrowRight")
    watched.page.fill('[data-number="alpha_dark"]', "0.37")
    watched.wait_for_answer(0)
    label = watched.page.locator('button:text("Pin")')
    label.click()
    assert "0.37" in watched.page.locator(".emiss-legend").inner_text()


def test_narrow_screen(watched):
    watched.page.set_viewport_size({"width": 360, "height": 700})
    watched.page.wait_for_timeout(200)
    width = watched.page.evaluate_handle("document.documentElement.scrollWidth").json_value()
    assert width <= 360
    for plane in ("coupling", "y"):
        box = watched.page.locator(f'[data-plane="{plane}"] svg').bounding_box()
        assert box["width"] > 300
        assert box["x"] + box["width"] <= 360
    caption = watched.page.locator(".emiss-caption").bounding_box()
    assert caption["x"] + caption["width"] <= 360  # wraps beside a table that scrolls
    number = watched.answered()
    watched.page.locator('[data-slider="mass_ratio"]').fill("500")
    watched.wait_for_answer(number)


@pytest.mark.parametrize(
    ("button", "name", "start"),
    [
        ("ε PNG", "emiss-coupling.png", b"\x89PNG"),
        ("y PDF", "emiss-y.pdf", b"%PDF"),
        ("CSV", "na64e-2016-2022.csv", b"#"),
        ("BibTeX", "references.bib", b"@"),
    ],
)
def test_files_are_saved(watched, button, name, start):
    with watched.page.expect_download() as waiting:
        watched.page.get_by_role("button", name=button, exact=True).click()
    assert waiting.value.suggested_filename == name
    with open(waiting.value.path(), "rb") as file:
        assert file.read(len(start)) == start


def test_command_and_python_give_the_curve_shown(watched, tmp_path):
    watched.page.fill('[data-number="alpha_dark"]', "0.3")
    number = watched.answered()
    watched.page.fill('[data-number="threshold"]', "56")
    watched.wait_for_answer(number)
    watched.page.get_by_role("button", name="Copy the Python", exact=True).click()
    shown = watched.page.locator("textarea.emiss-copy")
    watched.page.wait_for_selector('.emiss-status:text("Python")')
    names: dict = {}
    exec(compile(shown.input_value(), "copied", "exec"), names)
    limit = names["limits"][0]
    watched.page.get_by_role("button", name="Copy the command", exact=True).click()
    watched.page.wait_for_selector('.emiss-status:text("command")')
    script = shown.input_value().replace("emiss limit", f"{sys.executable} -m emiss limit", 1)
    assert "--set alpha_dark=0.3" in script
    subprocess.run(["sh", "-ec", script], cwd=tmp_path, check=True, capture_output=True)
    record = next(tmp_path.rglob("limit.json"))
    other = json.loads(record.read_text(encoding="utf-8"))
    close(other["observed"], limit.observed, 1e-9)
    expected = emiss.limit("na64e-2016-2022", emiss.models.DarkPhoton(alpha_dark=0.3))
    assert limit.observed[5] != expected.observed[5]  # the threshold did change something


def test_permanent_link_opens_the_same(watched, server):
    watched.page.fill('[data-number="alpha_dark"]', "0.25")
    number = watched.answered()
    watched.page.fill('[data-number="on_target"]', "3e12")
    watched.wait_for_answer(number)
    watched.page.get_by_role("button", name="Permanent link", exact=True).click()
    link = watched.page.locator("textarea.emiss-copy").input_value()
    curve = watched.curve("y")
    other = watched.page.context.new_page()
    other.goto(link)
    other.wait_for_selector("[data-answered]")
    assert other.get_attribute('[data-plane="y"] path.emiss-limit', "d") == curve
    assert other.input_value('[data-number="on_target"]') == "3e12"


def test_what_is_to_copy_goes_once_it_is_no_longer_what_is_shown(watched):
    watched.page.get_by_role("button", name="Permanent link", exact=True).click()
    shown = watched.page.locator("textarea.emiss-copy")
    assert shown.is_visible()
    number = watched.answered()
    watched.page.fill('[data-number="alpha_dark"]', "0.31")
    watched.wait_for_answer(number)
    assert not shown.is_visible()
    watched.page.get_by_role("button", name="Permanent link", exact=True).click()
    assert "a=0.31" in shown.input_value()


def test_the_command_names_a_dropped_curve(watched, tmp_path):
    file = tmp_path / "BaBar like.csv"
    file.write_text("mass [MeV],epsilon\n1,1e-3\n900,2e-3\n", encoding="utf-8")
    number = watched.answered()
    watched.page.set_input_files("#emiss-file", str(file))
    watched.wait_for_answer(number)
    shown = watched.page.locator("textarea.emiss-copy")
    watched.page.get_by_role("button", name="Copy the command", exact=True).click()
    watched.page.wait_for_selector('.emiss-status:text("command")')
    assert "--compare 'BaBar like=BaBar like.csv'" in shown.input_value()
    watched.page.get_by_role("button", name="Copy the Python", exact=True).click()
    watched.page.wait_for_selector('.emiss-status:text("Python")')
    assert "emiss.read_curve('BaBar like.csv', 'BaBar like')" in shown.input_value()


def test_a_region_that_ends_beyond_what_was_searched_is_filled_up_to_there(watched):
    """As `Region.ceiling` of the figures does."""
    drawn = watched.page.evaluate(
        """async () => {
          const { makePlot } = await import("./plot.js");
          const host = document.createElement("figure");
          document.body.append(host);
          const line = { masses: [0.001, 0.01, 0.1], values: [1e-4, 1e-4, 1e-4], fill: true };
          const closed = { upper: [1e-2, 1e-2, "open"], searched: 1e-1 };
          const words = { xLabel: "m", yLabel: "g", massName: "m", symbol: "g", title: "t" };
          const paths = [closed, {}].map((more) => {
            makePlot(host, "test").draw({ lines: [{ ...line, ...more }], ...words });
            return [...host.querySelectorAll(".emiss-union path")].at(-1).getAttribute("d");
          });
          host.remove();
          return paths;
        }"""
    )
    heights = [[float(pair.split()[1]) for pair in d.strip("MZ").split("L")] for d in drawn]
    (low, _, _, end, edge, _), whole = heights
    assert end < edge < low  # pixels from the top: a decade above the edge that was found
    close((edge - end) / (low - edge), 0.5, 0.02)  # 1e-2 to 1e-1, and 1e-4 to 1e-2
    assert whole[-1] < 0.0  # out of the frame where no edge is known


def test_muons_are_shown_from_a_few_and_then_from_all_of_them(watched, monkeypatch, tmp_path):
    """A threshold asks only for other cuts; another beam energy first answers with a preview."""
    from emiss.ground import table_files
    from emiss.yields.acceptance import recoil, recoil_momenta

    monkeypatch.setattr(table_files, "cache_directory", lambda: tmp_path)
    # Muons as few as the sampling takes, so that the whole answer is there after a few seconds.
    monkeypatch.setattr(recoil_momenta, "BLOCK", 1000)
    monkeypatch.setattr(recoil, "EVENTS", 8000)
    number = watched.answered()
    watched.page.locator('[data-experiment="m3-phase1"]').check()
    watched.page.locator('[data-experiment="na64e-2016-2022"]').uncheck()
    watched.wait_for_answer(number)
    previews = watched.page.evaluate_handle(
        """() => {
          const seen = [];
          const root = document.querySelector(".emiss");
          const see = () => seen.push(root.dataset.preview ?? "all");
          new MutationObserver(see).observe(root, { attributeFilter: ["data-preview"] });
          return seen;
        }"""
    )
    number = watched.answered()
    watched.page.fill('[data-number="beam_energy"]', "14.3")
    watched.page.wait_for_selector('.emiss-status:text("preview: coupling within")')
    assert "1 σ" in watched.page.locator(".emiss-status").inner_text()
    few = watched.curve()
    watched.wait_for_answer(number)
    assert watched.page.locator(".emiss-status").inner_text() == ""
    assert watched.curve() != few
    assert previews.json_value()[-1] == "all"
    assert watched.complaints == []


def test_dropped_curve_is_drawn_in_both_planes(watched, tmp_path):
    good, bad = tmp_path / "BaBar like.csv", tmp_path / "bad.csv"
    good.write_text("mass [MeV],epsilon\n1,1e-3\n100,1.1e-3\n900,2e-3\n", encoding="utf-8")
    bad.write_text("mass,epsilon\nx,1\n", encoding="utf-8")
    watched.page.set_input_files("#emiss-file", str(good))
    watched.page.locator("path.emiss-other").nth(1).wait_for(state="attached")
    assert "BaBar like" in watched.page.locator(".emiss-legend").inner_text()
    watched.page.set_input_files("#emiss-file", str(bad))
    fault = watched.page.locator('[data-fault="curves"]:not(:empty)')
    fault.wait_for()
    assert "bad.csv" in fault.inner_text()


def test_a_dropped_region_is_one_closed_path_in_each_plane(watched, tmp_path):
    region = tmp_path / "dump.lmt"
    region.write_text("# mass (GeV), epsilon\n0.005 1e-5 1e-3\n0.1 2e-5 4e-4\n", encoding="utf-8")
    watched.page.set_input_files("#emiss-file", str(region))
    paths = watched.page.locator("path.emiss-other.emiss-closed")
    paths.nth(1).wait_for(state="attached")
    assert watched.page.locator("path.emiss-other").count() == 2
    for i in range(2):
        d = paths.nth(i).get_attribute("d")
        assert d.endswith("Z")
        assert d.count("L") == 3


def test_a_refused_file_is_read_again_once_the_user_says_what_it_holds(watched, tmp_path):
    file = tmp_path / "doubtful.csv"
    file.write_text("# values are 1/epsilon\nmass [MeV],epsilon\n1,1e-3\n900,2e-3\n", "utf-8")
    watched.page.set_input_files("#emiss-file", str(file))
    watched.page.locator('[data-fault="curves"]:not(:empty)').wait_for()
    box = watched.page.locator('[data-choice="quantity"]')
    box.fill("epsilon")
    box.press("Enter")
    watched.page.locator("path.emiss-other").nth(1).wait_for(state="attached")
    assert watched.page.locator('[data-fault="curves"]').inner_text() == ""
    assert "doubtful" in watched.page.locator(".emiss-legend").inner_text()


def test_a_bad_file_among_good_ones_is_named_and_the_good_ones_drawn(watched, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("mass,epsilon\nx,1\n", encoding="utf-8")
    files = [tmp_path / "first.csv", bad, tmp_path / "last.csv"]
    for good in (files[0], files[2]):
        good.write_text("mass [MeV],epsilon\n1,1e-3\n900,2e-3\n", encoding="utf-8")
    number = watched.answered()
    watched.page.set_input_files("#emiss-file", [str(file) for file in files])
    watched.wait_for_answer(number)
    shown = watched.page.locator(".emiss-legend").inner_text()
    assert "first" in shown
    assert "last" in shown
    assert "bad.csv" in watched.page.locator('[data-fault="curves"]').inner_text()


def test_the_key_to_pin_works_wherever_no_letters_are_typed(watched):
    page = watched.page
    for place in ('[data-experiment="na64e-2016-2022"]', '[data-slider="alpha_dark"]'):
        page.locator(place).focus()
        page.keyboard.press("p")
    assert page.locator("path.emiss-ghost").count() == 4
    page.locator('[data-number="alpha_dark"]').focus()
    page.keyboard.press("p")
    assert page.locator("path.emiss-ghost").count() == 4


def test_badges_name_what_is_tuned(watched):
    badge = watched.page.locator(".emiss-tuned").first
    assert "tuned" in badge.inner_text()
    badge.click()
    opened = watched.page.locator("details[open]").first.inner_text()
    assert "NA64 papers, which one is not known" in opened


def test_same_page_in_a_notebook(browser):
    """The module that a notebook loads, with the kernel's side called directly."""
    from emiss.presentation.explore.replies import Desk
    from emiss.presentation.explore.widget import notebook_module

    desk, page = Desk(), browser.new_page()
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def kernel(message):
        reply = desk.ask(message["action"], message["body"], message["page"], message["number"])
        about = {"id": message["id"], "status": reply.status, "kind": reply.kind}
        return {**about, "file": reply.file, "body": reply.body.decode("latin-1")}

    page.expose_function("kernel", kernel)
    page.goto("about:blank")
    page.evaluate(
        """async (source) => {
          const place = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
          const module = await import(place);
          const heard = [];
          const values = { link: "#e=na64e-plus-2022&a=0.5" };
          const model = {
            on: (_, hear) => heard.push(hear),
            off: () => {},
            get: (key) => values[key],
            set: (key, value) => { values[key] = value; },
            save_changes: () => {},
            send: async (message) => {
              const { body, ...about } = await window.kernel(message);
              const bytes = Uint8Array.from(body, (c) => c.charCodeAt(0));
              for (const hear of heard) hear(about, [new DataView(bytes.buffer)]);
            },
          };
          module.default.render({ model, el: document.body });
        }""",
        notebook_module(),
    )
    page.wait_for_selector("[data-answered]")
    assert complaints == []
    assert page.input_value('[data-number="alpha_dark"]') == "0.5"
    assert page.locator("path.emiss-limit").count() == 2
    page.close()
