"""What a file of events may say: whole numbers, lists that fit, readings that can be."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from event_tables import layout, made_up

from emiss.analysis.blinding import hidden
from emiss.analysis.blinding.gate import visible
from emiss.analysis.reconstruction import columns_needed, reconstruct
from emiss.events.record import EventTable, Ragged, columns_of
from emiss.events.record.checked import checked_table
from emiss.events.record.files import write_events
from emiss.events.record.root import _LARGEST_PAGE, _check_pages
from emiss.ground.errors import EmissError


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ({"event": np.array([0.0, np.nan])}, "'event' must hold whole numbers"),
        ({"run": np.array([1.0, np.inf])}, "'run' must hold whole numbers"),
        ({"run": np.array([1.0, 1e300])}, "'run' must hold whole numbers"),
        ({"trigger": np.array([1.0, 1.5])}, "'trigger' must hold whole numbers"),
        ({"x": Ragged(np.zeros(3), np.array([0, 1, 2]))}, "lengths of its lists"),
        ({"x": Ragged(np.zeros(3), np.array([0, 5, 3]))}, "lengths of its lists"),
        ({"x": Ragged(np.zeros(3), np.array([1, 2, 3]))}, "lengths of its lists"),
        ({"x": Ragged(np.zeros(2000), np.array([0, 1, 2000]))}, "more than 1000 numbers"),
        ({"x": np.array(["a", "b"])}, "does not hold numbers"),
    ],
)
def test_columns_that_no_file_of_events_has(column, words):
    good = {"event": np.array([0.0, 2.0]), "x": Ragged(np.zeros(3), np.array([0, 1, 3]))}
    assert checked_table(EventTable(good), Path("a")) is not None
    with pytest.raises(EmissError, match=words):
        checked_table(EventTable({**good, **column}), Path("a"))


def test_pages_of_an_ntuple_are_bounded_before_room_is_made_for_them():
    def tree(count):
        page = SimpleNamespace(num_elements=count)
        return SimpleNamespace(page_link_list=[[SimpleNamespace(pages=[page])]])

    _check_pages(tree(_LARGEST_PAGE))
    for count in (_LARGEST_PAGE + 1, -1):
        with pytest.raises(ValueError, match="a page of"):
            _check_pages(tree(count))


def test_readings_and_weights_beyond_any_are_refused_and_never_of_hidden_events(tmp_path):
    pytest.importorskip("pyarrow")
    for name, value in (("s1_energy", 1e30), ("weight", 1e300)):
        table = made_up(40, 3, sample="beam")
        column = np.array(table[name])
        column[7] = value
        spoilt = EventTable({**table.columns, name: column}, table.provenance)
        write_events(spoilt, columns_of(layout()), tmp_path / "e.parquet", "parquet")
        with pytest.raises(EmissError, match=rf"'{name}' has values above 1e\+15"):
            list(visible(tmp_path / "e.parquet", layout()))
    table = made_up(40, 3)
    inside = hidden(layout(), reconstruct(table, layout()))
    assert 0 < inside.sum() < 40
    column = np.where(inside, np.float32(3e38), table["s1_energy"])
    spoilt = EventTable({**table.columns, "s1_energy": column}, table.provenance)
    write_events(spoilt, columns_of(layout()), tmp_path / "data.parquet", "parquet")
    read = list(visible(tmp_path / "data.parquet", layout()))
    assert sum(len(batch.table) for batch in read) == 40 - inside.sum()


def test_a_flipped_bit_of_a_file_is_noticed_or_changes_nothing(tmp_path):
    """Blocks carry checksums: none of 60 flips gives other numbers, as 6 in 10 do without them."""
    path, random = tmp_path / "d.parquet", np.random.default_rng(4)
    write_events(made_up(60, 4), columns_of(layout()), path, "parquet")
    whole = path.read_bytes()
    (known,) = visible(path, layout())
    messages = []
    for _ in range(60):
        damaged = bytearray(whole)
        damaged[random.integers(len(whole))] ^= 1 << random.integers(8)
        path.write_bytes(bytes(damaged))
        try:
            (found,) = visible(path, layout())
        except EmissError as error:
            messages.append(str(error))
            continue
        for name, other in found.table.columns.items():
            column = known.table.columns.get(name)
            if column is None:
                assert name not in columns_needed(layout())  # a name of the file's end was hit
                continue
            assert np.array_equal(
                getattr(other, "values", other), getattr(column, "values", column), equal_nan=True
            )
    assert len(messages) > 30
    assert all(str(path) in message for message in messages)


def test_a_directory_of_files_is_read_whole(tmp_path):
    """Recorded data are files of any name; only of a campaign unfinished ones are left out."""
    for number, form in enumerate(("parquet", "root")):
        table = made_up(50, number, first=50 * number, inside=0.0)
        write_events(table, columns_of(layout()), tmp_path / f"run-{number}.{form}", form)
    (tmp_path / "notes.txt").write_text("no events")
    found = np.concatenate([batch.table["event"] for batch in visible(tmp_path, layout())])
    assert np.array_equal(found, np.arange(100))
    (tmp_path / "campaign.json").write_text("{}")
    with pytest.raises(EmissError, match="no finished chunk of a campaign"):
        list(visible(tmp_path, layout()))
    (tmp_path / "empty").mkdir()
    with pytest.raises(EmissError, match="holds no files of events"):
        list(visible(tmp_path / "empty", layout()))
