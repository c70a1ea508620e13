"""Tables in files: whole or not at all, only for their settings, and never trusted when damaged."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from dataclasses import dataclass

import numpy as np
import pytest

from emiss.ground import notices, table_files
from emiss.ground.errors import EmissError, OutputError
from emiss.ground.shipped import shipped_path
from emiss.ground.table_files import Column, TableKind, hashed_settings
from emiss.physics.processes import bremsstrahlung_table_file as bremsstrahlung_table
from emiss.yields.acceptance import preshower_table as preshower
from emiss.yields.acceptance.recoil_tables import MUONS


@dataclass(eq=False)
class Table:
    settings: dict
    x: np.ndarray
    y: np.ndarray


COLUMNS = {"x": Column(("n",), 0.0, ascending=True), "y": Column(("n", "k"), 0.0, 1.0)}
KIND = TableKind(
    "test table",
    COLUMNS,
    lambda t: (t.settings, {"x": t.x, "y": t.y.astype(np.float32)}),
    lambda meta, arrays: Table(meta, **arrays),
)
SETTINGS = hashed_settings({"a": 1, "b": [0.5, "text"]})
REAL = {
    "bremsstrahlung": (bremsstrahlung_table.FILES, "bremsstrahlung_C_e_elastic.npz"),
    "muon": (MUONS.files, "muon_acceptance_vector_*.npz"),
    "preshower": (preshower.FILES, "preshower_100gev_*.npz"),
}


def table(**changes):
    given = {"settings": SETTINGS, "x": np.arange(3.0), "y": np.full((3, 2), 1 / 3)}
    return Table(**(given | changes))


@pytest.fixture(autouse=True)
def fresh(monkeypatch, tmp_path):
    monkeypatch.setattr(table_files, "cache_directory", lambda: tmp_path / "cache")
    monkeypatch.setattr(table_files, "_KEPT", {})
    monkeypatch.setattr(notices, "_GIVEN", set())
    return tmp_path / "cache"


def test_a_failed_write_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(table_files.os, "fdopen", full)
    with pytest.raises(OutputError, match="No space left"):
        KIND.write(table(), tmp_path / "t.npz")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    KIND.write(table(), tmp_path / "t.npz")
    assert [file.name for file in tmp_path.iterdir()] == ["t.npz"]
    with np.load(tmp_path / "t.npz") as archive:  # an archive like any other
        assert json.loads(str(archive["meta"])) == SETTINGS


def test_what_is_made_is_what_is_read_back(fresh):
    made = []

    def make():
        made.append(1)
        return table()

    first = KIND.find_or_make("t.npz", SETTINGS, make)
    second = KIND.find_or_make("t.npz", SETTINGS, make)
    assert len(made) == 1
    assert first.y[0, 0] == np.float32(1 / 3)  # not the double that was made
    np.testing.assert_array_equal(first.y, second.y)
    other = hashed_settings({"a": 2, "b": [0.5, "text"]})
    KIND.find_or_make("t.npz", other, lambda: table(settings=other))
    assert KIND.read(fresh / "t.npz").settings == other


def test_an_unwritable_cache_makes_a_table_once(fresh, caplog):
    fresh.write_text("not a folder", "utf-8")
    made = []

    def make():
        made.append(1)
        return table()

    tables = [KIND.find_or_make("t.npz", SETTINGS, make) for _ in range(3)]
    assert len(made) == 1
    for found in tables:
        assert found.y[0, 0] == np.float32(1 / 3)
    assert len(caplog.records) == 1
    assert "cannot write the test table" in caplog.text
    other = hashed_settings({"a": 3})
    assert KIND.find_or_make("t.npz", other, lambda: table(settings=other)).settings == other


def test_a_damaged_file_is_named_and_made_again(fresh, caplog):
    KIND.find_or_make("t.npz", SETTINGS, table)
    path = fresh / "t.npz"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with caplog.at_level(logging.WARNING):
        KIND.find_or_make("t.npz", SETTINGS, table)
    assert str(path) in caplog.text
    assert "made again" in caplog.text
    assert KIND.read(path).settings == SETTINGS


@pytest.mark.parametrize(
    "changes",
    [
        {"x": np.array([0.0, np.nan, 2.0])},
        {"x": np.array([0.0, np.inf, 2.0])},
        {"x": np.array([0.0, 1.0, 1e31])},
        {"x": np.array([0.0, 2.0, 1.0])},
        {"x": np.array([0.0, 1.0, 1.0])},
        {"x": np.array([-1.0, 0.0, 1.0])},
        {"x": np.zeros(0), "y": np.zeros((0, 2))},
        {"x": np.array(["a", "b", "c"])},
        {"x": np.arange(3)},
        {"x": np.arange(2.0)},
        {"x": np.arange(3.0)[:, None]},
        {"x": np.array(1.0)},
        {"x": np.arange(3.0) + 0j},
        {"y": np.full((3, 2), 1.5)},
        {"y": np.full((3, 2), np.nan)},
        {"y": np.full((3, 0), 0.5)},
    ],
    ids=lambda changes: f"{next(iter(changes))}-{next(iter(changes.values())).tolist()}",
)
def test_arrays_of_another_kind_are_damage(tmp_path, changes):
    # the checksum is right: a program wrote this
    KIND.write(table(**changes), tmp_path / "t.npz")
    with pytest.raises(EmissError, match=r"cannot read the test table .*t\.npz"):
        KIND.read(tmp_path / "t.npz")


def _signed(arrays):
    """Bytes of an archive with a right checksum and whatever content."""
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.comment = b"0" * 64
    body = stream.getvalue()[:-64]
    return body + table_files._digest(body)


@pytest.mark.parametrize("name", REAL)
def test_content_of_the_real_kinds_is_checked(name, tmp_path):
    kind, pattern = REAL[name]
    path = min(shipped_path("tables").glob(pattern))
    target = tmp_path / "t.npz"
    with np.load(path) as archive:
        good = dict(archive)
    target.write_bytes(_signed(good))
    kind.read(target)  # the way of writing alone is no damage
    meta = json.loads(str(good["meta"]))
    bad = [{"meta": np.array("[" * 100_000)}, {"meta": np.array("{}")}, {"meta": np.array("text")}]
    for key in set(good) - {"meta"}:
        values = good[key]
        bad += [{key: values[:0]}, {key: values.astype(str)}, {key: values.ravel()[:-1]}]
        if values.dtype.kind == "f":
            holed = values.copy()
            holed.flat[-1] = np.nan
            bad += [{key: holed}, {key: values - 2.0}, {key: values + 2.0}]
    if name == "muon":
        bad += [
            {"flow": good["flow"][:, ::-1].copy()},
            {"masses": good["masses"] * 1.01},
            {"flow": good["flow"][:, :-1]},
        ]
    if name == "preshower":
        bad.append({"meta": np.array(json.dumps(meta | {"mean_share": 7.0}))})
    if name == "bremsstrahlung":
        for key in ("log_step", "interpolation_error"):
            bad += [{"meta": np.array(json.dumps(meta | {key: x}))} for x in ("nan", -1.0, True, 7)]
        bad += [{"planes": good["planes"][:, ::-1].copy()}, {"planes": good["planes"][:3]}]
    for changes in bad:
        target.write_bytes(_signed(good | changes))
        with pytest.raises(EmissError, match="cannot read"):
            kind.read(target)
    with pytest.raises(EmissError, match="no such file"):
        kind.read(tmp_path / "none.npz")
    with pytest.raises(EmissError, match="no such file"):
        kind.read(tmp_path)


def _damaged(good: bytes, random: np.random.Generator) -> bytes:
    """One of: bits flipped, cut, zeros in between, bytes doubled, noise, another archive."""
    data, way = bytearray(good), random.integers(6)
    start, stop = sorted(int(v) for v in random.integers(0, len(data), 2))
    if way == 0:
        for place in random.integers(0, len(data), int(random.integers(1, 9))):
            data[place] ^= 1 << int(random.integers(8))
    elif way == 1:
        del data[start:]
    elif way == 2:
        data[start : stop + 1] = bytes(stop + 1 - start)
    elif way == 3:
        data[start:start] = data[start : stop + 1]
    elif way == 4:
        data[start : stop + 1] = random.bytes(stop + 1 - start)
    else:
        stream = io.BytesIO()
        np.savez(stream, meta=np.array("{}"), x=random.random(int(random.integers(5))))
        data = bytearray(stream.getvalue())
    return bytes(data)


@pytest.mark.parametrize("name", REAL)
def test_damaged_files_are_refused_with_one_kind_of_error(name, tmp_path):
    kind, pattern = REAL[name]
    path = min(shipped_path("tables").glob(pattern))
    good, target = path.read_bytes(), tmp_path / "t.npz"
    random = np.random.default_rng(9)
    refused = 0
    for _ in range(1500):
        data = _damaged(good, random)
        target.write_bytes(data)
        if data == good:
            continue
        with pytest.raises(EmissError, match="cannot read"):
            kind.read(target)
        refused += 1
    assert refused > 1450  # runs of zeros can be all zeros before
    # the parser itself, behind a checksum that is right
    for _ in range(500):
        body = _damaged(good, random)[:-64]
        target.write_bytes(body + table_files._digest(body))
        try:
            found = kind.read(target)
        except EmissError:
            continue
        assert found.settings["sha256"]


def test_files_that_unpack_to_too_much_are_refused(tmp_path):
    target = tmp_path / "t.npz"
    zeros = np.zeros(table_files._MOST_BYTES // 8 + 1)
    target.write_bytes(_signed({"meta": np.array("{}"), "x": zeros}))
    with pytest.raises(EmissError, match="too large"):
        KIND.read(target)


def test_hashes_are_those_of_the_content():
    assert hashed_settings({"b": 1, "a": 2}) == hashed_settings({"a": 2, "b": 1})
    assert hashed_settings({"a": 2}) != hashed_settings({"a": 2.5})
    near = {"a": (0.1 + 0.2, {"b": 3})}, {"a": (0.3, {"b": 3})}
    assert hashed_settings(near[0]) != hashed_settings(near[1])
    assert hashed_settings(near[0], digits=12) == hashed_settings(near[1], digits=12)


def test_no_home_no_folder_in_the_working_directory(monkeypatch):
    import platformdirs

    monkeypatch.undo()
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda _: "~/.cache/emiss")
    assert table_files.cache_directory().is_absolute()
