"""What the commands answer for mesons: masses of mesons, all of them, powers of couplings."""

import json

import pytest
from closeness import close
from command_line import run, run_json

import emiss
from emiss.ground.errors import EmissError
from emiss.inference.simplified import likelihood
from emiss.presentation import plots


def test_all_channels_are_rows_of_a_table(tmp_path):
    lines = run("limit", "na64h-2023", "--channel", "all", "--output", tmp_path / "o").splitlines()
    rows = {line.split()[0]: line.split() for line in lines if line[:1] == " " and line.split()}
    # Particle Data Group, rounded to four digits.
    masses = {"pi0": "135", "eta": "547.9", "eta-prime": "957.8", "omega": "782.7", "f2": "1.275"}
    for meson, mass in masses.items():
        assert rows[meson][1] == mass
    assert rows["all"][1] == "—"
    assert rows["eta"][3] == "0.00011"
    # Counts add: 1/Br of all is the sum of the others'.
    each = run_json("limit", "na64h-2023", "--channel", "all")
    values = {name: one["observed"] for name, one in each["channels"].items()}
    together = values.pop("all")
    close(1.0 / together, sum(1.0 / value for value in values.values()), 1e-6)
    assert each["observed"] == [together]
    assert each["coupling_name"] == "branching_fraction"
    assert any("have no mass" in note for note in each["notes"])
    assert each["channels"]["all"]["mass_gev"] is None


def test_files_of_all_channels_have_no_mass(tmp_path):
    run("limit", "na64h-2023", "--channel", "all", "--output", tmp_path / "o")
    lines = (tmp_path / "o" / "limit.csv").read_text("utf-8").splitlines()
    assert lines[-1].startswith(",1.75")
    assert any("no mass: all mesons together" in line for line in lines)
    table = (tmp_path / "o" / "hepdata" / "coupling.yaml").read_text("utf-8")
    assert "all together" in table
    assert "Mediator" not in table
    read = json.loads((tmp_path / "o" / "limit.json").read_text("utf-8"))
    assert len(read["observed"]) == 1


def test_a_meson_has_its_own_mass_only(tmp_path):
    for asked in (("--channel", "omega"), ("--model", "invisible-meson", "--set", "channel=omega")):
        record = run_json("limit", "na64h-2023", *asked)
        close(record["masses_gev"], [0.78266], 1e-4)
    model = emiss.models.get("invisible-meson", {"channel": "K-short"})
    close(emiss.limit("na64h-kaons-1e11", model).masses, [0.497611], 1e-4)
    signal = emiss.yields("na64h-2023", emiss.models.get("invisible-meson", {"channel": "f2"}))
    close(signal.masses, [1.2754], 1e-3)


@pytest.mark.parametrize(
    ("model", "head"),
    [
        ("axial-quarks", "Dark-matter mass"),
        ("strange-scalars", "Dark-matter mass"),
        ("b-boson", "Mediator mass"),
        ("invisible-meson", "Meson mass"),
    ],
)
def test_tables_say_whose_mass_it_is(model, head, tmp_path):
    grid = () if model == "invisible-meson" else ("--masses", "50MeV,100MeV")
    run("limit", "na64h-2023", "--model", model, *grid, "--output", tmp_path / "o")
    text = (tmp_path / "o" / "hepdata" / "coupling.yaml").read_text("utf-8")
    assert text.splitlines()[2].strip() == f"name: {head}"


@pytest.mark.parametrize(
    ("name", "power"),
    [
        ("invisible-meson", 1),
        ("axial-quarks", 4),
        ("strange-pseudoscalar", 4),
        ("strange-scalars", 2),
        ("meson-alp", 2),
        ("omega-dark-photon", 2),
    ],
)
def test_events_go_with_the_stated_power(name, power):
    model = emiss.models.get(name)
    assert model.coupling_power == power
    signal = emiss.yields("na64h-2023", model, masses=[0.1])
    close(signal.events(0.002), 2.0**power * signal.events(0.001), 1e-9)
    total = sum(value.sum() for value in signal.coefficients().values())
    close(total * 0.001**power, signal.events(0.001).sum(), 1e-9)
    # The simplified likelihood gives the limit at any level, not only where it was made.
    simple = likelihood("na64h-2023", model, [0.1])
    for level in (0.9, 0.99):
        full = emiss.limit("na64h-2023", model, masses=[0.1], cl=level)
        close(simple.limit(level)["observed"], full.observed, 1e-5)


def test_likelihood_files_keep_the_power(tmp_path):
    asked = ("na64h-2023", "--model", "axial-quarks", "--masses=100MeV,200MeV")
    limit = run_json("limit", *asked, "--cl", "0.95")["observed"]
    for file in ("a.json", "a.csv"):
        run("export", "likelihood", *asked, "-o", tmp_path / file)
        close(run_json("likelihood", tmp_path / file, "--cl", "0.95")["observed"], limit, 1e-5)
    written = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert written["coupling_power"] == 4.0
    assert written["coefficient_unit"] == "events/(GeV^-1)^4"
    damaged = tmp_path / "b.json"
    damaged.write_text(json.dumps({**written, "coupling_power": -1}), "utf-8")
    with pytest.raises(EmissError, match="'coupling_power' must be"):
        run("likelihood", damaged)
    made = run_json("export", "pyhf", *asked, "-o", tmp_path / "w")["coupling_at_mu_1"]
    close(made, run_json("limit", *asked)["observed"], 1e-5)


def test_yields_name_the_power():
    assert "over branching_fraction\n" in run("yields", "na64h-2023", "--model", "invisible-meson")
    asked = ("yields", "na64h-2023", "--model", "axial-quarks", "--masses", "100MeV")
    assert "over inverse_scale^4" in run(*asked)
    convention = run_json(*asked)["coupling_convention"]
    assert convention == "events over coupling^4 at small coupling"
    signal = emiss.yields("na64h-2023", "axial-quarks", masses=["50 MeV", "100 MeV"])
    assert plots.yields(signal).axes[0].get_ylabel() == r"events / $(1/\Lambda)^4$ [GeV⁴]"
    assert "events_over_coupling^4" in signal.columns()
    with pytest.raises(EmissError, match="different powers of g_B"):
        run("yields", "na64h-2023", "--model", "b-boson")
    with pytest.raises(EmissError, match="different powers of g_B"):
        run("export", "likelihood", "na64h-2023", "--model", "b-boson", "-o", "x.json")
    at = run("yields", "na64h-2023", "--model", "b-boson", "--coupling", "0.01", "--masses=10MeV")
    assert "at g_B = 0.01" in at
    mixed = emiss.yields("na64h-2023", "b-boson", masses=["10 MeV"])
    assert "events at coupling 0.01" in mixed._repr_html_()
