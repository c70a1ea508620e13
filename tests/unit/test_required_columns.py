"""Records that lack a column are refused by every reader, which names file and column."""

from pathlib import Path

import pytest
from event_tables import layout, made_up

from emiss.analysis.blinding import readable, skim, visible
from emiss.events.record import EventTable, columns_of, read_events
from emiss.events.record.batches import iterate_events
from emiss.events.record.files import FORMATS, write_events
from emiss.events.record.schema import EVENT
from emiss.ground.errors import EmissError

FORMS = sorted(FORMATS)
NAMES = [column.name for column in columns_of(layout())]
OF_EVENTS = [column.name for column in EVENT]


def without(name, form, place, *, said=True):
    """A file of three events that lacks a column; its provenance lists that, or does not."""
    table = made_up(3, 5, sample="beam")
    provenance = dict(table.provenance)
    if not said:
        listed = {key: what for key, what in provenance["columns"].items() if key != name}
        provenance["columns"] = listed
    path = place / f"{form}{FORMATS[form]}"
    columns = [column for column in columns_of(layout()) if column.name != name]
    write_events(EventTable(table.columns, provenance), columns, path, form)
    return path


def refused(read, path, name):
    with pytest.raises(EmissError) as caught:
        read()
    assert str(path) in str(caught.value)
    assert f"'{name}'" in str(caught.value)


@pytest.mark.parametrize(
    ("form", "name"),
    [("parquet", name) for name in NAMES]
    + [(form, name) for form in ("root", "rntuple") for name in (*OF_EVENTS, *NAMES[9::12])],
)
def test_a_file_without_a_column_that_it_lists_is_refused(form, name, tmp_path):
    path = without(name, form, tmp_path)
    refused(lambda: read_events(path), path, name)
    refused(lambda: list(iterate_events(path)), path, name)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", OF_EVENTS)
def test_columns_of_every_event_are_required_whatever_the_file_lists(form, name, tmp_path):
    """Also where other columns are asked for, and through the gate of blinded events."""
    path = without(name, form, tmp_path, said=False)
    refused(lambda: read_events(path), path, name)
    refused(lambda: read_events(path, ["s1_energy"]), path, name)
    refused(lambda: list(iterate_events(path, ["run", "spill"])), path, name)
    refused(lambda: list(visible(path, layout())), path, name)
    refused(lambda: readable(path, layout()), path, name)
    refused(lambda: skim(path, layout(), tmp_path / "skim.parquet"), path, name)
    assert not Path(tmp_path / "skim.parquet").exists()


@pytest.mark.parametrize("form", FORMS)
def test_a_column_that_is_asked_for_in_vain_is_named(form, tmp_path):
    table = made_up(3, 6, sample="beam")
    path = tmp_path / f"{form}{FORMATS[form]}"
    write_events(table, columns_of(layout()), path, form)
    assert len(read_events(path, ["weight"])) == 3
    refused(lambda: read_events(path, ["ecal_charm"]), path, "ecal_charm")
    refused(lambda: list(iterate_events(path, ["run", "ecal_charm"])), path, "ecal_charm")


@pytest.mark.parametrize("form", FORMS)
def test_columns_that_came_later_are_not_asked_of_older_files(form, tmp_path):
    """A column may be added within a version: a file need not have what it does not list."""
    path = without("truth_daughter2_energy", form, tmp_path, said=False)
    assert "truth_daughter2_energy" not in read_events(path).columns


@pytest.mark.parametrize("form", FORMS)
def test_a_tree_whose_provenance_forgets_a_column_of_events(form, tmp_path):
    """A tree does not tell an array from a list; Parquet does."""
    table = made_up(3, 7, sample="beam")
    listed = {key: what for key, what in table.provenance["columns"].items() if key != "weight"}
    path = tmp_path / f"{form}{FORMATS[form]}"
    told = EventTable(table.columns, {**table.provenance, "columns": listed})
    write_events(told, columns_of(layout()), path, form)
    if form == "parquet":
        assert read_events(path)["weight"].tolist() == [1.0, 1.0, 1.0]
    else:
        refused(lambda: read_events(path), path, "weight")
