"""Hashes of what was asked."""

import json
from hashlib import sha256

import numpy as np

from emiss.ground.provenance import digest_of


def test_arrays_hash_as_lists():
    numbers = np.array([0.1, 1e-300, 3.0])
    said = {"b": [1, {"z": None, "a": 2}], "a": "x", "masses": numbers, 'quote "': 0.5}
    listed = {**said, "masses": numbers.tolist()}
    text = json.dumps(listed, sort_keys=True, separators=(",", ":"))
    assert digest_of(said) == digest_of(listed) == sha256(text.encode()).hexdigest()
    assert digest_of({"masses": numbers[:2]}) != digest_of({"masses": numbers})
