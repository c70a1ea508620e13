"""The live page without a browser: what it asks, what it gets, who may ask."""

from __future__ import annotations

import http.client
import io
import json
import subprocess
import sys
import threading
import time
import zipfile

import nbformat
import numpy as np
import pytest
from closeness import close

import emiss
from emiss.ground.interruption import Interrupted, interruptible, pause
from emiss.presentation.explore import answer, read_question, replies
from emiss.presentation.explore.questions import FieldError
from emiss.presentation.explore.recipes import command_text, python_text
from emiss.presentation.explore.replies import SUPERSEDED, Desk, Reply
from emiss.presentation.explore.server import LOOPBACK, PAGE_FILES, PageServer, asset
from emiss.yields.acceptance import recoil_momenta

ONE = {"experiments": [{"name": "na64e-2016"}]}


def asked(action, body):
    reply = answer(action, body)
    return reply.status, json.loads(reply.body)


@pytest.fixture(scope="module")
def server():
    one = PageServer()
    thread = threading.Thread(target=one.serve_forever, daemon=True)
    thread.start()
    yield one
    one.shutdown()
    one.server_close()
    thread.join()


def request(server, method="GET", place="", body=None, token=None, **headers):
    connection = http.client.HTTPConnection(LOOPBACK, server.port, timeout=60)
    path = f"/{server.token if token is None else token}/{place}"
    sent = {"Host": f"{LOOPBACK}:{server.port}"} | {
        k.replace("_", "-"): v for k, v in headers.items()
    }
    connection.request(method, path, body, sent)
    reply = connection.getresponse()
    content = reply.read()
    connection.close()
    return reply, content


def test_curves_are_those_of_the_package():
    body = {**ONE, "alpha_dark": 0.3, "mass_ratio": 4.0, "dark_matter": "scalar", "cl": 0.95}
    status, found = asked("curves", body)
    assert status == 200
    model = emiss.models.DarkPhoton(alpha_dark=0.3, mass_ratio=4.0, dark_matter="scalar")
    limit = emiss.limit("na64e-2016", model, cl=0.95)
    curve = found["limits"][0]
    # five digits are sent
    close(curve["masses"], limit.masses, 1e-4)
    known = np.isfinite(limit.observed)
    close(np.array(curve["coupling"], dtype=float)[known], limit.observed[known], 1e-4)
    assert [line["label"] for line in found["relic"]] == [
        "complex scalar relic",
        "Majorana relic",
        "pseudo-Dirac relic",
    ]
    for line in found["relic"]:  # y = epsilon^2 alpha_D / R^4
        epsilon, y = (np.array(line[p]["values"]) for p in ("coupling", "y"))
        close(epsilon**2 * 0.3 / 4.0**4, y, 3e-4)


def test_badges_name_inputs_that_are_not_published():
    _, found = asked("curves", ONE)
    badges = {badge["status"]: badge for badge in found["limits"][0]["badges"]}
    assert {"tuned", "assumed", "recalled"} <= set(badges)
    assert "published" not in badges
    assert all(len(b["inputs"]) == b["count"] for b in badges.values())
    _, changed = asked("curves", {"experiments": [{"name": "na64e-2016", "threshold": 55.0}]})
    assumed = next(b for b in changed["limits"][0]["badges"] if b["status"] == "assumed")
    assert any(row["source"] == "chosen" for row in assumed["inputs"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], ""),
        ({"alpha": 1.0, **ONE}, ""),
        ({"experiments": []}, "experiments"),
        ({"experiments": [{"name": "../../etc/passwd"}]}, "experiments"),
        ({"experiments": [{"name": "mine.toml"}]}, "experiments"),
        ({"experiments": [{"name": "na64e-2016"}] * 2}, "experiments"),
        ({**ONE, "alpha_dark": "zebra"}, "alpha_dark"),
        ({**ONE, "alpha_dark": True}, "alpha_dark"),
        ({**ONE, "alpha_dark": -1}, "alpha_dark"),
        ({**ONE, "mass_ratio": 1.0}, "mass_ratio"),
        ({**ONE, "cl": 90}, "cl"),
        ({**ONE, "method": "guess"}, "method"),
        ({**ONE, "dark_matter": "none"}, "dark_matter"),
        ({"experiments": [{"name": "na64e-2016", "threshold": "x"}]}, "threshold"),
        ({"experiments": [{"name": "na64e-2016", "threshold": 150}]}, "experiment na64e-2016"),
        ({"experiments": [{"name": "na64e-2016", "beam_energy": -3}]}, "beam_energy"),
        ({"experiments": [{"name": "na64e-2016", "on_target": 1e30}]}, "experiment na64e-2016"),
        ({"experiments": [{"name": "na64h-2023"}]}, "experiment na64h-2023"),
        ({**ONE, "curves": [{"label": "x", "masses": [1], "values": [-1]}]}, "curves"),
        ({**ONE, "curves": "x"}, "curves"),
    ],
)
def test_bad_values_are_answered_under_the_name_of_their_control(body, field):
    status, found = asked("curves", body)
    assert status == 422
    assert found["field"] == field
    assert len(found["message"]) > 10


def test_python_text_runs_and_gives_the_limit():
    question = read_question(
        {
            "experiments": [{"name": "na64e-2016", "threshold": 60.0}, {"name": "na64e-2016-2018"}],
            "alpha_dark": 0.2,
            "cl": 0.95,
        }
    )
    names: dict = {}
    exec(compile(python_text(question), "copied", "exec"), names)
    shown = answer("curves", {**_as_body(question)})
    for limit, curve in zip(names["limits"], json.loads(shown.body)["limits"], strict=True):
        known = np.isfinite(limit.observed)
        close(np.array(curve["coupling"], dtype=float)[known], limit.observed[known], 1e-4)
    # The relic lines of the page, in both of its planes.
    relic = json.loads(shown.body)["relic"]
    assert len(relic) == 3
    for figure, plane in ((names["figure"], "coupling"), (names["figure_y"], "y")):
        lines = {line.get_label(): line for line in figure.axes[0].get_lines()}
        for one in relic:
            drawn, values = lines[one["label"]], np.array(one[plane]["values"])
            assert drawn.get_ydata().size == values.size
            close(drawn.get_ydata(), values, 1e-4)


def _as_body(question):
    rows = [
        {"name": p.name} | ({} if p.change.threshold is None else {"threshold": p.change.threshold})
        for p in question.parts
    ]
    return {"experiments": rows, "alpha_dark": question.alpha_dark, "cl": question.cl}


def test_command_text_quotes_and_combines():
    question = read_question(
        {
            "experiments": [{"name": "na64e-2016"}, {"name": "na64e-plus-2022", "on_target": 1e12}],
            "combine": True,
        }
    )
    text = command_text(question)
    # One command, whose figure shows what the page does.
    assert text.count("emiss limit") == 1
    drawn = "na64e-2016 na64e-plus-2022-changed.toml na64e-2016,na64e-plus-2022-changed.toml"
    assert f"emiss limit {drawn} --set" in text
    assert 'base = "na64e-plus-2022"' in text
    alone = command_text(
        read_question({"experiments": [{"name": "na64e-2016", "on_target": 1e12}]})
    )
    assert "--on-target 1000000000000.0" in alone
    assert "cat" not in alone


CURVES = {
    "BaBar like.csv": ("mass [MeV],epsilon\n1,1e-3\n100,1.1e-3\n900,2e-3\n", {}),
    "squared.csv": ("mass [MeV],limit\n1,1e-6\n900,4e-6\n", {"quantity": "epsilon^2"}),
}


def _dropped(tmp_path, names):
    rows = []
    for name in names:
        text, said = CURVES[name]
        (tmp_path / name).write_text(text, encoding="utf-8")
        status, row = asked("read-curve", {"name": name, "text": text, **said})
        assert status == 200, row
        rows.append(row)
    return rows


def test_recipes_draw_the_curves_that_were_dropped_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = _dropped(tmp_path, ["BaBar like.csv", "squared.csv"])
    question = read_question({**ONE, "curves": rows})
    names: dict = {}
    exec(compile(python_text(question), "copied", "exec"), names)
    assert [one.label for one in names["overlays"]] == ["BaBar like", "squared"]
    shown = json.loads(answer("curves", {**ONE, "curves": rows}).body)["others"]
    for figure, plane in ((names["figure"], "coupling"), (names["figure_y"], "y")):
        lines = {line.get_label(): line for line in figure.axes[0].get_lines()}
        for one in shown:
            close(lines[one["label"]].get_ydata(), one[plane]["values"], 1e-4)  # five digits
    text = command_text(question)
    assert text.startswith("# Copy these files into the folder in which this runs: BaBar like.csv")
    assert "--compare 'BaBar like=BaBar like.csv' --compare squared=squared.csv" in text
    # What is said of one file would be said of the other as well.
    assert "something else was said of each" in text
    alone = command_text(read_question({**ONE, "curves": rows[1:]}))
    assert "--compare squared=squared.csv --quantity 'epsilon^2'" in alone
    script = alone.replace("emiss limit", f"{sys.executable} -m emiss limit", 1)
    subprocess.run(["sh", "-ec", script], cwd=tmp_path, check=True, capture_output=True)
    assert list(tmp_path.rglob("coupling.png"))


def test_files(tmp_path):
    assert answer("figure", {**ONE, "plane": "y", "format": "png"}).body.startswith(b"\x89PNG")
    assert answer("figure", {**ONE, "format": "pdf"}).body.startswith(b"%PDF")
    assert answer("figure", {**ONE, "format": "exe"}).status == 422
    assert b"epsilon_observed" in answer("csv", ONE).body
    both = {"experiments": [{"name": "na64e-2016"}, {"name": "na64e-plus-2022"}]}
    with zipfile.ZipFile(io.BytesIO(answer("csv", both).body)) as archive:
        assert archive.namelist() == ["na64e-2016.csv", "na64e-plus-2022.csv"]
    assert answer("bibtex", ONE).body.startswith(b"@")
    assert answer("format-disk", ONE).status == 404


def test_verdicts_are_those_of_the_package():
    _, found = asked("verdicts", {"experiments": [{"name": "na64e-2016-2022"}]})
    report = emiss.inference.verdict.verdict(
        ["na64e-2016-2022"], emiss.models.DarkPhoton(), masses=np.geomspace(1e-3, 0.3, 80)
    )
    assert [row["kind"] for row in found["rows"]] == [one.kind for one in report.verdicts]
    for row, one in zip(found["rows"], report.verdicts, strict=True):
        assert len(row["excluded"]) == len(one.excluded)
        if one.excluded:
            close(row["excluded"], one.excluded, 1e-9)


def test_dropped_curve():
    text = "mass [MeV],epsilon\n1,1e-3\n100,2e-3\n"
    status, curve = asked("read-curve", {"name": "BaBar.csv", "text": text})
    assert status == 200
    assert (curve["label"], curve["quantity"]) == ("BaBar", "epsilon")
    close(curve["masses"], [1e-3, 0.1], 1e-12)
    _, found = asked("curves", {**ONE, "curves": [curve]})
    drawn = found["others"][0]
    close(drawn["y"]["masses"], [1e-3 / 3, 0.1 / 3], 1e-4)
    close(drawn["y"]["values"], [1e-6 * 0.1 / 81, 4e-6 * 0.1 / 81], 1e-4)
    status, found = asked("read-curve", {"name": "a.csv", "text": "nonsense"})
    assert status == 422
    assert "a.csv" in found["message"]
    assert "/" not in found["message"].split("a.csv")[0]  # where it lay is nobody's business
    assert asked("read-curve", {"name": "a.exe", "text": text})[0] == 422


def test_a_dropped_curve_takes_the_choices_of_the_commands():
    text = "mass,y observed,y expected\n1,1e-12,2e-12\n100,1e-10,2e-10\n"
    told = {"name": "a.csv", "text": text, "column": "2", "mass_unit": "m_chi [MeV]"}
    status, curve = asked("read-curve", {**told, "alpha_dark": "0.5", "mass_ratio": 3})
    assert (status, curve["quantity"]) == (200, "epsilon")
    # y = epsilon^2 alpha_D / 3^4 at m_A' = 3 m_chi.
    close(curve["values"], [(81 * y / 0.5) ** 0.5 for y in (2e-12, 2e-10)], 1e-9)
    close(curve["masses"], [3e-3, 0.3], 1e-12)
    table = "#: alpha_D,0.1,0.5\nm_chi [MeV],y,y\n1,1e-12,2e-12\n100,1e-10,2e-10\n"
    told = {"name": "a.csv", "text": table, "qualifier": "alpha_D=0.5; "}
    assert asked("read-curve", told)[1]["values"] == [2e-12, 2e-10]
    for wrong in ({"column": "7"}, {"alpha_dark": "many"}, {"qualifier": "alpha_D"}):
        assert asked("read-curve", {**told, **wrong})[0] == 422


def test_a_curve_far_from_all_limits_is_asked_about():
    text = "mass [MeV],epsilon\n1,1e-9\n100,1e-9\n"
    _, curve = asked("read-curve", {"name": "square.csv", "text": text})
    _, found = asked("curves", {**ONE, "curves": [curve]})
    assert any("square: ours is" in text and "not a square" in text for text in found["remarks"])


def test_a_curve_that_fits_no_plane_does_not_stand_in_the_way_of_a_figure():
    text = "mass [GeV],g_agg [GeV^-1]\n0.01,1e-4\n0.1,1e-3\n"
    _, curve = asked("read-curve", {"name": "alp.csv", "text": text})
    body = {**ONE, "curves": [curve]}
    _, found = asked("curves", body)
    assert len(found["others"][0]["faults"]) == 2
    for plane in ("coupling", "y"):
        reply = answer("figure", {**body, "plane": plane, "format": "png"})
        assert reply.body.startswith(b"\x89PNG"), plane


def test_combined_curve_is_the_combination():
    both = {"experiments": [{"name": "na64e-2016"}, {"name": "na64e-plus-2022"}], "combine": True}
    _, found = asked("curves", both)
    assert [one["name"] for one in found["limits"]] == ["na64e-2016", "na64e-plus-2022", "combined"]
    limit = emiss.limit(["na64e-2016", "na64e-plus-2022"])
    known = np.isfinite(limit.observed)
    close(np.array(found["limits"][2]["coupling"], dtype=float)[known], limit.observed[known], 1e-4)


def test_page_is_sent_with_a_policy_that_loads_nothing_from_elsewhere(server):
    for place, (name, kind) in PAGE_FILES.items():
        reply, content = request(server, place=place)
        assert reply.status == 200, place
        assert reply.headers["Content-Type"] == kind
        assert content.decode() == asset(name)
        assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
        assert "http://" not in asset(name).replace("http://www.w3.org/", "")
        assert "https://" not in asset(name)


def test_server_binds_the_loopback_address_alone(server):
    assert server.server_address[0] == "127.0.0.1"
    assert len(server.token) >= 32
    with PageServer() as other:
        assert other.token != server.token


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example:80"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
    ],
)
def test_requests_of_others_are_refused(server, headers, status):
    for method, place in (("GET", ""), ("POST", "api/catalogue")):
        body = b'{"body": {}}' if method == "POST" else None
        kind = {"Content_Type": "application/json"} if body else {}
        reply, content = request(server, method, place, body, **kind, **headers)
        assert reply.status == status
        assert b"experiments" not in content


def test_token_is_needed(server):
    for token in ("", "x", server.token[:-1], server.token + "x"):
        assert request(server, token=token)[0].status == 404
    connection = http.client.HTTPConnection(LOOPBACK, server.port, timeout=60)
    connection.request("GET", "/", headers={"Host": f"{LOOPBACK}:{server.port}"})
    assert connection.getresponse().status == 404
    connection.close()


def test_own_requests_are_answered(server):
    body = json.dumps({"body": ONE}).encode()
    own = {"Origin": f"http://{LOOPBACK}:{server.port}", "Content_Type": "application/json"}
    reply, content = request(server, "POST", "api/curves", body, **own)
    assert reply.status == 200
    assert json.loads(content)["limits"][0]["name"] == "na64e-2016"


@pytest.mark.parametrize(
    ("place", "body", "kind", "status"),
    [
        ("api/curves", b"{", "application/json", 400),
        ("api/curves", b"[]", "application/json", 400),
        ("api/curves", b"[" * 100000, "application/json", 400),
        ("api/curves", b'{"body": {}}', "text/plain", 415),
        ("other/curves", b"{}", "application/json", 400),
        ("api/nothing", b'{"body": {}}', "application/json", 404),
    ],
)
def test_damaged_requests_are_refused(server, place, body, kind, status):
    assert request(server, "POST", place, body, Content_Type=kind)[0].status == status


def test_files_outside_the_page_are_not_served(server):
    for place in ("../server.py", "..%2fserver.py", "page.js/../../server.py", "questions.py"):
        assert request(server, place=place)[0].status == 404


def test_question_that_was_overtaken_is_not_computed():
    desk = Desk()
    assert desk.ask("catalogue", {}, "page", 5).status == 200
    assert desk.ask("catalogue", {}, "page", 4).status == SUPERSEDED
    assert desk.ask("catalogue", {}, "other page", 4).status == 200
    assert desk.ask("catalogue", {}, "page", 0).status == 200


def overtaken(monkeypatch, desk, slow):
    """Ask what takes long and then, while that is under way, for curves; what was computed."""
    begun, found, computed = threading.Event(), {}, []

    def long(action, body):
        computed.append((action, body))
        if (action, body) == slow:
            begun.set()
            for _ in range(2000):  # a minute at most
                pause()
                time.sleep(0.03)
        return Reply.of({})

    monkeypatch.setattr(replies, "answer", long)
    first = threading.Thread(target=lambda: found.update(first=desk.ask(*slow, "page", 1).status))
    first.start()
    assert begun.wait(60)
    assert desk.ask("curves", 2, "page", 2).status == 200
    first.join(60)
    assert found == {"first": SUPERSEDED}
    return computed


def test_a_question_under_way_is_given_up_for_a_later_one(monkeypatch):
    assert overtaken(monkeypatch, Desk(), ("curves", 1)) == [("curves", 1), ("curves", 2)]


def test_verdicts_under_way_are_given_up_for_new_curves(monkeypatch):
    desk = Desk()
    desk.ask("curves", {}, "page", 1)
    assert overtaken(monkeypatch, desk, ("verdicts", 1)) == [("verdicts", 1), ("curves", 2)]


def test_roots_that_nobody_waits_for_are_not_sought():
    question = read_question(ONE)
    with interruptible(lambda: True), pytest.raises(Interrupted):
        emiss.inference.limit("na64e-2016", question.model, masses=[0.0123])


def test_a_preview_says_how_many_muons_it_has_and_how_far_off_it_may_be(monkeypatch):
    monkeypatch.setattr(recoil_momenta, "BLOCK", 100)
    body = {"experiments": [{"name": "m3-phase1", "beam_energy": 14.2}], "recoils": 100}
    status, found = asked("curves", body)
    assert status == 200
    assert found["preview"]["recoils"] == 100
    assert found["preview"]["of"] == 64_000
    assert found["preview"]["next"] == 400
    assert 1.0 < found["preview"]["error"] < 30.0
    # Where nothing has to be sampled there is no preview.
    assert asked("curves", {**ONE, "recoils": 100})[1]["preview"] is None
    published = {"experiments": [{"name": "m3-phase1"}], "recoils": 100}
    assert asked("curves", published)[1]["preview"] is None
    assert asked("curves", {**ONE, "recoils": 0})[0] == 422


def test_experiments_that_cannot_answer_are_not_offered():
    _, found = asked("catalogue", {})
    names = {row["name"] for row in found["experiments"]}
    assert {"na64e-2016-2022", "na64mu-2022", "na64e-plus-40gev"} <= names
    assert not any(name.startswith("na64h") for name in names)


def test_widget_in_a_notebook():
    """The cell shows the widget; the kernel answers it as the server answers a browser."""
    pytest.importorskip("anywidget")
    from nbclient import NotebookClient

    cells = [
        "import emiss\npage = emiss.explore('#e=na64e-2016')\npage",
        "import queue\n"
        "sent = queue.Queue()\n"
        "page.send = lambda content, buffers=None: sent.put((content, buffers))\n"
        "body = {'experiments': [{'name': 'na64e-2016'}]}\n"
        # Numbered questions are answered beside the kernel, so that later ones are heard meanwhile.
        "page._heard(page, {'id': 7, 'action': 'curves', 'body': body, 'number': 1}, [])\n"
        "about, (answer,) = sent.get()\n"
        "import json\n"
        "found = json.loads(answer)\n"
        "print(about['id'], about['status'], found['limits'][0]['name'])",
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    NotebookClient(book, kernel_name="python3", timeout=120).execute()
    shown = book.cells[0].outputs[0]["data"]
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert book.cells[1].outputs[0]["text"].strip() == "7 200 na64e-2016"
    with pytest.raises(emiss.EmissError, match="no permanent link"):
        emiss.explore("somewhere")


def test_field_error_is_an_error_of_emiss():
    with pytest.raises(FieldError, match="tick at least one"):
        read_question({"experiments": []})
