"""Keys of caches with many numbers."""

import copy
import os
import pickle
import subprocess
import sys
from dataclasses import replace

from emiss import experiments, materials

CODE = """
import pickle, sys
from emiss import experiments
layout, material = pickle.loads(sys.stdin.buffer.read())
own = experiments.get("na64e-2016").runs[0].layout
assert layout == own and hash(layout) == hash(own)
assert hash(material) == hash(own.target.material)
"""


def test_equal_ones_hash_alike_in_another_process():
    layout = experiments.get("na64e-2016").runs[0].layout
    material = layout.target.material
    hash((layout, material))
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    subprocess.run(
        [sys.executable, "-c", CODE],
        input=pickle.dumps((layout, material)),
        env=environment,
        check=True,
    )


def test_copies_are_equal_and_other_numbers_differ():
    lead = materials.get("Pb")
    again = copy.deepcopy(lead)
    assert again == lead
    assert hash(again) == hash(lead)
    assert hash(replace(lead, density=12.0)) != hash(lead)
