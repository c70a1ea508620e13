"""Damage to files: of bytes, of text, of JSON, of arrays and of columns."""

from __future__ import annotations

import copy
import hashlib
import io
import json
import random
import re
import zipfile
from functools import lru_cache

import numpy as np

NUMBERS = (
    *("nan", "inf", "-inf", "-1", "0", "1e400", "1e-400", "1e308", "-1e308", "9" * 400, "0x1"),
    *("3_0", "\u0663", "ten", "", "true", "null", "1.5", "1e30", "2147483648", "-0.0", "1e-30"),
)
PIECES = (
    *(",", ";", "\t", "\n", "#", "{", "}", "[", "]", "'", '"', ":"),
    *("\x00", "\ud7ff", "\x0b", "<", ">", "..", "/dev/zero", "\ufeff", "\\u0000"),
    *("&a ", "*a", "null", "[" * 2000, '{"a":' * 500, "\r", "="),
)  # fmt: skip
VALUES = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, 10**30, 1e308, -1e308, 1e-320, 0.5, "", "x"),
    *("nan", [], {}, [None], [1, 2], {"a": 1}, [[1.0]], "x" * 3000, [0.0] * 3, "../x"),
)


def bytes_damaged(raw: bytes, dice: random.Random) -> bytes:
    """A few bytes changed, removed, put in, or the end cut off."""
    data = bytearray(raw)
    for _ in range(dice.choice((1, 1, 2, 5))):
        at, length = dice.randrange(len(data) + 1), dice.choice((1, 1, 4, 40, 400))
        kind = dice.randrange(5)
        if kind == 0:
            for i in range(at, min(at + length, len(data))):
                data[i] = dice.randrange(256)
        elif kind == 1:
            del data[at : at + length]
        elif kind == 2:
            data[at:at] = bytes(dice.randrange(256) for _ in range(length))
        elif kind == 3:
            data[at:at] = data[max(0, at - length) : at]
        else:
            del data[at:]
    return bytes(data)


def text_damaged(raw: bytes, dice: random.Random) -> bytes:
    """Numbers and marks exchanged, lines twice or gone."""
    text = raw.decode("utf-8", "replace")
    for _ in range(dice.choice((1, 1, 2, 4))):
        kind = dice.randrange(4)
        if kind == 0 and (found := list(re.finditer(r"-?\d[\d.]*(?:[eE][+-]?\d+)?", text))):
            match = dice.choice(found)
            text = text[: match.start()] + dice.choice(NUMBERS) + text[match.end() :]
        elif kind == 1:
            at = dice.randrange(len(text) + 1)
            text = text[:at] + dice.choice(PIECES) + text[at + dice.randrange(8) :]
        else:
            lines = text.split("\n")
            at = dice.randrange(len(lines))
            lines[at : at + 1] = [] if kind == 2 else [lines[at]] * 2
            text = "\n".join(lines)
    return text.encode("utf-8", "surrogatepass")


def json_damaged(raw: bytes, dice: random.Random) -> bytes:
    """Values of another kind, keys gone, renamed or new."""
    tree = json.loads(raw)
    for _ in range(dice.choice((1, 1, 2))):
        places = list(_leaves(tree))
        if not places:
            break
        # Every depth alike: long lists would else take all.
        depth = dice.choice(sorted({len(place) for place in places}))
        *parents, last = dice.choice([place for place in places if len(place) == depth])
        inner = tree
        for key in parents:
            inner = inner[key]
        kind = dice.randrange(5)
        if kind == 0:
            del inner[last]
        elif kind == 1 and isinstance(inner, dict):
            inner[dice.choice(("", "x", "format", last + "_"))] = inner.pop(last)
        elif kind == 2 and isinstance(inner, list):
            inner.append(copy.deepcopy(inner[last]))
        else:
            inner[last] = copy.deepcopy(dice.choice(VALUES))
    if dice.randrange(30) == 0:
        tree = dice.choice(VALUES)
    return json.dumps(tree, allow_nan=True).encode()


def _leaves(tree, place=()):
    if isinstance(tree, dict | list):
        for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield (*place, key)
            yield from _leaves(value, (*place, key))


@lru_cache(maxsize=1)
def _arrays(raw: bytes):
    with np.load(io.BytesIO(raw), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def archive_damaged(raw: bytes, dice: random.Random) -> bytes:
    """Arrays of another kind, shape or value in an archive whose checksum is right."""
    arrays = dict(_arrays(raw))
    name = dice.choice(sorted(arrays))
    kind = dice.randrange(6)
    if name == "meta" or kind == 0:
        text = json_damaged(str(arrays["meta"]).encode(), dice).decode()
        arrays["meta"] = np.array(text)
    elif kind == 1:
        del arrays[name]
    elif kind == 2:
        array = arrays[name].astype(float)
        array.flat[dice.randrange(array.size)] = dice.choice((np.nan, np.inf, -1.0, 1e300, 0.0))
        with np.errstate(invalid="ignore", over="ignore"):  # not a number among whole ones
            arrays[name] = array.astype(arrays[name].dtype) if dice.randrange(2) else array
    elif kind == 3:
        arrays[name] = dice.choice((arrays[name][..., None], arrays[name][:0], arrays[name][:1]))
    elif kind == 4:
        arrays[name] = dice.choice((np.array("x"), np.array([True]), arrays[name].astype(complex)))
    else:
        arrays[name] = arrays[name][::-1]
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.comment = b"0" * 64
    body = stream.getvalue()[:-64]
    return body + hashlib.sha256(body).hexdigest().encode()


def parquet_damaged(raw: bytes, dice: random.Random) -> bytes:
    """Columns gone, of another kind, with other values or widths; other provenance."""
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(io.BytesIO(raw))
    kind = dice.randrange(6)
    name = dice.choice(table.column_names)
    at, size = table.column_names.index(name), len(table)
    if kind == 0:
        about = dict(table.schema.metadata)
        about[b"emiss"] = json_damaged(about[b"emiss"], dice)
        table = table.replace_schema_metadata(about)
    elif kind == 1:
        table = table.remove_column(at)
    elif kind == 2:
        table = table.set_column(at, dice.choice((name + "_", "x", "")), table.column(at))
    else:
        made = dice.choice(
            (
                ["x"] * size, [None] * size, [float("nan")] * size, [float("inf")] * size,
                [1e300] * size, [-1.0] * size, [[1.0]] * size, [[]] * size, [True] * size,
                [{"a": 1}] * size, [2**62] * size, [None] * (size - 1) + [1.0],
            )
        )  # fmt: skip
        table = table.set_column(at, name, [pyarrow.array(made)])
    stream = io.BytesIO()
    pyarrow.parquet.write_table(table, stream)
    return stream.getvalue()
