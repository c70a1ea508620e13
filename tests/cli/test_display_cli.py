"""`emiss display`: what it draws and refuses."""

import numpy as np
import pytest
from command_line import run
from event_tables import layout, made_up

from emiss import experiments
from emiss.analysis.blinding import hidden
from emiss.analysis.reconstruction import reconstruct
from emiss.events.produce import make_job, produce
from emiss.events.record import columns_of, write_events
from emiss.ground.errors import EmissError
from emiss.presentation.plots import event_display


@pytest.fixture(scope="module")
def campaign(tmp_path_factory):
    place = tmp_path_factory.mktemp("display") / "made"
    run("simulate", "na64mu-2022", "--events", "20", "-o", place)
    return place


def test_one_event_and_many(campaign, tmp_path):
    run("display", campaign, "--event", "3", "--figure", tmp_path / "one.png")
    run("display", campaign, "--events", "20", "--figure", tmp_path / "many.png")
    assert (tmp_path / "one.png").stat().st_size > 20_000
    assert (tmp_path / "one.png").read_bytes() != (tmp_path / "many.png").read_bytes()


def test_events_that_are_not_there(campaign, tmp_path):
    where = ("--figure", tmp_path / "x.png")
    with pytest.raises(EmissError, match="there is no such event"):
        run("display", campaign, "--event", "99", *where)
    with pytest.raises(EmissError, match="there is no file"):
        run("display", tmp_path / "nothing", *where)
    with pytest.raises(EmissError, match="one of them"):
        run("display", campaign, "--event", "1", "--events", "2", *where)
    # a negative number drew all but so many of the last
    for count in ("0", "-3"):
        with pytest.raises(EmissError, match=f"--events {count}: give at least one"):
            run("display", campaign, "--events", count, *where)
    with pytest.raises(EmissError, match="another apparatus"):
        run("display", campaign, "--experiment", "na64-visible-2017", *where)


def test_a_campaign_without_events_says_so(tmp_path):
    run("simulate", "na64-visible-2018", "--sample", "electronuclear", "--events", "3",
        "--option", "electronuclear_bias=1", "-o", tmp_path / "made")  # fmt: skip
    with pytest.raises(EmissError, match="'electronuclear' recorded none of those"):
        run("display", tmp_path / "made", "--figure", tmp_path / "x.png")
    # Of data nothing is told of what is hidden: no events and hidden ones are answered alike.
    table = made_up(60, 3)
    table = table.take(hidden(layout(), reconstruct(table, layout())))
    assert len(table)
    name = ("--experiment", "na64e-2021-2022", "--figure", tmp_path / "x.png")
    for number, rows in enumerate((table, table.take(np.arange(0)))):
        path = tmp_path / f"data{number}.parquet"
        write_events(rows, columns_of(layout()), path, "parquet")
        with pytest.raises(EmissError, match=r"parquet': there is no event to look at"):
            run("display", path, *name)


def test_blind_events_of_data_are_not_drawn(tmp_path):
    """A hidden event is answered like one that does not exist, and is in no picture of many."""
    table = made_up(60, 3)
    inside = hidden(layout(), reconstruct(table, layout()))
    secret, open_ = int(table["event"][inside][0]), int(table["event"][~inside][0])
    columns = columns_of(layout())
    write_events(table, columns, tmp_path / "with.parquet", "parquet")
    write_events(table.take(~inside), columns, tmp_path / "without.parquet", "parquet")
    name = ("--experiment", "na64e-2021-2022")
    pictures = []
    for path in (tmp_path / "with.parquet", tmp_path / "without.parquet"):
        picture = path.with_suffix(".png")
        run("display", path, "--event", open_, *name, "--figure", tmp_path / "one.png")
        run("display", path, "--events", "60", *name, "--figure", picture)
        pictures.append(picture.read_bytes())
        for number in (secret, 99):
            with pytest.raises(EmissError, match=rf"--event {number}: there is no such event"):
                run("display", path, "--event", number, *name, "--figure", tmp_path / "no.png")
    assert pictures[0] == pictures[1]
    assert not (tmp_path / "no.png").exists()
    with pytest.raises(EmissError, match=r"--experiment: .* does not say"):
        run("display", path, "--figure", tmp_path / "no.png")


def test_picture_shows_energies_and_hits():
    """Data in the figure: hits of the trackers at their places, cells of the calorimeter filled."""
    chosen = experiments.get("na64e-2016")
    job = make_job(chosen.layout, "na64e-2016", chosen.fingerprint, chunk_events=30)
    table = produce(job, 0, 30)
    figure = event_display(chosen.layout, table, np.arange(30))
    views = [axes for axes in figure.axes if axes.get_xlabel() or axes.get_ylabel()]
    assert len(figure.axes) == 5
    assert any("from above" in axes.get_ylabel() for axes in views)
    right = figure.axes[1]
    hits = sum(line.get_xdata().size for line in right.lines if line.get_marker() == ".")
    expected = sum(table.lists(f"{name}_x").values.size for name in ("mm3", "mm4", "st3", "st4"))
    assert hits == expected
    filled = [patch for patch in right.patches if patch.get_facecolor()[3] > 0.0]
    assert len(filled) > 12
    with pytest.raises(EmissError, match="choose among 30"):
        event_display(chosen.layout, table, np.array([30]))
