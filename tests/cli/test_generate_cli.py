"""Signal events in files of other programs: read by their libraries, balanced, weighted."""

import math

import numpy as np
import pyhepmc
import pylhe
import pytest
from closeness import close
from command_line import run_json

from emiss.events.record.signal_files import read_sample
from emiss.events.signal.decays.excited import dark_masses
from emiss.events.signal.flight import flight_of
from emiss.experiments import get
from emiss.ground.constants import ELECTRIC_CHARGE, ELECTRON_MASS, HBARC_GEV_CM
from emiss.ground.errors import EmissError
from emiss.physics.materials import element
from emiss.physics.models import get as get_model
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


STRENGTHS = {
    "dark-photon": 1.0,
    "b-l": 1.0 / ELECTRIC_CHARGE**2,
    "lmu-ltau": 1.0 / 69.3**2,  # of the loops, at low mass
}


@pytest.mark.parametrize("model", STRENGTHS)
def test_weights_are_at_coupling_one_of_the_model(tmp_path, model):
    """As those of `emiss yields`: of L_mu - L_tau not at a coupling of e to the electron."""
    asked = ("generate", NAME, "--model", model, "--mass", "20MeV", "--events", "200")
    free = run_json(*asked, "-o", tmp_path / "free.lhe")["weight_sum"]
    made = generate_signal(get(NAME).runs[0].layout, NAME, "dark-photon", 0.02, 200, 1)
    # the loops change by 0.2 % up to this mass, and with the width the rare annihilation
    close(free, made.weight.sum() * STRENGTHS[model], 0.01)


@pytest.mark.parametrize("model", ["dark-photon", "lmu-ltau", "scalar", "alp"])
def test_weights_go_with_the_square_of_the_coupling(tmp_path, model):
    """Of bosons that live long, or decay to one final state alone."""
    asked = ("generate", NAME, "--model", model, "--mass", "20MeV", "--events", "200")
    free = run_json(*asked, "-o", tmp_path / "free.lhe")["weight_sum"]
    bound = run_json(*asked, "-o", tmp_path / "a.lhe", "--coupling", "1e-8")["weight_sum"]
    close(free, bound / 1e-16, 1e-9)


def test_masses_in_files_are_those_of_the_four_vectors(tmp_path):
    """A boson far off its mass, as a wide resonance makes it, would be moved by programs of others.

    Those on it keep theirs to the last digit: four-vectors alone know it to 1e-16 of the energy.
    """
    asked = ("generate", "na64e-plus-2022", "--mass", "100MeV", "--events", "60", "-o")
    run_json(*asked, tmp_path / "a.lhe")
    listed, bosons = [], []
    for event in pylhe.LHEFile.fromfile(tmp_path / "a.lhe").events:
        for p in event.particles:
            square = p.e**2 - p.px**2 - p.py**2 - p.pz**2
            assert abs(square - p.m**2) < 1e-9 * p.e**2
            (bosons if int(p.id) == 55 else listed).append(p.m)
    assert max(bosons) > 0.11
    assert np.count_nonzero(np.array(bosons) == 0.1) > 20
    assert set(listed) <= {5.10998950e-4, 0.0}


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


VISIBLE = ("na64-visible-2017", 0.0167, "dark-photon", {"dark_matter": "none"}, 3e-4)
SPLIT = ("na64e-2021-2022", 0.2, "inelastic-dark-matter", {"splitting": "0.4"}, 3e-3)


def decaying(path, case, events):
    name, mass, model, settings, coupling = case
    chosen = [text for pair in settings.items() for text in ("--set", "=".join(pair))]
    found = run_json(
        "generate", name, "--mass", f"{mass}GeV", "--model", model, *chosen, "--coupling", coupling,
        "--events", events, "-o", path,
    )  # fmt: skip
    layout = get(name).runs[0].layout
    sample = generate_signal(layout, name, model, mass, events, 1, coupling, settings=settings)
    assert (found["decayed"], found["coupling"]) == ((sample.decays.pdg[:, 0] != 0).sum(), coupling)
    return sample


@pytest.mark.parametrize("case", [VISIBLE, SPLIT])
@pytest.mark.parametrize("name", ["a.lhe", "a.hepmc"])
def test_decays_are_read_back(tmp_path, name, case):
    sample = decaying(tmp_path / name, case, 150)
    back = read_sample(tmp_path / name)
    for key in VECTORS:
        np.testing.assert_allclose(getattr(back, key), getattr(sample, key), rtol=1e-14)
    decayed = sample.decays.pdg[:, 0] != 0
    assert decayed.any()
    for key in ("excited", "companion", "pdg", "daughters"):
        np.testing.assert_allclose(
            getattr(back.decays, key), getattr(sample.decays, key), rtol=1e-14
        )
    np.testing.assert_allclose(back.decays.place[decayed], sample.decays.place[decayed], rtol=1e-13)
    assert np.isnan(back.decays.place[~decayed]).all()
    # momentum is kept: excited and other dark matter make up the boson, daughters what decays
    flying = np.where(sample.decays.excited[:, :1] > 0.0, sample.decays.excited, sample.boson)
    made = sample.decays.daughters.sum(axis=1)[decayed]
    np.testing.assert_allclose(made, flying[decayed], rtol=1e-12, atol=1e-12)


def test_libraries_of_others_find_the_decays(tmp_path):
    # decays of this search lie in its own volume, of which the yield is that of `emiss simulate`
    sample = decaying(tmp_path / "a.lhe", VISIBLE, 150)
    decaying(tmp_path / "a.hepmc", VISIBLE, 150)
    mass = VISIBLE[1]
    lhe = list(pylhe.LHEFile.fromfile(tmp_path / "a.lhe").events)
    with pyhepmc.open(str(tmp_path / "a.hepmc")) as file:
        hep = list(file)
    assert len(lhe) == len(hep) == len(sample)
    for row, (one, other) in enumerate(zip(lhe, hep, strict=True)):
        path = sample.decays.place[row] - sample.place[row]
        pair = [p for p in one.particles if p.mother1 == 2]
        assert sorted(p.id for p in pair) == [-11, 11]
        assert [p.status for p in pair] == [1, 1]
        boson = one.particles[1]
        assert (boson.id, boson.status) == (55, 2)
        # proper lifetime times c, in mm; a narrow resonance is spread over 0.3 % in mass squared
        close(boson.m, mass, 0.0016)
        momentum = np.linalg.norm(sample.boson[row, 1:])
        close(boson.lifetime, 10.0 * np.linalg.norm(path) * boson.m / momentum, 1e-8)
        decay = next(p for p in other.particles if p.pid == 55).end_vertex
        assert sorted(p.pid for p in decay.particles_out) == [-11, 11]
        place = [decay.position.x, decay.position.y, decay.position.z]
        np.testing.assert_allclose(place, 10.0 * sample.decays.place[row], rtol=1e-13)
        energy = sum(p.momentum.e for p in decay.particles_out)
        close(energy, sample.boson[row, 0], 1e-12)
        # nothing is faster than light, and of these bosons nothing much slower
        born = other.vertices[0].position
        since, along = decay.position.t - born.t, 10.0 * np.linalg.norm(path)
        assert along < since < along * (1.0 + 1e-5)


def test_weights_of_decays_are_those_of_the_flight(tmp_path):
    """Bosons decay before the end of the apparatus as often as their lifetime says."""
    sample = decaying(tmp_path / "a.lhe", SPLIT, 400)
    flight = flight_of(get_model(SPLIT[2], SPLIT[3]), SPLIT[1], SPLIT[4])
    layout = get(SPLIT[0]).runs[0].layout
    end = max(element.known_end for element in layout.elements)
    momentum = np.linalg.norm(sample.decays.excited[:, 1:], axis=1)
    length = momentum / dark_masses(flight.model, SPLIT[1])[1] * HBARC_GEV_CM / flight.width
    cosine = sample.decays.excited[:, 3] / momentum
    chance = -np.expm1(-(end - sample.place[:, 2]) / cosine / length)
    found, spread = (sample.decays.pdg[:, 0] != 0).sum(), math.sqrt((chance * (1 - chance)).sum())
    assert 20 < found < 380
    assert abs(found - chance.sum()) < 4.0 * spread  # false alarm 6e-5


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
        (["--coupling", "0"], "positive"),
        (["--decay-volume", "1m:2m"], "needs a coupling"),
        (["--decay-volume", "1m"], "low:high"),
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
