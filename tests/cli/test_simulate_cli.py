"""`emiss simulate`: what it prints and refuses."""

from contextlib import contextmanager

import pytest
from command_line import run, run_json

from emiss.events.campaign.run import Progress
from emiss.events.record import read_events
from emiss.ground.errors import EmissError
from emiss.presentation.cli import simulate

FAST = ("na64h-2023", "--gaps", "vacuum", "--sample", "muon")


def test_campaign_and_going_on(tmp_path):
    place = tmp_path / "made"
    first = run_json("simulate", *FAST, "--events", "30", "--chunk-events", "20", "-o", place)
    assert (first["generated_events"], first["chunks"], first["chunks_made"]) == (30, 2, 2)
    again = run_json(
        "simulate", *FAST, "--events", "60", "--chunk-events", "20", "-o", place, "--resume"
    )
    assert (again["generated_events"], again["chunks_made"]) == (60, 2)
    assert read_events(place)["event"].tolist() == list(range(60))
    assert "chunks made now" in run(
        "simulate", *FAST, "--events", "60", "--chunk-events", "20", "-o", place, "--resume"
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--events", "0"], "events: 0; give one real number from 1"),
        (["--events", "10.5"], "not a whole number"),
        (["--sample", "gluon"], "unknown sample"),
        (["--run", "1999"], "has 2023"),
        (["--format", "csv"], "unknown format"),
        (["--workers", "0"], "workers: 0; give a whole number from 1"),
        (["--workers", "2", "--scheduler", "tcp://127.0.0.1:1"], "one of them"),
        (["--bad-spills", "3"], "run:spill"),
        (["--gaps", "honey"], "honey"),
        (["--gaps", "water"], "gaps are filled with a gas"),
        (["--intensity", "-1"], "intensity"),
        (["--decay-bias", "0.5"], "decay_bias"),
        (["--option", "honey=3"], "unknown option"),
        (["--scheduler", "tcp://x:1", "--workers", "2"], "workers, executor and scheduler"),
        (["--option", "window=soon"], "not a finite number"),
        (["--option", "electronuclear_bias=0"], "electronuclear_bias"),
        (["--sample", "dimuon"], "'dimuon' gives no event here.*the beam is of 50 GeV pi-"),
        (["--sample", "dimuon", "--dimuon-bias", "0"], "dimuon_bias = 0 leaves muon pairs out"),
    ],
)
def test_input_that_cannot_be_leaves_nothing(tmp_path, options, words):
    place = tmp_path / "made"
    with pytest.raises(EmissError, match=words):
        run("simulate", "na64h-2023", "-o", place, *options)
    assert not place.exists()


def test_scheduler_that_does_not_answer(tmp_path):
    pytest.importorskip("distributed")
    with pytest.raises(EmissError, match="no Dask scheduler answers"):
        run("simulate", *FAST, "--events", "20", "-o", tmp_path / "made",
            "--scheduler", "tcp://127.0.0.1:1")  # fmt: skip


def test_progress_in_lines_ends_with_all_events(monkeypatch, capsys):
    """Whoever was told of the beginning is told of the end, and nobody of a short run."""
    now = [0.0]
    monkeypatch.setattr(simulate.time, "monotonic", lambda: now[0])

    def told(*times):
        start = now[0]
        with simulate._reporting() as report:
            for seconds, done in times:
                now[0] = start + seconds
                report(Progress(done, 200, 10.0, 1.0))
        return [line.split(",")[0] for line in capsys.readouterr().err.splitlines()]

    first, last = "emiss: 0 of 200 events", "emiss: 200 of 200 events"
    assert told((11.0, 0), (12.0, 100), (13.0, 200)) == [first, last]
    assert told((11.0, 0), (22.0, 200)) == [first, last]
    assert told((1.0, 0), (2.0, 200)) == []


def test_an_interrupted_campaign_can_go_on(tmp_path, monkeypatch):
    @contextmanager
    def breaking():
        def tell(progress):
            if progress.done:
                raise SystemExit(143)

        yield tell

    place, said = tmp_path / "made", []
    asked = ("simulate", *FAST, "--events", "60", "--chunk-events", "20", "-o", place)
    with monkeypatch.context() as patch:
        patch.setattr(simulate, "_reporting", breaking)
        patch.setattr(simulate, "say", said.append)
        with pytest.raises(SystemExit):
            run(*asked)
        with pytest.raises(KeyboardInterrupt), simulate._told_of_breaks(place):
            raise KeyboardInterrupt
    assert said == ["emiss: interrupted; finished chunks are kept: go on with --resume."] * 2
    assert run_json(*asked, "--resume")["chunks_made"] == 2


def test_nothing_is_said_of_a_campaign_that_did_not_begin(tmp_path, capsys):
    with pytest.raises(SystemExit), simulate._told_of_breaks(tmp_path):
        raise SystemExit(130)
    assert capsys.readouterr().err == ""
