"""Hashes of what was asked."""

import json
from hashlib import sha256

import numpy as np
import pytest

from emiss import experiments
from emiss.experiments import rows
from emiss.ground.provenance import digest_of


def test_arrays_hash_as_lists():
    numbers = np.array([0.1, 1e-300, 3.0])
    said = {"b": [1, {"z": None, "a": 2}], "a": "x", "masses": numbers, 'quote "': 0.5}
    listed = {**said, "masses": numbers.tolist()}
    text = json.dumps(listed, sort_keys=True, separators=(",", ":"))
    assert digest_of(said) == digest_of(listed) == sha256(text.encode()).hexdigest()
    assert digest_of({"masses": numbers[:2]}) != digest_of({"masses": numbers})


@pytest.mark.parametrize("name", experiments.names())
def test_fingerprints_and_labels_are_those_of_all_that_is_said(name):
    """Texts of layouts are kept apart; the whole is what one pass over everything gives."""
    found = experiments.get(name)
    for one in (found, found.with_on_target(2.0 * found.total_on_target)):
        assert one.fingerprint == digest_of(one.to_dict())
        assert one.labels() == tuple(label for row in rows(one) for label in row.labels())
