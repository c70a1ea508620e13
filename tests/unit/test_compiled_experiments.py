"""Experiments that are kept as they were read are those of the text, and nothing else is used."""

from __future__ import annotations

import json
import shutil
import zlib

import pytest

from emiss.experiments import compiled as room
from emiss.experiments import loader
from emiss.experiments.compiled import compiled, decoded, encoded
from emiss.ground.shipped import shipped_path

CATALOGUE = loader._CATALOGUE
KEPT = sorted(path.name.removesuffix(".json.z") for path in shipped_path("experiments").iterdir())


@pytest.mark.parametrize("name", KEPT)
def test_what_is_kept_is_what_the_text_says(name):
    path = CATALOGUE / f"{name}.toml"
    kept, read = compiled(path), loader.load(path)
    assert kept is not None, "a file of the catalogue changed: run `make catalogue`"
    assert repr(kept) == repr(read)  # fields that do not count when experiments are compared, too
    assert kept == read
    assert kept.fingerprint == read.fingerprint
    for one, other in zip(kept.runs, read.runs, strict=True):
        assert hash(one.layout) == hash(other.layout)
        assert one.acceptance.folder == other.acceptance.folder


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Files of the catalogue and what is kept of them, to be changed."""
    folder, kept = tmp_path / "catalogue", tmp_path / "kept"
    shutil.copytree(CATALOGUE, folder)
    shutil.copytree(shipped_path("experiments"), kept)
    monkeypatch.setattr(room, "shipped_path", lambda _, name: kept / name)
    return folder, kept


def test_other_text_is_read_again(copy):
    folder, _ = copy
    assert compiled(folder / "na64e-2016-2022.toml") is not None
    part = folder / "na64e-2016.toml"  # one of the files that it combines
    part.write_text(part.read_text() + "\n# a remark\n")
    assert compiled(folder / "na64e-2016-2022.toml") is None
    assert compiled(folder / "na64mu-2022.toml") is not None


@pytest.mark.parametrize("damage", [b"", b"{}", zlib.compress(b"{}"), zlib.compress(b"[1, 2]")])
def test_a_damaged_file_is_not_used(copy, damage):
    folder, kept = copy
    (kept / "na64mu-2022.json.z").write_bytes(damage)
    assert compiled(folder / "na64mu-2022.toml") is None


def test_other_fields_of_a_class_are_not_filled_by_guess():
    record = encoded(loader.get("na64mu-2022"), CATALOGUE)
    record = json.loads(json.dumps(record))
    assert decoded(record, CATALOGUE) == loader.get("na64mu-2022")
    record["classes"]["Beam"] = [*record["classes"]["Beam"], "colour"]
    assert decoded(record, CATALOGUE) is None
    record["classes"]["Wheel"] = record["classes"].pop("Beam")
    assert decoded(record, CATALOGUE) is None


def test_an_experiment_without_a_kept_form_is_read_from_its_text(copy):
    folder, kept = copy
    (kept / "na64mu-2022.json.z").unlink()
    assert compiled(folder / "na64mu-2022.toml") is None
    assert loader.get("na64mu-2022").name == "na64mu-2022"
