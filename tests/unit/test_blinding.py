"""Blinding: nothing that can be asked of data depends on a hidden event."""

from __future__ import annotations

import dataclasses
import importlib
import json

import numpy as np
import pytest
from event_tables import layout, made_up

from emiss.analysis import blinding
from emiss.analysis.blinding import readable
from emiss.analysis.blinding.gate import visible
from emiss.analysis.evaluate import evaluate
from emiss.analysis.reconstruction import reconstruct
from emiss.events.record import EventTable, columns_of, read_events
from emiss.events.record.files import write_events
from emiss.ground.errors import EmissError, OutputError

pytest.importorskip("pyarrow")


def write(table, path):
    write_events(table, columns_of(layout()), path, "parquet")
    return path


def split(table):
    """Visible and hidden events of a table."""
    inside = blinding.hidden(layout(), reconstruct(table, layout()))
    return table.take(~inside), table.take(inside)


def mixed(shown, secret, seed):
    """The visible events in their order, with hidden ones in between."""
    random = np.random.default_rng(seed)
    joined = EventTable.join([shown, secret])
    place = np.concatenate([np.arange(len(shown)), random.uniform(0, len(shown), len(secret))])
    return joined.take(np.argsort(place, kind="stable"))


def batches(path, **options):
    return list(visible(path, layout(), **options))


def same(one, other):
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        assert a.variables.keys() == b.variables.keys()
        for name in a.variables:
            assert np.array_equal(a.variables[name], b.variables[name], equal_nan=True), name
        assert np.array_equal(a.table["event"], b.table["event"])


@pytest.mark.parametrize("seed", range(2))
def test_every_batch_is_the_same_to_the_bit_with_and_without_hidden_events(tmp_path, seed):
    shown, secret = split(made_up(400, seed))
    assert len(secret) > 50
    with_secret = write(mixed(shown, secret, seed), tmp_path / "with.parquet")
    without = write(shown, tmp_path / "without.parquet")
    same(batches(with_secret, size=64), batches(without, size=64))


def requests(path, number, seed):
    """Answers to random requests: counts, histograms, sums, lists of events, messages."""
    random = np.random.default_rng(seed)
    data = batches(path)
    columns = {
        name: np.concatenate([batch.variables[name] for batch in data])
        for name in data[0].variables
    }
    names = sorted(columns)
    event = np.concatenate([batch.table["event"] for batch in data])
    answers = []
    for _ in range(number):
        name, other = random.choice(names, 2)
        low, high = np.sort(random.normal(10.0, 40.0, 2))
        kind = random.integers(5)
        if kind == 0:
            answers.append(int(evaluate(f"{name} > {low:.6f} and {other} < {high:.6f}",
                                        columns).sum()))  # fmt: skip
        elif kind == 1:
            values = columns[name][np.isfinite(columns[name])]
            answers.append(tuple(np.histogram(values, 7, (low, high + 1e-9))[0].tolist()))
        elif kind == 2:
            answers.append(float(np.nansum(columns[name] * columns[other])))
        elif kind == 3:
            answers.append(event[evaluate(f"{name} >= {low:.6f}", columns)][:5].tolist())
        else:
            try:
                evaluate(f"{name}_ > 1", columns)
            except EmissError as error:
                answers.append(str(error))
    return answers


def leak(tmp_path, number):
    shown, secret = split(made_up(500, 11))
    with_secret = write(mixed(shown, secret, 1), tmp_path / "with.parquet")
    without = write(shown, tmp_path / "without.parquet")
    assert requests(with_secret, number, 5) == requests(without, number, 5)


def test_answers_do_not_depend_on_hidden_events(tmp_path):
    leak(tmp_path, 2000)


@pytest.mark.slow
def test_a_hundred_thousand_answers_do_not_depend_on_hidden_events(tmp_path):
    leak(tmp_path, 100_000)


def test_errors_do_not_depend_on_hidden_events(tmp_path):
    # a hidden event with a broken weight, or one that is there twice, changes no message
    shown, secret = split(made_up(300, 12))
    secret["weight"][:] = np.nan
    twice = EventTable.join([secret, secret])
    same(
        batches(write(mixed(shown, twice, 2), tmp_path / "a.parquet")),
        batches(write(shown, tmp_path / "b.parquet")),
    )


def test_whole_records_are_read_without_hidden_events(tmp_path):
    """What an event display draws: all columns, and no event of the region."""
    shown, secret = split(made_up(300, 18))
    path = write(mixed(shown, secret, 3), tmp_path / "with.parquet")
    found = readable(path, layout())
    assert set(found.columns) == {column.name for column in columns_of(layout())}
    for name in ("event", "ecal_cells", "weight"):
        assert np.array_equal(found[name], shown[name])
    with pytest.raises(EmissError, match="no event to look at"):
        readable(write(secret, tmp_path / "secret.parquet"), layout())


def test_data_are_read_through_the_gate_alone(tmp_path):
    """Reading of whole files is for simulated events, and for skims of data."""
    path = write(made_up(60, 19), tmp_path / "d.parquet")
    with pytest.raises(EmissError, match=r"d\.parquet.*recorded data.*blinding"):
        read_events(path)
    unnamed = made_up(60, 19)
    del unnamed.provenance["sample"]
    with pytest.raises(EmissError, match="recorded data"):
        read_events(write(unnamed, tmp_path / "unnamed.parquet"))


def test_data_and_simulation_in_one_place_are_refused(tmp_path):
    for number, sample in enumerate(("beam", "data")):
        table = made_up(50, 20, sample=sample, first=50 * number)
        write(table, tmp_path / f"chunk-{number:06d}.parquet")
        (tmp_path / f"chunk-{number:06d}.json").write_text("{}")
    with pytest.raises(EmissError, match="keep them apart"):
        batches(tmp_path)


@pytest.mark.parametrize("sample", ["beam", "data"])
def test_events_of_bad_spills_are_neither_analysed_nor_skimmed(tmp_path, sample):
    table = made_up(90, 21, sample=sample, inside=0.0)
    table["spill"][:] = np.repeat([1, 2, 3], 30)
    table.provenance["bad_spills"] = [[1, 2, 2]]
    path = write(table, tmp_path / "s.parquet")
    found = np.concatenate([batch.table["event"] for batch in batches(path)])
    assert np.array_equal(found, np.r_[0:30, 60:90])
    assert blinding.skim(path, layout(), tmp_path / "skim.parquet") == 60


def test_simulated_events_are_never_hidden(tmp_path):
    table = made_up(300, 13, sample="beam")
    total = sum(len(batch.weight) for batch in batches(write(table, tmp_path / "s.parquet")))
    assert total == 300


def test_a_region_of_tracks_is_hidden_as_well(tmp_path):
    """Tracks are not found to hide a region of calorimeters; where a cut is on them they are."""
    assert not blinding.region.needs_tracks(layout())
    region = ("momentum", "quiet HCAL")
    other = dataclasses.replace(
        layout(), selection=dataclasses.replace(layout().selection, signal_region=region)
    )
    assert blinding.region.needs_tracks(other)
    table = made_up(300, 17)
    inside = blinding.hidden(other, reconstruct(table, other))
    found = [b.table["event"] for b in visible(write(table, tmp_path / "d.parquet"), other)]
    assert np.array_equal(np.concatenate(found), table["event"][~inside])


def test_unblinding_opens_and_records_who_when_and_why(tmp_path):
    table = made_up(200, 14)
    path = write(table, tmp_path / "d.parquet")
    assert sum(len(b.weight) for b in batches(path)) < 200
    with pytest.raises(EmissError, match="reason"):
        blinding.append(tmp_path, "na64e-2021-2022", layout(), "because")
    entry = blinding.append(tmp_path, "na64e-2021-2022", layout(), "the selection is frozen")
    assert entry.when.endswith("+00:00")
    assert sum(len(b.weight) for b in batches(path)) == 200
    status = blinding.status_of(tmp_path, layout())
    assert status.open
    assert not status.changed
    assert "the selection is frozen" in status.text


def test_a_selection_changed_after_unblinding_is_reported(tmp_path):
    (tmp_path / "data.parquet").write_bytes(b"events")
    blinding.append(tmp_path, "na64e-2021-2022", layout(), "the selection is frozen")
    selection = layout().selection
    fewer = dataclasses.replace(selection, cuts=selection.cuts[1:])
    changed = dataclasses.replace(layout(), selection=fewer)
    status = blinding.status_of(tmp_path, changed)
    assert status.changed
    assert "CHANGED" in status.text


def test_opening_again_does_not_freeze_what_was_changed(tmp_path):
    """Whoever has seen the data cannot freeze another selection any more."""
    (tmp_path / "data.parquet").write_bytes(b"events")
    blinding.append(tmp_path, "na64e-2021-2022", layout(), "the selection is frozen")
    fewer = dataclasses.replace(layout().selection, cuts=layout().selection.cuts[1:])
    changed = dataclasses.replace(layout(), selection=fewer)
    blinding.append(tmp_path, "na64e-2021-2022", changed, "a better selection was found")
    status = blinding.status_of(tmp_path, changed)
    assert status.changed
    assert "the selection is frozen" in status.text
    assert "1 more time;" in status.text
    assert "CHANGED" in status.text
    assert not blinding.status_of(tmp_path, layout()).changed


def test_another_apparatus_after_unblinding_is_reported(tmp_path):
    """What is measured with it moves events through the cuts."""
    (tmp_path / "data.parquet").write_bytes(b"events")
    blinding.append(tmp_path, "na64e-2021-2022", layout(), "the selection is frozen")
    old = layout().element("hcal1")
    place = dataclasses.replace(old.position, value=old.position.value + 1.0)
    moved = dataclasses.replace(layout(), elements=tuple(
        dataclasses.replace(old, position=place) if e is old else e for e in layout().elements
    ))  # fmt: skip
    assert blinding.status_of(tmp_path, moved).changed


def test_links_do_not_lead_around_the_seal(tmp_path):
    table, place = made_up(200, 14), tmp_path / "sealed"
    place.mkdir()
    path = write(table, place / "d.parquet")
    blinding.append(place, "na64e-2021-2022", layout(), "the region is sealed", blinding.SEALED)
    other = tmp_path / "other"
    other.mkdir()
    (other / "d.parquet").symlink_to(path)
    for linked in (other, other / "d.parquet"):
        with pytest.raises(EmissError, match="is a link to recorded events"):
            batches(linked)
        with pytest.raises(EmissError, match="is a link to recorded events"):
            blinding.skim(linked, layout(), tmp_path / "skimmed.parquet")
    assert not (tmp_path / "skimmed.parquet").exists()
    (tmp_path / "whole").symlink_to(place)
    assert len(batches(tmp_path / "whole")) == len(batches(place))


def narrower():
    """The same apparatus with next to nothing hidden."""
    selection = layout().selection
    cuts = tuple(
        dataclasses.replace(cut, most=dataclasses.replace(cut.most, value=1e-3))
        if cut.name == "missing energy" else cut
        for cut in selection.cuts
    )  # fmt: skip
    return dataclasses.replace(layout(), selection=dataclasses.replace(selection, cuts=cuts))


def looser_elsewhere():
    """A cut that makes no region is gone: what is hidden stays the same."""
    selection = layout().selection
    cuts = tuple(cut for cut in selection.cuts if cut.name != "momentum")
    return dataclasses.replace(layout(), selection=dataclasses.replace(selection, cuts=cuts))


def rebuilt():
    """Another apparatus may read other energies, and move events out of the region."""
    elements = list(layout().elements)
    last = elements[-1]
    place = dataclasses.replace(last.position, value=last.position.value + 1.0)
    elements[-1] = dataclasses.replace(last, position=place)
    return dataclasses.replace(layout(), elements=tuple(elements))


def test_a_sealed_region_is_the_only_one_with_which_blind_data_are_read(tmp_path):
    table = made_up(200, 22)
    path = write(table, tmp_path / "d.parquet")
    inside = blinding.hidden(layout(), reconstruct(table, layout()))
    # without a seal another file of the experiment would show what this one hides
    assert len(readable(path, narrower())) > int((~inside).sum())
    blinding.append(tmp_path, "x", layout(), "declared before a look", blinding.SEALED)
    for other in (narrower(), rebuilt()):
        for look in (
            lambda one: readable(path, one),
            lambda one: list(visible(path, one)),
            lambda one: blinding.skim(path, one, tmp_path / "skim.parquet"),
            lambda one: blinding.status_of(tmp_path, one),
        ):
            with pytest.raises(EmissError, match=r"sealed .* another region or apparatus"):
                look(other)
    assert not (tmp_path / "skim.parquet").exists()
    for same_region in (layout(), looser_elsewhere()):
        assert np.array_equal(readable(path, same_region)["event"], table["event"][~inside])
    status = blinding.status_of(tmp_path, layout())
    assert (status.open, status.entries) == (False, ())
    assert "sealed" in status.text
    blinding.append(tmp_path, "x", narrower(), "a better threshold", blinding.SEALED)
    assert len(readable(path, narrower())) > int((~inside).sum())
    with pytest.raises(EmissError, match="seals anew, on record"):
        readable(path, layout())
    blinding.append(tmp_path, "x", layout(), "the selection is frozen")
    assert len(readable(path, layout())) == 200
    assert [entry.what for entry in blinding.read_log(tmp_path)] == ["sealed", "sealed", "opened"]


def test_a_seal_cannot_be_rewritten_as_an_opening(tmp_path):
    blinding.append(tmp_path, "x", layout(), "declared before a look", blinding.SEALED)
    path = tmp_path / blinding.LOG_NAME
    entry = json.loads(path.read_text())
    for damaged in ({k: v for k, v in entry.items() if k != "what"}, entry | {"what": "opened"}):
        path.write_text(json.dumps(damaged) + "\n")
        with pytest.raises(EmissError, match="stay blind"):
            blinding.status_of(tmp_path, layout())


def test_files_that_come_after_an_opening_stay_blind(tmp_path):
    first, second = tmp_path / "first.parquet", tmp_path / "second.parquet"
    table = made_up(200, 3)
    inside = blinding.hidden(layout(), reconstruct(table, layout()))
    assert 20 < int(inside.sum()) < 180
    write(table, first)
    blinding.append(tmp_path, "x", layout(), "the selection is frozen")
    assert len(readable(tmp_path, layout())) == 200
    later = EventTable(
        {**table.columns, "event": np.asarray(table["event"]) + 10_000}, table.provenance
    )
    write(later, second)
    status = blinding.status_of(tmp_path, layout())
    assert (status.open, status.added) == (True, ("second.parquet",))
    assert "'second.parquet' came or changed afterwards and stays blind" in status.text
    assert (status.opens(first), status.opens(second)) == (True, False)
    seen = np.asarray(readable(tmp_path, layout())["event"])
    assert np.array_equal(seen, [*table["event"], *later["event"][~inside]])
    # Alone, and by each way in.
    assert len(readable(second, layout())) == int((~inside).sum())
    assert sum(len(batch.table) for batch in visible(second, layout())) == int((~inside).sum())
    blinding.append(tmp_path, "x", layout(), "the second period is complete")
    assert blinding.status_of(tmp_path, layout()).added == ()
    assert len(readable(tmp_path, layout())) == 400


def test_a_file_that_is_changed_after_an_opening_is_blind_again(tmp_path):
    path = write(made_up(200, 3), tmp_path / "data.parquet")
    blinding.append(tmp_path, "x", layout(), "the selection is frozen")
    other = made_up(200, 4)
    inside = blinding.hidden(layout(), reconstruct(other, layout()))
    path.unlink()
    write(other, path)
    assert np.array_equal(readable(path, layout())["event"], other["event"][~inside])


def test_files_beside_a_campaign_stay_blind_until_they_are_opened(tmp_path):
    """A campaign is its finished chunks; other files there are read when they are named."""
    write(made_up(200, 3), tmp_path / "chunk-00000.parquet")
    (tmp_path / "chunk-00000.json").write_text("{}")
    blinding.append(tmp_path, "x", layout(), "the selection is frozen")
    table = made_up(200, 4)
    inside = blinding.hidden(layout(), reconstruct(table, layout()))
    for name in ("late.parquet", "chunk-00001.parquet"):
        late = write(table, tmp_path / name)
        assert len(readable(late, layout())) == int((~inside).sum())
        assert name in blinding.status_of(tmp_path, layout()).added
    # Also where a finished chunk is gone, so that the campaign cannot be listed.
    (tmp_path / "chunk-00000.parquet").unlink()
    assert len(readable(late, layout())) == int((~inside).sum())


def test_a_file_that_no_opening_names_is_not_read_beside_opened_data(tmp_path):
    """Its name does not say that it holds events, but it is read when it is asked for."""
    pytest.importorskip("uproot")
    write(made_up(200, 3), tmp_path / "data.parquet")
    write_events(made_up(200, 4), columns_of(layout()), tmp_path / "late.root", "root")
    (tmp_path / "late.root").rename(tmp_path / "late.dat")
    blind = len(readable(tmp_path / "late.dat", layout()))
    assert blind < 200
    blinding.append(tmp_path, "x", layout(), "the selection is frozen")
    with pytest.raises(EmissError, match=r"late\.dat.*none of them"):
        readable(tmp_path / "late.dat", layout())


def test_an_opening_of_old_opens_all(tmp_path):
    """Logs without files were written before these were recorded."""
    path = write(made_up(200, 3), tmp_path / "data.parquet")
    entry = blinding.append(tmp_path, "x", layout(), "the selection is frozen")
    old = dataclasses.replace(entry, files=None)
    line = json.dumps({**old.said, "hash": old.hash}, sort_keys=True)
    (tmp_path / blinding.LOG_NAME).write_text(line + "\n")
    assert "files" not in old.said
    assert len(readable(path, layout())) == 200


def test_an_opening_without_data_is_refused(tmp_path):
    with pytest.raises(EmissError, match="holds no files of events"):
        blinding.append(tmp_path, "x", layout(), "the selection is frozen")
    assert not (tmp_path / blinding.LOG_NAME).exists()


def test_files_of_an_opening_cannot_be_added_to_the_log(tmp_path):
    write(made_up(200, 3), tmp_path / "data.parquet")
    blinding.append(tmp_path, "x", layout(), "the selection is frozen")
    path = tmp_path / blinding.LOG_NAME
    entry = json.loads(path.read_text())
    for files in ({**entry["files"], "more.parquet": "0" * 64}, {}, [], None, {"a": 1}):
        path.write_text(json.dumps(entry | {"files": files}) + "\n")
        with pytest.raises(EmissError, match="stay blind"):
            blinding.status_of(tmp_path, layout())


def test_the_log_is_a_chain(tmp_path):
    (tmp_path / "data.parquet").write_bytes(b"events")
    for number in range(3):
        blinding.append(tmp_path, "x", layout(), f"reason number {number} of three")
    path = tmp_path / blinding.LOG_NAME
    lines = path.read_text().splitlines()
    assert len(blinding.read_log(tmp_path)) == 3
    edited = json.loads(lines[1]) | {"reason": "another reason altogether"}
    for damaged in (
        [lines[0], lines[2]],
        [lines[1], lines[2]],
        [lines[0], json.dumps(edited), lines[2]],
        [lines[1], lines[0], lines[2]],
        ["{}"],
        ["not json"],
    ):
        path.write_text("\n".join(damaged) + "\n")
        with pytest.raises(EmissError, match="stay blind"):
            blinding.status_of(tmp_path, layout())
    path.write_bytes(b"")
    with pytest.raises(EmissError, match=r"it is empty.*stay blind"):
        blinding.status_of(tmp_path, layout())


def test_skim_leaves_the_region_out_of_the_file(tmp_path):
    shown, secret = split(made_up(400, 15))
    path = write(mixed(shown, secret, 3), tmp_path / "d.parquet")
    target = tmp_path / "out" / "skim.parquet"
    assert blinding.skim(path, layout(), target) == len(shown)
    found = read_events(target)
    assert np.array_equal(found["event"], shown["event"])
    assert not np.isin(secret["event"], found["event"]).any()
    with pytest.raises(OutputError, match="exists"):
        blinding.skim(path, layout(), target)
    only = write(secret, tmp_path / "secret.parquet")
    with pytest.raises(EmissError, match="no event lies outside"):
        blinding.skim(only, layout(), tmp_path / "none.parquet")
    assert not (tmp_path / "none.parquet").exists()


def test_a_skim_does_not_say_how_many_events_it_lacks(tmp_path, monkeypatch):
    """Its blocks are even, however many events were dropped of each read; numbers have no gaps."""
    monkeypatch.setattr(importlib.import_module("emiss.analysis.blinding.skim"), "SIZE", 64)
    shown, secret = split(made_up(400, 23))
    shown["run"][:] = np.where(np.arange(len(shown)) < 100, 1, 2)
    secret["run"][:] = 1
    files = []
    for name, table in (("with", mixed(shown, secret, 4)), ("without", shown)):
        path = write(table, tmp_path / f"{name}.parquet")
        made = tmp_path / f"skim-{name}.parquet"
        assert blinding.skim(path, layout(), made, renumber=True) == len(shown)
        files.append(made.read_bytes())
    assert files[0] == files[1]
    import pyarrow.parquet as parquet

    about = parquet.ParquetFile(made).metadata
    sizes = [about.row_group(group).num_rows for group in range(about.num_row_groups)]
    assert sizes[:-1] == [64] * (len(sizes) - 1)
    found = read_events(made)
    assert np.array_equal(found["event"], [*range(100), *range(len(shown) - 100)])


def test_bad_files_are_refused_with_file_and_column(tmp_path):
    table = made_up(120, 16, sample="beam")

    def changed(**columns):
        return EventTable({**table.columns, **columns}, table.provenance)

    nan = np.array(table["s1_energy"])
    nan[7] = np.nan
    with pytest.raises(EmissError, match=r"nan\.parquet.*s1_energy.*not finite"):
        batches(write(changed(s1_energy=nan), tmp_path / "nan.parquet"))
    twice = np.array(table["event"])
    twice[50] = twice[3]
    with pytest.raises(EmissError, match="event 3 of run 1 is there twice"):
        batches(write(changed(event=twice), tmp_path / "twice.parquet"))
    other = EventTable(table.columns, {**table.provenance, "schema_version": 99})
    with pytest.raises(EmissError, match="schema version 99"):
        batches(write(other, tmp_path / "version.parquet"))
    few = [c for c in columns_of(layout()) if c.name != "hcal1_cells"]
    write_events(table, few, tmp_path / "few.parquet", "parquet")
    with pytest.raises(EmissError, match="hcal1_cells"):
        batches(tmp_path / "few.parquet")
    data = (tmp_path / "few.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(data[: len(data) // 2])
    with pytest.raises(EmissError, match=r"cut\.parquet"):
        batches(tmp_path / "cut.parquet")
