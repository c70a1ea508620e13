"""Files of every kind that emiss reads: a good one, how it is damaged, and how it is read."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from curve_seeds import SEEDS
from damage import (
    archive_damaged,
    bytes_damaged,
    json_damaged,
    parquet_damaged,
    text_damaged,
)

import emiss

RUN = "na64e-2021-2022"


@dataclass(frozen=True)
class FileKind:
    """One kind of file.

    Parameters
    ----------
    name : str
        Name of the file, in an empty folder.
    make : callable
        Writes a good one at a path.
    read : callable
        What emiss does with it; takes the path.
    damages : tuple of callable
        Kinds of damage; take bytes and dice.
    quick : int
        Damaged files of a quick run.
    """

    name: str
    make: Callable[[Path], object]
    read: Callable[[Path], object]
    damages: tuple[Callable, ...]
    quick: int = 25


def lines(*arguments):
    """A command that is given the file in the place of '@'; its answer is parsed."""

    def run(path):
        from test_cli_fuzz import outcome

        words = [a.replace("@folder", str(path.parent)).replace("@", str(path)) for a in arguments]
        code, out, err = outcome(words)
        assert code in (0, 2), (code, err)
        assert "Traceback" not in err
        if code == 2:
            assert err.strip(), "a refusal says why"
            assert not out, "a refusal prints nothing but itself"
            assert max(map(len, err.splitlines())) < 2000, "a refusal of too many letters"
            raise emiss.EmissError(err)
        if "--json" in words:
            return json.loads(out, parse_constant=_refused)
        assert not re.search(r"\bnan\b", out, re.IGNORECASE), "not a number among the results"
        return out

    return run


def _refused(word):
    raise AssertionError(f"{word} among the results")


def jsonl_damaged(raw, dice):
    rows = raw.splitlines()
    at = dice.randrange(len(rows))
    rows[at] = json_damaged(rows[at], dice)
    if dice.randrange(3) == 0:
        dice.shuffle(rows)
    return b"\n".join(rows) + b"\n"


@cache
def small_limit():
    return emiss.limit("na64e-2016-2022", masses=[0.01, 0.02, 0.1])


def read_limit(path):
    """A limit less the masses without exclusion, which are null in the file by right."""
    limit = emiss.Limit.load(path)
    found = ~np.isnan(limit.observed)
    expected = {b: values[~np.isnan(values)] for b, values in limit.expected.items()}
    y = None if limit.y is None else limit.y[found]
    return limit.masses, limit.observed[found], expected, limit.signal_events[found], y


def write(text):
    return lambda path: path.write_text(text() if callable(text) else text, "utf-8")


def curve(suffix, damages, column=None):
    name = suffix if "." in suffix[1:] else f"curve{suffix}"
    return FileKind(
        name.replace("limit", "curve-limit"), write(SEEDS[suffix]),
        lambda path: emiss.read_curve(path, column=column), damages,
    )  # fmt: skip


def likelihood(path):
    from emiss.presentation.export.likelihood_file import load_likelihood, write_likelihood

    source = path.with_name("source.json")
    source.write_text(json.dumps(small_limit().to_likelihood()), "utf-8")
    write_likelihood(load_likelihood(source), path)
    source.unlink()


def read_likelihood(path):
    from emiss.presentation.export.likelihood_file import load_likelihood

    return load_likelihood(path).limit(0.9, "bayes")


def events(form):
    def make(path):
        from event_tables import layout, made_up

        from emiss.events.record import columns_of
        from emiss.events.record.files import write_events

        write_events(made_up(12, 1), columns_of(layout()), path, form)

    return make


def sample(path):
    from emiss.events.record.signal_files import write_sample

    write_sample(_signal(), path)


@cache
def _signal():
    from emiss.events.record.signal_files import read_sample

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "s.lhe"
        emiss.generate(RUN, mass="10 MeV", events=20, seed=1, path=file)
        return read_sample(file)


def read_sample_of(path):
    from emiss.events.record.signal_files import read_sample

    return read_sample(path)


def log(path):
    from event_tables import layout

    from emiss.analysis.blinding.log import append

    (path.parent / "data.parquet").write_bytes(b"what is opened")
    for reason in ("a first good reason", "a second good reason"):
        append(path.parent, RUN, layout(), reason)


def read_log_of(path):
    from emiss.analysis.blinding.log import read_log

    return read_log(path.parent)


def table_kind(module, name="FILES"):
    import importlib

    return getattr(importlib.import_module(f"emiss/{module}".replace("/", ".")), name)


def shipped(pattern):
    def make(path):
        from emiss.ground.shipped import shipped_path

        source = min(Path(shipped_path("tables")).glob(pattern), key=lambda p: p.stat().st_size)
        path.write_bytes(source.read_bytes())

    return make


def table(module, name="FILES"):
    return lambda path: table_kind(module, name).read(path)


def muon_momenta(path):
    """Momenta of muons that weigh 1, a few in each bin: as many bins as a real file has."""
    import numpy as np

    from emiss import experiments
    from emiss.yields.acceptance import recoil_momenta

    setup, masses = experiments.get("m3-phase1").runs[0].setup, (0.01, 0.1)
    settings = recoil_momenta._settings(setup, "vector", masses)
    bins = recoil_momenta._BINS
    table = recoil_momenta.RecoilMomenta(
        np.ones((2, 3, bins)), np.ones((2, bins)), np.ones((2, bins)), 1, settings
    )
    recoil_momenta.FILES.write(table, path)


def acceptance(path):
    emiss.acceptance(RUN, masses=[0.01, 0.1], events=20, seed=1, path=path)


MODEL = """
[model]
name = "protophobic"
title = "Protophobic vector"
boson = "vector"
coupling = "epsilon"
unit = "e"
references = ["arXiv:1604.07411"]

[couplings]
e = 0.1
u = -0.333333333333333333
d = 0.666666666666666667

[dark_matter]
kind = "pseudo-dirac"
alpha_dark = 0.1
mass_ratio = 3.0
"""
MATERIALS = """
source = "a book"
status = "recalled"
[element]
Xx = { Z = 82, A = 207.2, density = "11.35 g/cm3", mean_excitation_energy = "823 eV" }
[compound]
XxO = { density = "9 g/cm3", atoms = { Xx = 1, O = 1 } }
[sandwich.mixed]
layers = [["Xx", "2 mm"], ["XxO", "3 mm"]]
"""


def read_materials(path):
    from emiss.physics.materials.registry import load

    return [
        (m, emiss.tracks(m, energy=20.0, min_energy=10.0).above(10.0, "e-"))
        for m in load(path).values()
    ]


def experiment(path):
    folder = Path(emiss.experiments.__file__).with_name("catalogue")
    path.write_bytes((folder / "na64e-2016.toml").read_bytes())


def campaign(path):
    emiss.simulate(RUN, path.parent, events=6, chunk_events=3, seed=1)


def resume(path):
    """What a campaign makes of its own folder; nothing of it may be half made."""
    found = emiss.simulate(RUN, path.parent, events=6, chunk_events=3, seed=1, resume=True)
    assert not list(path.parent.glob(".*.part"))
    return found


def analysis(path):
    data = path.with_name("d.parquet")
    events("parquet")(data)
    lines("analyse", RUN, str(data), "-o", "@folder")(path)
    data.unlink()


def backgrounds(path):
    answer = lines("backgrounds", RUN, "--sources", "beam-decays", "--events", "10", "--json")(path)
    path.write_text(json.dumps(answer), "utf-8")
    small_limit().save(path.parent)


REPORT = lines("report", "@folder", "--json")
HEAD = "mass [MeV],epsilon\n1,1e-5\n10,1e-4\n100,1e-3\n"
BYTES, TEXT, JSON = (
    (bytes_damaged,), (bytes_damaged, text_damaged), (json_damaged, text_damaged, bytes_damaged),
)  # fmt: skip
ARCHIVE = (archive_damaged, archive_damaged, bytes_damaged)
KINDS = (
    FileKind("experiment.toml", experiment, lines("show", "@", "--json"), TEXT),
    FileKind("model.toml", write(MODEL), lines("decays", "@", "--mass", "10MeV", "--json"), TEXT),
    FileKind("materials.toml", write(MATERIALS), read_materials, TEXT),
    FileKind("limit.json", lambda p: small_limit().save(p.parent), read_limit, JSON),
    FileKind("likelihood.json", likelihood, read_likelihood, JSON),
    FileKind("likelihood.csv", likelihood, read_likelihood, TEXT),
    FileKind("curve.csv", write(HEAD),
             lines("recast", "@", "--from", "dark-photon", "--to", "b-l", "--json"), TEXT),
    *(curve(suffix, TEXT) for suffix in (".tsv", ".txt", ".lmt")),
    curve(".yaml", TEXT, "1"), curve(".json", JSON), curve("limit.json", JSON),
    FileKind("events.parquet", events("parquet"), lines("analyse", RUN, "@", "--json"),
             (parquet_damaged, parquet_damaged, bytes_damaged)),
    FileKind("tree.root", events("root"), lines("analyse", RUN, "@", "--json"), BYTES),
    FileKind("ntuple.root", events("rntuple"), lines("analyse", RUN, "@", "--json"), BYTES),
    FileKind("signal.lhe", sample, read_sample_of, TEXT),
    FileKind("signal.lhe.gz", sample, read_sample_of, BYTES),
    FileKind("signal.hepmc", sample, read_sample_of, TEXT),
    FileKind("unblinding.jsonl", log, read_log_of, (jsonl_damaged, text_damaged, bytes_damaged)),
    FileKind("acceptance.npz", acceptance,
             lines("limit", RUN, "--masses", "10MeV,20MeV", "--acceptance", "@", "--json"),
             ARCHIVE),
    FileKind("bremsstrahlung.npz", shipped("bremsstrahlung_*.npz"),
             table("physics/processes/bremsstrahlung_table_file"), ARCHIVE),
    FileKind("preshower.npz", shipped("preshower_*.npz"),
             table("yields/acceptance/preshower_table"), ARCHIVE),
    FileKind("recoil.npz", shipped("muon_acceptance_*.npz"),
             lambda p: table_kind("yields/acceptance/recoil_tables", "MUONS").files.read(p),
             ARCHIVE),
    FileKind("momenta.npz", muon_momenta, table("yields/acceptance/recoil_momenta"), ARCHIVE),
    FileKind("collisions.npz", shipped("hadron_collisions_*.npz"),
             table("events/hadrons/library"), ARCHIVE),
    FileKind("subshowers.npz", shipped("sub*.npz"),
             table("events/transport/subshowers"), ARCHIVE),
    FileKind("campaign.json", campaign, resume, JSON, 4),
    FileKind("chunk-000001.json", campaign, resume, JSON, 4),
    FileKind("chunk-000001.parquet", campaign, resume, BYTES, 4),
    FileKind("analysis.json", analysis, REPORT, JSON),
    FileKind("backgrounds.json", backgrounds, REPORT, JSON),
)  # fmt: skip
