"""The Python surface: names, units and quantities at the edge, and results that carry on."""

import concurrent.futures
import json
import re

import numpy as np
import pytest
from closeness import close
from example_limits import open_limit
from matplotlib.text import Text

import emiss
from emiss.analysis.histograms import Histogram as CutHistogram
from emiss.ground.errors import ArgumentError, EmissError
from emiss.ground.histogram import BinAxis, Histogram
from emiss.physics.constraints.curves.curve_files import read_curve
from emiss.physics.processes import bremsstrahlung
from emiss.presentation import plots


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: emiss.limit("dark-photon", "na64e-2016"), "model: 'na64e-2016' is an experiment"),
        (lambda: emiss.relic("na64e-2016"), "model: 'na64e-2016' is an experiment"),
        (lambda: emiss.analyse("na64e-2016", "events"), "events: 'na64e-2016' is an experiment"),
        (lambda: emiss.skim("na64e-2016", "events", "x.root"), "events: 'na64e-2016' is an exp"),
        (lambda: emiss.optimise("na64e-2016", "x"), "'missing energy': '40GeV:60GeV:9'"),
        (lambda: emiss.shape("na64e-2016", 3), "'target_energy': '0,25GeV,50GeV'"),
    ],
)
def test_what_is_in_the_wrong_place_is_told(call, words):
    with pytest.raises(EmissError, match=re.escape(words)):
        call()


def test_names_stand_for_objects_and_masses_keep_their_order():
    found = emiss.limit("na64e-2016", "dark-photon", masses=["100 MeV", "10 MeV", "30 MeV"])
    np.testing.assert_allclose(found.masses, [0.1, 0.01, 0.03], rtol=1e-12)
    other = emiss.limit(
        emiss.experiments.get("na64e-2016"),
        emiss.models.DarkPhoton(),
        masses=[0.01, 0.03, 0.1],
    )
    np.testing.assert_array_equal(found.observed, other.observed[[2, 0, 1]])
    np.testing.assert_array_equal(found.expected["1"], other.expected["1"][[2, 0, 1]])
    np.testing.assert_array_equal(
        found.shares["bremsstrahlung"], other.shares["bremsstrahlung"][[2, 0, 1]]
    )
    chosen = emiss.limit("na64e-2016", masses=[0.01], parameters={"alpha_dark": 0.5})
    assert chosen.model_parameters["alpha_dark"] == 0.5
    signal = emiss.yields("na64e-2016", masses=["100 MeV", "10 MeV"])
    np.testing.assert_allclose(signal.masses, [0.1, 0.01], rtol=1e-12)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: emiss.limit(3), "experiment: 3"),
        (lambda: emiss.limit("na64e-2016", 3), "model: 3"),
        (lambda: emiss.limit("na64e-2016", masses=True), "masses: True"),
        (lambda: emiss.limit("na64e-2016", masses=[1j]), "masses: 1j"),
        (lambda: emiss.limit("na64e-2016", parameters=[1]), "parameters"),
        (lambda: emiss.verdict([3.0]), "experiments: 3.0"),
        (lambda: emiss.tracks(3), "material: 3"),
        (lambda: emiss.tracks("Pb", 11), "beam: 11"),
        (lambda: emiss.compare(open_limit(), 3), "curve: 3"),
        (lambda: emiss.scan({"alpha_dark": 0.1}), "'alpha_dark' needs several"),
        (lambda: emiss.scan([]), "parameters"),
    ],
)
def test_wrong_types_are_type_errors_that_name_the_argument(call, word):
    with pytest.raises(TypeError, match=word) as caught:
        call()
    assert isinstance(caught.value, EmissError)


def test_wrong_values_are_value_errors():
    for call in (
        lambda: emiss.limit("na64e-2016", masses=["-1 MeV"]),
        lambda: emiss.limit("na64e-2016", masses=["1 cm"]),
        lambda: emiss.limit("na64e-2099"),
        lambda: emiss.direct_detection("10 MeV"),
        lambda: emiss.scan({"alpha_dark": []}),
    ):
        with pytest.raises(ValueError) as caught:
            call()
        assert isinstance(caught.value, EmissError)


def test_quantities_and_particles():
    pint = pytest.importorskip("pint")
    from particle import Particle

    units = pint.UnitRegistry()
    by_text = emiss.limit("na64e-2016", masses=["10 MeV", "20 MeV"])
    for masses in (
        np.array([10.0, 20.0]) * units.MeV,
        [10.0 * units.MeV, 0.02 * units.GeV],
        units.Quantity([10.0, 20.0], "MeV/c**2"),
    ):
        found = emiss.limit("na64e-2016", masses=masses)
        np.testing.assert_allclose(found.observed, by_text.observed, rtol=1e-9)
    with pytest.raises(EmissError, match="is no energy"):
        emiss.limit("na64e-2016", masses=[1.0 * units.meter])
    pion = emiss.limit("na64e-2016", masses=[Particle.from_name("pi0")])
    # Particle Data Group: 134.977 MeV
    close(pion.masses[0], 0.134977, 1e-5)
    electron = emiss.tracks("Pb", Particle.from_name("e-"), 20 * units.GeV, min_energy="2 GeV")
    assert (electron.primary, electron.energy) == ("e-", 20.0)


def test_hepunits_are_divided_out():
    units = pytest.importorskip("hepunits")
    found = emiss.limit("na64e-2016", masses=[16.7 * units.MeV / units.GeV])
    close(found.masses[0], 0.0167, 1e-12)


def test_a_limit_is_saved_loaded_and_asked(tmp_path):
    limit = emiss.limit("na64e-2016", masses=["20 MeV", "10 MeV"])
    limit.save(tmp_path / "o")
    again = emiss.Limit.load(tmp_path / "o")
    np.testing.assert_allclose(again.observed, limit.observed[::-1], rtol=1e-12)
    assert json.loads(limit.to_json())["experiment"] == "na64e-2016"
    assert "submission.yaml" in limit.to_hepdata()
    assert limit.to_csv().startswith("# ")
    assert limit.export("bibtex").startswith("@")
    with pytest.raises(EmissError, match="form of a Limit"):
        limit.export("stone")
    workspace = limit.to_pyhf("10 MeV")
    assert workspace["measurements"][0]["config"]["poi"] == "mu"
    assert len(limit.to_likelihood()["masses_gev"]) == 2
    other = emiss.limit("na64e-2016", masses=["300 MeV"], associated=False)
    with pytest.raises(EmissError, match="other options"):
        other.to_likelihood()
    with pytest.raises(EmissError, match="not in the catalogue"):
        open_limit().to_pyhf(0.01)
    with pytest.raises(EmissError, match="cannot be read back"):
        type(emiss.yields("na64e-2016", masses=[0.01])).load(tmp_path)


def test_numbers_at_a_mass_lie_on_the_line_in_double_logarithm():
    limit = open_limit()
    # epsilon = 1.1e-5 (m / MeV)^(1/2): a straight line.
    found = limit.at("16.7 MeV")
    close(found["epsilon_observed"], 1.1e-5 * 16.7**0.5, 1e-9)
    close(found["mass_gev"], 0.0167, 1e-12)
    close(limit.at(1.0)["epsilon_observed"], limit.observed[-1], 1e-12)
    with pytest.raises(ArgumentError, match="outside the range"):
        limit.at("2 GeV")
    pint = pytest.importorskip("pint")
    assert limit.at(16.7 * pint.UnitRegistry().MeV) == found


def test_units_of_couplings_travel(tmp_path):
    limit = emiss.limit("na64e-alp-2016-2018", "alp", masses=["10 MeV", "20 MeV"])
    assert "g_agg_observed_gev^-1" in limit.columns()
    limit.save(tmp_path)
    curve = read_curve(tmp_path / "limit.csv", column="g_agg_observed_gev^-1")
    assert not any("no unit" in note for note in curve.notes)
    np.testing.assert_allclose(curve.values, limit.observed, rtol=1e-8)
    assert json.loads(limit.to_json())["coupling_unit"] == "GeV^-1"
    assert "units: GeV^-1" in limit.to_hepdata()["coupling.yaml"]
    assert plots.exclusion(limit).axes[0].get_ylabel().endswith("[GeV⁻¹]")
    assert "GeV^-1" in limit._repr_html_()


def test_yields_as_a_table_with_cuts():
    frame = emiss.yields("na64mu-2022", masses=["10 MeV", "100 MeV"]).to_frame()
    assert {"mass_gev", "run", "process", "efficiency"} <= set(frame.columns)
    assert any(name.startswith("after_") for name in frame.columns)
    signal = emiss.yields("na64e-2016-2018", masses=["10 MeV", "100 MeV"])
    frame = signal.to_frame()
    assert len(frame) == 2 * len(signal.runs) * len(signal.process_names)
    some = frame[(frame.process == "annihilation") & (frame.mass_gev == signal.masses[1])]
    np.testing.assert_allclose(
        some.events_over_coupling_squared,
        signal.coefficients()["annihilation"][:, 1],
        rtol=1e-12,
    )


def test_the_room_of_yields_is_called_and_is_a_room():
    import emiss.yields

    assert emiss.yields.SignalYield.__name__ == "SignalYield"
    assert "experiment" in emiss.yields.__wrapped__.__annotations__


def test_a_verdict_shows_itself():
    report = emiss.verdict(["na64e-2016"], masses="10MeV:100MeV:5", kinds=["scalar"])
    assert "<table>" in report._repr_html_()
    assert report.plot().axes


def test_relic_moments_and_decays_take_names():
    line = emiss.relic("b-l", masses=["10 MeV"], mode="fast", parameters={"dark_matter": "dirac"})
    assert line.coupling_name == "g"
    # The default kind is that of the model, as in a limit.
    assert emiss.relic(masses=["10 MeV"], mode="fast").kind == emiss.models.DarkPhoton().dark_matter
    assert emiss.moments("b-l", masses=[0.1]).upper.shape == (1,)
    assert emiss.decays("dark-photon", "1 MeV").mass == 1e-3


SCAN = {"alpha_dark": [0.05, 0.1, 0.5], "mass_ratio": [2.5, 3.0]}


def test_a_scan_is_a_tidy_table_and_a_figure():
    found = emiss.scan(SCAN, "na64e-2016", masses=["10 MeV", "200 MeV"])
    frame = found.to_frame()
    assert list(frame.columns[:3]) == ["alpha_dark", "mass_ratio", "mass_gev"]
    assert len(frame) == 12
    one = emiss.limit(
        "na64e-2016",
        masses=["10 MeV", "200 MeV"],
        parameters={"alpha_dark": 0.5, "mass_ratio": 2.5},
    )
    row = frame[(frame.alpha_dark == 0.5) & (frame.mass_ratio == 2.5)]
    np.testing.assert_array_equal(row.epsilon_observed, one.observed)
    assert found.values("y").shape == (6, 2)
    assert "<table>" in found._repr_html_()
    assert len(plots.scan(found).axes) == 2
    line = emiss.scan({"alpha_dark": [0.1, 0.5]}, "na64e-2016", masses="1MeV:1GeV:9")
    assert plots.scan(line, column="y").axes[0].get_ylabel() == r"$\alpha_D$"
    with pytest.raises(EmissError, match="not varied"):
        found.axis("mass")
    with pytest.raises(EmissError, match="no column"):
        found.values("cl")


def test_a_contour_takes_its_mass_with_a_unit():
    grid = {"alpha_dark": [0.1, 0.5], "mass_ratio": [2.5, 3.0]}
    found = emiss.scan(grid, "na64e-2016", masses=["100 MeV", "200 MeV"])
    words = [
        {text.get_text() for text in emiss.plots.scan(found, mass=mass).findobj(Text)}
        for mass in ("200 MeV", 0.2)
    ]
    assert words[0] == words[1]
    assert any("200 MeV" in text for text in words[0])
    with pytest.raises(ArgumentError, match="mass"):
        emiss.plots.scan(found, mass=[0.2])


@pytest.mark.parametrize("pool", ["ThreadPoolExecutor", "ProcessPoolExecutor"])
def test_any_executor_gives_the_same_numbers(pool):
    alone = emiss.scan(SCAN, "na64e-2016", masses=["10 MeV"])
    with getattr(concurrent.futures, pool)(2) as executor:
        found = emiss.scan(SCAN, "na64e-2016", masses=["10 MeV"], executor=executor)
    np.testing.assert_array_equal(found.values(), alone.values())
    assert found.points == alone.points


def test_points_go_in_chunks_and_an_error_ends_the_scan():
    sizes = []

    class Counting(concurrent.futures.ThreadPoolExecutor):
        def submit(self, work, chunk):
            sizes.append(len(chunk))
            return super().submit(work, chunk)

    with Counting(1) as executor:
        grid = {"alpha_dark": np.linspace(0.1, 0.5, 10)}
        emiss.scan(grid, "na64e-2016", masses=["10 MeV"], executor=executor)
    assert sum(sizes) == 10
    assert len(sizes) == 4
    with (
        concurrent.futures.ThreadPoolExecutor(2) as executor,
        pytest.raises(EmissError, match="method"),
    ):
        emiss.scan(SCAN, "na64e-2016", masses=[0.01], executor=executor, method="none")


def test_dask_works_too():
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        found = emiss.scan(SCAN, "na64e-2016", masses=["10 MeV"], executor=client.get_executor())
    np.testing.assert_array_equal(
        found.values(), emiss.scan(SCAN, "na64e-2016", masses=["10 MeV"]).values()
    )


def test_track_lengths_are_histograms_that_others_plot():
    protocol = pytest.importorskip("uhi.typing.plottable")
    shower = emiss.tracks("Pb", "e-", "50 GeV", min_energy="5 GeV")
    made = shower.histogram("e-", 12)
    assert isinstance(made, protocol.PlottableHistogram)
    # Contents add up to the whole track length.
    close(made.values().sum(), float(shower.above(5.0, "e-")), 1e-9)
    deep = emiss.depth("Pb", energy="50 GeV", min_energy="5 GeV", to=10.0)
    assert isinstance(deep.histogram("gamma"), protocol.PlottableHistogram)
    mplhep = pytest.importorskip("mplhep")
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    mplhep.histplot(made, ax=axes)
    assert axes.get_children()
    hist = pytest.importorskip("hist")
    taken = hist.Hist(made)
    np.testing.assert_array_equal(taken.values(), made.values())
    np.testing.assert_array_equal(taken.axes[0].edges, made.axis.edges)
    assert taken.axes[0].label == "E [GeV]"
    with pytest.raises(ArgumentError, match="2 numbers for 3 bins"):
        Histogram(BinAxis(np.arange(4.0)), np.zeros(2))


def test_weighted_histograms_keep_their_errors_in_hist():
    hist = pytest.importorskip("hist")
    cut = CutHistogram(
        "ecal_energy", "GeV", "target", None, 50.0, np.arange(4.0), np.array([1.0, 2.5, 0.0]),
        np.array([1.0, 3.25, 0.0]),
    )  # fmt: skip
    taken = hist.Hist(cut.plottable())
    np.testing.assert_array_equal(taken.values(), cut.counts)
    np.testing.assert_array_equal(taken.variances(), cut.squares)
    assert taken.axes[0].label == "ecal_energy [GeV]"


def test_spectrum_of_bosons_is_a_histogram_that_adds_up():
    lead = emiss.materials.element("Pb")
    x = np.concatenate([np.linspace(0.0, 0.9, 200), 1.0 - np.geomspace(0.1, 1e-9, 800)[1:], [1.0]])
    spectrum = bremsstrahlung.differential_x(x, 100.0, 0.3, element=lead)
    total = bremsstrahlung.total_cross_section(100.0, 0.3, element=lead)
    # Straight lines between a thousand points, dense towards the peak 1e-5 below x = 1.
    close(spectrum.histogram().values().sum(), total.value_pb, 2e-3)
    with pytest.raises(EmissError, match="two or more points"):
        bremsstrahlung.differential_x([0.5], 100.0, 0.3, element=lead).histogram()
    double = bremsstrahlung.differential_x_theta([0.4, 0.5], [1e-3], 100.0, 0.3, element=lead)
    with pytest.raises(EmissError, match="in x alone"):
        double.histogram()


def test_moments_take_leptons_as_particles():
    particle = pytest.importorskip("particle").Particle
    taken = emiss.moments(masses=["100 MeV"], lepton=particle.from_pdgid(-13))
    np.testing.assert_array_equal(taken.upper, emiss.moments(masses=["100 MeV"]).upper)
    with pytest.raises(EmissError, match=r"no measured moment here; use e or mu\.$"):
        emiss.moments(masses=["100 MeV"], lepton=particle.from_pdgid(15))


def test_shares_of_threshold_and_preshower_belong_to_the_yield():
    from emiss.experiments.variation import varied

    masses = ["5 MeV", "100 MeV", "250 MeV"]
    loose, tight = (
        emiss.yields(varied("na64e-2016-2018", threshold=energy), masses=masses)
        for energy in (50.0, 70.0)
    )
    low, high = loose.cut_flow(), tight.cut_flow()
    assert list(low) == ["missing energy", "preshower"]
    assert np.all((low["preshower"] <= low["missing energy"]) & (low["missing energy"] <= 1.0))
    # The bosons made are the same, so events go as the shares that are left.
    events = [sum(signal.coefficients().values()) for signal in (loose, tight)]
    np.testing.assert_allclose(
        high["preshower"] / low["preshower"], events[1] / events[0], rtol=1e-6
    )
    frame = loose.to_frame()
    assert {"after_missing_energy", "after_preshower"} <= set(frame.columns)
    # Where the coupling decides what is seen there is no such share.
    assert (
        emiss.yields(
            "na64-visible-2017", masses=["10 MeV"], parameters={"dark_matter": "none"}
        ).cut_flow()
        == {}
    )


def test_a_cut_flow_shows_itself_and_is_a_table():
    found = emiss.cutflow("na64e-2021-2022", "signal", 100, mass="10 MeV", seed=3)
    columns = found.columns()
    assert len(columns["cut"]) == len(found.flow.steps)
    np.testing.assert_array_equal(columns["cumulative"][-1], found.flow.total)
    assert np.all(np.diff(columns["cumulative"]) <= 0.0)
    assert "cumulative" in found.to_frame().columns
    assert "in sequence" in found._repr_html_()
    assert json.loads(found.to_json())["total_efficiency"] == found.flow.total
    assert plots.cut_variables(found).axes


def test_a_campaign_on_an_executor_has_the_files_of_one_process(tmp_path):
    job = {"events": 30, "chunk_events": 10, "seed": 4}
    alone = emiss.simulate("na64e-2021-2022", tmp_path / "alone", **job)
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        shared = emiss.simulate("na64e-2021-2022", tmp_path / "shared", executor=pool, **job)
    assert shared.generated == alone.generated == 30
    assert [one.sha256 for one in shared.commits] == [one.sha256 for one in alone.commits]
    assert "sum of weights" in alone._repr_html_()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: emiss.simulate("na64e-2016", "x", events=1.5), "events: 1.5 is not a whole"),
        (lambda: emiss.simulate("na64e-2016", "x", workers=0), "workers: 0"),
        (lambda: emiss.simulate("na64e-2016", "x", workers=2, scheduler="tcp://a:1"), "give one"),
        (lambda: emiss.simulate("na64e-2016", "x", options={"speed": 1}), "unknown option 'speed'"),
        (lambda: emiss.simulate("na64e-2016", "x", mass=0.01), "belongs to the sample 'signal'"),
        (lambda: emiss.cutflow("na64e-2016", "signal"), "needs a mass"),
        (lambda: emiss.cutflow(["na64e-2016", "na64e-2018"]), "one experiment is needed"),
        (lambda: emiss.acceptance("na64e-2016", path="table.txt"), "numpy archive"),
        (lambda: emiss.unblind("na64e-2016", "nowhere"), "no directory"),
        (lambda: emiss.ecal_response("e-", "1 cm"), "energy"),
        (lambda: emiss.hcal_response(experiment="na64-visible-2017"), "hadron calorimeter"),
        (lambda: emiss.loss("Pb", thickness="1 GeV"), "thickness"),
        (lambda: emiss.cross_sections.bremsstrahlung("100 GeV", "1 MeV", target=82), "target: 82"),
    ],
)
def test_wrong_arguments_of_events_and_analysis_are_named(call, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EmissError, match=words):
        call()
    assert not list(tmp_path.iterdir())


def test_cross_sections_take_names_and_units():
    from emiss.physics import materials
    from emiss.physics.processes import bremsstrahlung, hadron_nucleus

    lead = materials.element("Pb")
    ours = emiss.cross_sections.bremsstrahlung("50 GeV", 0.03, projectile="mu-")
    same = bremsstrahlung.total_cross_section(50.0, 0.03, element=lead, projectile="mu-")
    assert ours.value_pb == same.value_pb
    found = emiss.cross_sections.hadron_inelastic("50000 MeV", "n", target=lead)
    assert found == float(hadron_nucleus.inelastic_cross_section_mb(lead, 50.0, "n"))
