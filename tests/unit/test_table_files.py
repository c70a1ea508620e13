"""Tables in files: whole or not at all, and only for the settings they were made for."""

from dataclasses import dataclass

import numpy as np
import pytest

from emiss.ground import table_files
from emiss.ground.errors import EmissError, OutputError


@dataclass
class Table:
    settings: dict


def test_a_failed_write_leaves_nothing_behind(tmp_path):
    class Bad:
        def __array__(self, *_, **__):
            raise OSError("no space left")

    with pytest.raises(OutputError, match="no space left"):
        table_files.write_arrays(tmp_path / "t.npz", {}, {"a": Bad()}, "table")
    assert list(tmp_path.iterdir()) == []
    table_files.write_arrays(tmp_path / "t.npz", {"x": 1}, {"a": np.arange(3)}, "table")
    assert [file.name for file in tmp_path.iterdir()] == ["t.npz"]


def test_other_settings_and_damaged_files_are_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr(table_files, "cache_directory", lambda: tmp_path)
    wanted, made, written = {"a": 1}, [], []

    def make():
        made.append(1)
        return Table(wanted)

    def get(read):
        return table_files.find_or_make(
            "t.npz", wanted, read=read, make=make, write=lambda *pair: written.append(pair)
        )

    assert get(lambda _: Table({"a": 2})).settings == wanted
    assert (len(made), len(written)) == (1, 1)
    (tmp_path / "t.npz").write_bytes(b"")

    def damaged(_):
        raise EmissError("damaged")

    for read, expected in (
        (lambda _: Table({"a": 2}), 2),
        (damaged, 3),
        (lambda _: Table(wanted), 3),
    ):
        assert get(read).settings == wanted
        assert len(made) == expected
