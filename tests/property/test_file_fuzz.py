"""Damaged files of every kind: one sentence that refuses, or a result without a NaN.

``make fuzz`` tries ten thousand of each; EMISS_FUZZ sets their number.
"""

import os
import random
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from damage import bytes_damaged, json_damaged
from file_kinds import KINDS
from hostile import numbers_in
from test_cli_fuzz import PER_PROCESS_S, TooLong, deadline

from emiss.ground.errors import EmissError

LONG = int(os.environ.get("EMISS_FUZZ") or 0)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """Folder with a good file of each kind, made when first asked for."""
    made = {}

    def folder(kind):
        if kind.name not in made:
            made[kind.name] = tmp_path_factory.mktemp("good")
            kind.make(made[kind.name] / kind.name)
            # The first reading may compile kernels, which must not be broken off.
            copy = shutil.copytree(made[kind.name], tmp_path_factory.mktemp("first") / "f")
            assert answer(kind, copy / kind.name, 60 * PER_PROCESS_S) is not None
        return made[kind.name]

    return folder


def answer(kind, path, seconds=PER_PROCESS_S):
    """What emiss answers; None if it refuses in one sentence."""
    try:
        with deadline(seconds):
            found = kind.read(path)
    except EmissError as error:
        return None if 0 < len(str(error)) < 2000 else pytest.fail(f"{len(str(error))} letters")
    except TooLong:
        raise AssertionError(f"no answer within {seconds} s") from None
    for array in numbers_in(found):
        assert not np.isnan(array).any(), "not a number among the results"
    return found


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_good_file_is_read(kind, good, tmp_path):
    folder = shutil.copytree(good(kind), tmp_path / "f")
    assert answer(kind, folder / kind.name) is not None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
# A reader of others that is broken off leaves its file to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_damaged_files(kind, good):
    raw = (good(kind) / kind.name).read_bytes()
    for seed in range(LONG * kind.quick // 25 or kind.quick):
        dice = random.Random(f"{kind.name} {seed}")
        damaged = dice.choice(kind.damages)(raw, dice)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(shutil.copytree(good(kind), Path(name) / "f"))
            (folder / kind.name).write_bytes(damaged)
            try:
                answer(kind, folder / kind.name)
            except Exception as error:
                error.add_note(f"{kind.name}, damage {seed}")
                raise


def test_damage_is_the_same_for_the_same_dice():
    raw = b'{"a": [1, 2.5, "text"], "b": {"c": null}}'
    for damage in (bytes_damaged, json_damaged):
        assert damage(raw, random.Random(3)) == damage(raw, random.Random(3)) != raw
