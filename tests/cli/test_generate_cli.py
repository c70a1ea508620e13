"""Signal events in files of other programs: read by their libraries, balanced, weighted."""

import numpy as np
import pyhepmc
import pylhe
import pytest
from closeness import close
from command_line import run_json

from emiss.events.record.signal_files import read_sample
from emiss.experiments import get
from emiss.ground.constants import ELECTRON_MASS
from emiss.ground.errors import EmissError
from emiss.physics.materials import element
from emiss.yields.sampling.generate import generate_signal

NAME = "na64e-2021-2022"
VECTORS = ("weight", "incoming", "boson", "recoil", "photon", "place")


def made(path, seed=3):
    found = run_json(
        "generate", NAME, "--mass", "10MeV", "--events", "200", "--seed", seed, "-o", path
    )
    sample = generate_signal(get(NAME).runs[0].layout, NAME, "dark-photon", 0.01, 200, seed)
    return found, sample


@pytest.mark.parametrize("name", ["a.lhe", "a.lhe.gz", "a.hepmc"])
def test_what_is_read_back_is_what_was_made(tmp_path, name):
    found, sample = made(tmp_path / name)
    back = read_sample(tmp_path / name)
    assert found["events"] == len(sample) == len(back) > 100
    for key in VECTORS:
        # 17 digits in the file; mm to cm and back costs one
        np.testing.assert_allclose(getattr(back, key), getattr(sample, key), rtol=1e-14)
    assert back.process.tolist() == sample.process.tolist()
    assert back.emitter_pdg.tolist() == sample.emitter_pdg.tolist()
    assert dict(back.header) == dict(sample.header)
    assert [back.header[k] for k in ("model", "mass", "seed")] == ["dark-photon", 0.01, 3]


def test_libraries_of_others_read_the_files(tmp_path):
    _, sample = made(tmp_path / "a.lhe")
    made(tmp_path / "a.hepmc")
    lhe = pylhe.LHEFile.fromfile(tmp_path / "a.lhe")
    events = list(lhe.events)
    total = sum(e.eventinfo.weight for e in events)
    close(total, sample.weight.sum(), 1e-12)
    close(sum(p.xSection for p in lhe.init.procInfo), total, 1e-8)
    assert lhe.version == "3.0"
    with pyhepmc.open(str(tmp_path / "a.hepmc")) as file:
        hep = list(file)
    close(sum(e.weights[0] for e in hep), total, 1e-12)
    boson = next(p for p in hep[0].particles if p.pid == 55)
    assert boson.status == 1
    close(boson.momentum.e, sample.boson[0, 0], 1e-14)
    close(hep[0].vertices[0].position.z, 10.0 * sample.place[0, 2], 1e-14)


def test_the_target_takes_the_rest_of_the_momentum(tmp_path):
    made(tmp_path / "a.lhe")
    sample = read_sample(tmp_path / "a.lhe")
    rest = sample.incoming - sample.boson - sample.recoil - sample.photon
    names = np.array(sample.header["processes"])[sample.process]
    radiated = rest[names == "bremsstrahlung"]
    momentum = np.linalg.norm(radiated[:, 1:], axis=1)
    # energy that a nucleus at rest gets, for one of the elements of the target; the sampler keeps
    # energies to 1e-9 of 100 GeV
    lead, heat = element("Pb").nuclear_mass, radiated[:, 0]
    lightest = 0.9
    assert np.all(heat > -1e-7)
    assert np.all(heat <= momentum**2 / (2.0 * lightest) + 1e-7)
    assert np.all(heat >= momentum**2 / (2.0 * lead) * 0.9 - 1e-7)
    annihilated = rest[names == "annihilation"]
    if annihilated.size:
        close(annihilated[:, 0], -ELECTRON_MASS, 0.02)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["-o", "a.txt"], "must end in"),
        (["-o", "absent/a.lhe"], "create it first"),
        (["--events", "0"], "from 1"),
        (["--mass", "200"], "GeV"),
        (["--mass", "200GeV"], "beam energy"),
        (["--model", "gluon"], "unknown model"),
        (["--run", "1999"], "1999"),
    ],
)
def test_input_that_cannot_be_leaves_no_file(tmp_path, monkeypatch, options, words):
    monkeypatch.chdir(tmp_path)
    usual = {"-o": "a.lhe", "--mass": "10MeV", "--events": "10"}
    usual |= {options[0]: options[1]}
    with pytest.raises(EmissError, match=words):
        run_json("generate", NAME, *(x for pair in usual.items() for x in pair))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a.lhe", "a.lhe.gz", "a.hepmc"])
def test_broken_files_are_refused(tmp_path, name):
    (tmp_path / name).write_text("<LesHouchesEvents")
    with pytest.raises(EmissError, match="no complete file"):
        read_sample(tmp_path / name)
    with pytest.raises(EmissError, match="no such file"):
        read_sample(tmp_path / f"b{name}")
