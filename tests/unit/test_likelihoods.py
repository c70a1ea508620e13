"""Likelihoods for others: files that come back the same, pyhf that finds the same limit."""

from __future__ import annotations

import json

import numpy as np
import pytest
from closeness import close
from scipy import stats

import emiss
from emiss.ground.errors import EmissError
from emiss.inference.channel import Channel
from emiss.inference.counting import upper_limit
from emiss.inference.simplified import SimplifiedLikelihood, likelihood, simplified_likelihood
from emiss.presentation.export.hs3_document import hs3_document
from emiss.presentation.export.likelihood_file import (
    FORMAT,
    likelihood_csv,
    likelihood_from_csv,
    likelihood_from_record,
    likelihood_record,
    load_likelihood,
    write_likelihood,
)
from emiss.presentation.export.pyhf_workspace import (
    pyhf_background,
    pyhf_patchset,
    pyhf_workspace,
    write_pyhf,
)

# pyhf 0.7 validates with a part of jsonschema that is to go.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning:scipy"),
]

MASSES = np.geomspace(1e-3, 1.0, 9)
BOTH = ["na64e-2016-2022", "na64e-plus-2022"]


def of_counts(*channels):
    """A likelihood of bare counts at one mass, with coefficients that are the signals."""
    return SimplifiedLikelihood(
        "counts", "counts", "m", {}, "g", "", tuple(f"run {i}" for i in range(len(channels))),
        channels, np.array([0.1]), np.array([1.0]),
        {"signal": np.array([[c.signal] for c in channels])},
    )  # fmt: skip


@pytest.fixture(scope="module")
def one():
    return likelihood("na64e-2016-2022", emiss.models.DarkPhoton(), MASSES)


@pytest.mark.parametrize("method", ["cls", "bayes", "asymptotic"])
@pytest.mark.parametrize("experiment", ["na64e-2016-2022", BOTH, "na64mu-2022"])
def test_limit_is_that_of_the_full_yield(experiment, method):
    model = emiss.models.DarkPhoton()
    limit = emiss.limit(experiment, model, masses=MASSES, method=method)
    found = likelihood(experiment, model, MASSES, method=method).limit(method=method)
    known = np.isfinite(limit.observed)
    # Shares of runs are rounded to 1e-4 by some methods; what is left is the root finder's.
    close(found["observed"][known], limit.observed[known], 1e-4)
    # Away from the reference the signal is taken to go with the coupling squared.
    for band in ("-1", "0", "2"):
        known = np.isfinite(limit.expected[band])
        close(found[band][known], limit.expected[band][known], 1e-3)


def test_reference_is_the_coupling_excluded_at_ninety_per_cent(one):
    model = emiss.models.DarkPhoton()
    signal = emiss.yields.signal_yield("na64e-2016-2022", model, MASSES)
    found = simplified_likelihood(signal)
    limit = emiss.limit("na64e-2016-2022", model, masses=MASSES, cl=0.9, method="cls")
    known = np.isfinite(limit.observed)
    close(found.reference[known], limit.observed[known], 1e-4)
    close(found.reference, one.reference, 1e-12)


def test_files_come_back_the_same(one, tmp_path):
    for name in ("likelihood.json", "likelihood.csv"):
        read = load_likelihood(write_likelihood(one, tmp_path / name))
        assert (read.runs, read.channels) == (one.runs, one.channels)
        assert (read.model, dict(read.parameters)) == (one.model, dict(one.parameters))
        assert np.array_equal(read.masses, one.masses)
        assert np.array_equal(read.reference, one.reference)
        assert list(read.coefficients) == list(one.coefficients)
        for process, values in one.coefficients.items():
            assert np.array_equal(read.coefficients[process], values)
        assert np.array_equal(read.limit()["observed"], one.limit()["observed"])


def test_record_says_its_version_units_and_correlations():
    record = likelihood_record(likelihood(BOTH, emiss.models.DarkPhoton(), MASSES[:2]))
    assert record["format"] == FORMAT == "emiss-likelihood/1"
    assert record["coefficient_unit"] == "events"
    assert {run["signal_group"] for run in record["runs"]} == {"electron"}
    assert {"bremsstrahlung"} <= set(record["coefficients"])
    alp = emiss.models.get("alp", {"dark_matter": "dirac"})
    unit = likelihood_record(likelihood("na64e-2016", alp, [0.1]))["coupling_unit"]
    assert unit in ("GeV^-1", "")


@pytest.mark.parametrize(
    "change",
    [
        {"format": "emiss-likelihood/2"},
        {"masses_gev": [0.1, 0.01]},
        {"masses_gev": [0.1]},
        {"masses_gev": "x"},
        {"runs": []},
        {"runs": [{"name": "a"}]},
        {"coefficients": {}},
        {"coefficients": {"x": [[-1.0, 1.0]]}},
        {"coefficients": {"x": [[True, 1.0]]}},
        {"coefficients": {"x": [[float("nan"), 1.0]]}},
        {"reference_coupling": [0.0, 1.0]},
    ],
)
def test_damaged_records_are_refused(change, tmp_path):
    good = likelihood_record(likelihood("na64e-2016", emiss.models.DarkPhoton(), MASSES[:2]))
    likelihood_from_record(json.loads(json.dumps(good)))
    with pytest.raises(EmissError):
        likelihood_from_record({**good, **change})
    optional = {
        "emiss",
        "citations",
        "uncertainties",
        "coefficient_unit",
        "projection",
        "coupling_power",
    }
    for key in set(good) - optional:
        with pytest.raises(EmissError):
            likelihood_from_record({k: v for k, v in good.items() if k != key})


def test_damaged_tables_are_refused(one, tmp_path):
    text = likelihood_csv(one)
    lines = text.splitlines()
    for bad in (
        "",
        "run,mass\n",
        "\n".join(lines[1:]),
        "\n".join(lines[:2]),
        text.replace("2016-2018", "other", 1),
        text.replace("reference_coupling", "r", 1),
        text[: len(text) - 40],
    ):
        with pytest.raises(EmissError):
            likelihood_from_csv(bad)
    file = tmp_path / "bad.csv"
    file.write_text("nonsense", encoding="utf-8")
    with pytest.raises(EmissError, match=r"bad\.csv"):
        load_likelihood(file)


def test_signal_that_falls_with_the_coupling_has_no_coefficient():
    visible = emiss.models.DarkPhoton(dark_matter="none")
    with pytest.raises(EmissError, match="does not go with the coupling squared"):
        likelihood("na64-visible-2017", visible, [0.005, 0.01])


COUNTS = [
    (Channel(0, 0.51),),
    (Channel(0, 0.51, 0.13, signal_uncertainty_shared=0.1),),
    (Channel(20, 18.0, 3.0, signal_uncertainty=0.1),),
    (
        Channel(0, 0.41, 0.1, 0.5, signal_uncertainty_shared=0.1),
        Channel(0, 0.3, 0.1, 0.5, signal_uncertainty_shared=0.1),
    ),
    (
        Channel(50, 45.0, 5.0, 0.5, 0.05, 0.1, background_uncertainty_shared=3.0),
        Channel(30, 35.0, 5.0, 0.5, 0.1, 0.1, background_uncertainty_shared=2.0),
    ),
]


@pytest.mark.parametrize("channels", COUNTS)
@pytest.mark.parametrize("code", ["code1", "code4"])
def test_pyhf_finds_the_asymptotic_limit(channels, code):
    """At our limit (mu = 1 by the choice of reference) pyhf's CLs is 1 - CL."""
    pyhf = pytest.importorskip("pyhf")
    limit = upper_limit(channels, method="asymptotic").upper_limit
    workspace = pyhf.Workspace(pyhf_workspace(of_counts(*channels), coupling=np.sqrt(limit)))
    model = workspace.model(modifier_settings={"normsys": {"interpcode": code}})
    found = float(pyhf.infer.hypotest(1.0, workspace.data(model), model, test_stat="qtilde"))
    # pyhf's minimiser stops within 1e-6 of the minimum
    close(found, 0.1, 1e-4)


def test_pyhf_finds_the_exact_limit_where_asymptotics_hold():
    """Hundreds of events: exact CLs and pyhf's asymptotic one agree."""
    pyhf = pytest.importorskip("pyhf")
    channels = (Channel(900, 900.0, 20.0, 1.0, signal_uncertainty_shared=0.05),)
    limit = upper_limit(channels, method="cls").upper_limit
    workspace = pyhf.Workspace(pyhf_workspace(of_counts(*channels), coupling=np.sqrt(limit)))
    model = workspace.model()
    found = float(pyhf.infer.hypotest(1.0, workspace.data(model), model, test_stat="qtilde"))
    # Ours averages over the uncertainties, pyhf profiles them: 0.5 % in the limit, 2 % in CLs.
    close(found, 0.1, 0.03)


def test_pyhf_finds_the_limit_of_a_search():
    pyhf = pytest.importorskip("pyhf")
    reduced = likelihood(BOTH, emiss.models.DarkPhoton(), MASSES, method="asymptotic")
    for mass in (0, 4, 7):
        workspace = pyhf.Workspace(pyhf_workspace(reduced, mass))
        model = workspace.model()
        found = float(pyhf.infer.hypotest(1.0, workspace.data(model), model, test_stat="qtilde"))
        close(found, 0.1, 1e-3)


def test_patch_set_belongs_to_its_background(one):
    pyhf = pytest.importorskip("pyhf")
    background = pyhf.Workspace(pyhf_background(one))
    patches = pyhf.PatchSet(pyhf_patchset(one, "ins1234567"))
    patches.verify(background)
    assert len(patches.patches) == MASSES.size
    for number, patch in enumerate(patches.patches):
        close(patch.values, [MASSES[number], one.reference[number]], 1e-12)
        assert dict(patches.apply(background, patch.name)) == pyhf_workspace(one, number)


def test_workspaces_are_written_whole(one, tmp_path):
    files = write_pyhf(one, tmp_path / "w", hepdata="ins1234567")
    assert len(files) == MASSES.size + 2
    assert all(json.loads(file.read_text(encoding="utf-8")) for file in files)
    with pytest.raises(EmissError, match="ins and seven digits"):
        write_pyhf(one, tmp_path / "v", hepdata="1234")
    assert not (tmp_path / "v").exists()


def log_probability(workspace, mu, z):
    """ln of the Poisson terms of a workspace and of the constraints, by hand."""
    total = sum(stats.norm.logpdf(value) for value in z.values())
    for channel, seen in zip(workspace["channels"], workspace["observations"], strict=True):
        mean = 0.0
        for sample in channel["samples"]:
            factor = 1.0
            for modifier in sample["modifiers"]:
                is_poi = modifier["type"] == "normfactor"
                factor *= mu if is_poi else modifier["data"]["hi"] ** z[modifier["name"]]
            mean += factor * sample["data"][0]
        total += stats.poisson.logpmf(seen["data"][0], mean)
    return total


def test_hs3_document_is_the_same_model():
    reduced = likelihood(BOTH, emiss.models.DarkPhoton(), MASSES)
    workspace, document = pyhf_workspace(reduced, 4), hs3_document(reduced, 4)
    names = [one["name"] for one in document["parameter_points"][0]["parameters"]]
    assert names[0] == "mu"
    assert "signal_electron" in names
    for channel, one in zip(workspace["channels"], document["distributions"], strict=True):
        assert one["type"] == "histfactory_dist"
        assert [s["data"]["contents"] for s in one["samples"]] == [
            s["data"] for s in channel["samples"]
        ]
        for sample, other in zip(channel["samples"], one["samples"], strict=True):
            assert [m["parameter"] for m in other["modifiers"]] == [
                m["name"] for m in sample["modifiers"]
            ]
    assert [d["contents"] for d in document["data"]] == [
        o["data"] for o in workspace["observations"]
    ]


def test_hs3_reader_gives_the_same_probability():
    pyhs3 = pytest.importorskip("pyhs3", reason="the HS3 document was not read: no pyhs3")
    pytensor = pytest.importorskip("pytensor")
    reduced = likelihood(BOTH, emiss.models.DarkPhoton(), MASSES)
    document = pyhs3.Workspace(**hs3_document(reduced, 4))
    model = document.model(document.analyses[0])
    names = [n for n in model.parameters if not n.endswith("_observed") and n != "mu"]
    inputs = [model.parameters[name] for name in ("mu", *names)]
    function = pytensor.function(inputs, model.log_prob, mode="FAST_COMPILE")
    random = np.random.default_rng(4)
    for mu in (0.2, 1.0, 3.0):
        z = {name: float(random.normal()) for name in names}
        found = np.sum(function(np.array(mu), *(np.array(z[name]) for name in names)))
        close(found, log_probability(pyhf_workspace(reduced, 4), mu, z), 1e-10)
