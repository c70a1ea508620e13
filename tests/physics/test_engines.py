"""What a yield is put together from: engines, processes, modes, fates, productions, runs."""

import math
import sys
import textwrap
from dataclasses import replace

import numpy as np
import pytest
from closeness import close
from layouts import with_cut, with_layout

import emiss
from emiss import experiments, materials, models
from emiss.experiments import modes
from emiss.experiments.setup import Setup, Window
from emiss.ground import constants as const
from emiss.ground.discovery import discover
from emiss.ground.errors import EmissError, UnknownNameError
from emiss.presentation.cli import list_names
from emiss.yields import SignalYield, engines, signal_yield
from emiss.yields.bremsstrahlung_production import bremsstrahlung_production
from emiss.yields.bremsstrahlung_spectrum import bremsstrahlung_coefficient
from emiss.yields.fate import PROMPT, Fate, fates_of
from emiss.yields.positrons import annihilation_luminosity
from emiss.yields.processes import Options, Request, processes
from emiss.yields.processes.primakoff import primakoff_coefficients
from emiss.yields.production import (
    annihilation_production,
    primakoff_production,
)

MASSES = np.array([2e-3, 0.0167, 0.1])
DARK = models.get("dark-photon", {})
VISIBLE = models.get("dark-photon", {"dark_matter": "none"})


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Makes an installed package of one module with entry points."""

    def make(module, text, entries):
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(text))
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(textwrap.dedent(entries))

    monkeypatch.syspath_prepend(str(tmp_path))
    discover.cache_clear()
    before = set(sys.modules)
    yield make
    discover.cache_clear()
    for module in set(sys.modules) - before:
        if module.startswith("foreign_"):
            del sys.modules[module]


# Engines ----------------------------------------------------------------------------------------

COUNTING = """
    from dataclasses import dataclass

    import numpy as np

    from emiss.yields import Engine, SignalYield


    @dataclass(frozen=True)
    class Flat:
        masses: object

        def per_particle(self, coupling):
            return 1e-3 * np.asarray(coupling) ** 2 * np.ones(self.masses.size)


    def yield_of(experiment, model, masses, options):
        runs = experiment.runs
        efficiency = np.ones((len(runs), masses.size))
        on_target = np.array([run.particles_on_target.value for run in runs])
        return SignalYield(
            experiment, model, masses, tuple(run.period for run in runs),
            on_target[:, None] * efficiency, efficiency, (0,) * len(runs),
            ({"flat": Flat(masses)},), ("arXiv:2307.02404",),
        )


    ENGINE = Engine("flat", "a thousandth of a boson per particle", yield_of)
"""


def test_an_engine_of_another_package(package):
    ours = emiss.limit("na64e-2016-2022", DARK, masses=MASSES)
    package("foreign_engine", COUNTING, "[emiss.engines]\nflat = foreign_engine:ENGINE\n")
    assert {"deterministic", "flat"} <= set(engines())
    found = signal_yield("na64e-2016-2022", DARK, MASSES, engine="flat", on_target=1e12)
    assert isinstance(found, SignalYield)
    assert found.process_names == ("flat",)
    # 1e12 particles, a thousandth each, coupling 1e-3 squared.
    close(found.events(1e-3).sum(axis=0), np.full(3, 1e3), 1e-12)
    assert not found.decays_in_flight
    assert found.cut_flow() == {}
    # A limit asks the engine it always asked.
    again = emiss.limit("na64e-2016-2022", DARK, masses=MASSES)
    close(again.observed, ours.observed, 1e-12)
    default = signal_yield("na64e-2016-2022", DARK, MASSES)
    named = signal_yield("na64e-2016-2022", DARK, MASSES, engine="deterministic")
    assert default.process_names == named.process_names != found.process_names
    close(named.events(1e-4), default.events(1e-4), 1e-12)


def test_unknown_engines_are_refused():
    with pytest.raises(UnknownNameError, match="deterministic"):
        signal_yield("na64e-2016", DARK, MASSES, engine="deterministik")


def test_an_engine_must_be_one(package):
    package("foreign_none", "ENGINE = 3\n", "[emiss.engines]\nnone = foreign_none:ENGINE\n")
    with pytest.warns(emiss.ground.errors.PluginWarning, match="is a int, not a Engine"):
        assert "none" not in engines()


# Processes and modes ----------------------------------------------------------------------------

TWICE = """
    from dataclasses import dataclass, replace

    from emiss.experiments import modes
    from emiss.yields.processes import processes

    OURS = processes()["bremsstrahlung"]


    @dataclass(frozen=True)
    class Doubled:
        inner: object

        def per_particle(self, coupling):
            return 2.0 * self.inner.per_particle(coupling)


    def prepare(request):
        return {"twice": Doubled(found) for found in OURS.prepare(request).values()}


    PROCESS = replace(OURS, name="twice", title="twice", prepare=prepare)
    MODE = replace(
        modes()["missing-energy"], name="missing-twice", processes=("bremsstrahlung", "twice")
    )
"""


def test_processes_are_found():
    known = processes()
    named = {name for mode in modes().values() for name in mode.processes}
    assert named <= set(known)
    for name, process in known.items():
        assert process.name == name
        assert process.citations
        assert process.flavour in ("e", "mu", "")


def test_a_process_and_a_mode_of_another_package(package):
    entries = "[emiss.processes]\ntwice = foreign_twice:PROCESS\n"
    entries += "[emiss.modes]\nmissing-twice = foreign_twice:MODE\n"
    package("foreign_twice", TWICE, entries)
    assert "twice" in {row["name"] for row in list_names._processes()}
    found = experiments.get("na64e-2016-2018")
    plain = signal_yield(found, DARK, MASSES).per_process(1e-4)
    assert "twice" not in plain  # known, but not asked for

    def other_mode(layout):
        return replace(layout, selection=replace(layout.selection, mode="missing-twice"))

    parts = signal_yield(with_layout(found, other_mode), DARK, MASSES).per_process(1e-4)
    assert set(parts) == {"bremsstrahlung", "twice"}
    close(parts["bremsstrahlung"], plain["bremsstrahlung"], 1e-12)
    close(parts["twice"], 2.0 * plain["bremsstrahlung"], 1e-12)


def test_processes_ask_what_a_model_couples_to():
    known = processes()
    assert known["bremsstrahlung"].couples(DARK, MASSES)
    assert not known["primakoff"].couples(DARK, MASSES)
    alp = models.get("alp")
    assert known["primakoff"].couples(alp, MASSES)
    assert not known["annihilation"].couples(alp, MASSES)
    muons = models.get("leptophilic", {"lepton": "mu"})
    assert [name for name in known if known[name].couples(muons, MASSES)] == ["muon_bremsstrahlung"]
    with pytest.raises(EmissError, match="does not couple to electrons or photons"):
        signal_yield("na64e-2016", muons, MASSES)


# Cuts -------------------------------------------------------------------------------------------


def test_efficiencies_of_cuts_multiply():
    found = experiments.get("na64e-2016-2022")
    whole = signal_yield(found, DARK, MASSES).events(1e-4)
    one = with_cut(found, "one track", efficiency=0.8)
    both = with_cut(one, "a new one", efficiency=0.25)
    close(one.layout.selection.efficiency, 0.8, 1e-12)
    close(both.layout.selection.efficiency, 0.2, 1e-12)
    for changed, share in ((one, 0.8), (both, 0.2)):
        signal = signal_yield(changed, DARK, MASSES)
        close(signal.events(1e-4), share * whole, 1e-12)
        # One threshold as before: the same production serves both.
        assert changed.runs[0].setup == found.runs[0].setup
    # Of one run alone.
    (first, *others) = found.runs
    cut = replace(found, runs=(replace(first, layout=one.runs[0].layout), *others))
    ratio = signal_yield(cut, DARK, MASSES).events(1e-4) / whole
    close(ratio, np.array([[0.8], [1.0]]) * np.ones(3), 1e-12)


def test_cuts_that_are_not_computed_change_nothing():
    found = experiments.get("na64e-2016-2022")
    harder = with_cut(with_cut(found, "momentum", least=99.0), "quiet HCAL", most=0.5)
    close(
        signal_yield(harder, DARK, MASSES).events(1e-4),
        signal_yield(found, DARK, MASSES).events(1e-4),
        1e-12,
    )


# Fates ------------------------------------------------------------------------------------------


def lead(window=None, **changes):
    return Setup("e-", 100.0, 0.01, materials.get("Pb"), 50.0, 2.0, window=window, **changes)


def never():
    raise AssertionError("the number of bosons does not decide here")


def fate(setup, model, masses=MASSES, total=never, exposure=1e12):
    """Of all masses together, which is the same here."""
    found, prompt = fates_of(setup, model, masses, flavour="e", total=total, exposure=exposure)
    assert np.all(prompt == prompt[0])
    return PROMPT if prompt[0] else found


def test_fates():
    behind = Window(567.0, invisible=True)
    volume = Window(29.0, 145.0, ("e+e-",))
    split = models.get("dark-photon", {"dark_matter": "pseudo-dirac", "splitting": 0.4})
    unsplit = models.get("dark-photon", {"dark_matter": "pseudo-dirac"})
    feeble = models.get("dark-photon", {"dark_matter": "dirac", "alpha_dark": 1e-16})
    # Nothing behind the dump is described: the branching alone decides.
    for model in (DARK, VISIBLE, split):
        assert fate(lead(), model) == Fate("prompt")
        assert fate(lead(volume), model) == Fate("volume", volume)
    assert fate(lead(behind), VISIBLE) == Fate("escape", behind)
    assert fate(lead(behind), split) == Fate("excited", behind)
    assert fate(lead(behind), unsplit) == Fate("prompt")
    # Dark decays, but slow ones.
    assert fate(lead(behind), feeble) == Fate("escape", behind)
    # 40 decay lengths in front of the plane are needed: a nearer one is not enough.
    width = float(feeble.dark_width(MASSES)[0])
    quick = replace(feeble, alpha_dark=1e-16 * 60.0 * 50e3 * const.HBARC_GEV_CM / 567.0 / width)
    last = MASSES[:1]
    lengths = 567.0 / (104.0 / last[0] * const.HBARC_GEV_CM / float(quick.dark_width(last)[0]))
    close(lengths, 60.0 * 50e3 * last[0] / 104.0, 1e-6)
    assert fate(lead(behind), quick, last).kind == ("prompt" if lengths > 40.0 else "escape")
    near = Window(567.0 * 39.0 / lengths, invisible=True)
    far = Window(567.0 * 41.0 / lengths, invisible=True)
    assert fate(lead(near), quick, last).kind == "escape"
    assert fate(lead(far), quick, last).kind == "prompt"


def test_neutrinos_decide_by_the_number_of_events():
    behind = Window(567.0, invisible=True)
    gauge = models.get("b-l", {})
    masses = np.array([0.3])
    # Visible decays are not rare; what can be seen at the coupling at which 40 decay lengths fit
    # in depends on how many bosons there are.
    few = fate(lead(behind), gauge, masses, lambda: np.array([1e-30]))
    many = fate(lead(behind), gauge, masses, lambda: np.array([1e30]))
    assert (few.kind, many.kind) == ("prompt", "escape")
    # Events count: number and exposure together.
    width = float(gauge.total_width(masses, np.ones(1))[0])
    hidden = float(gauge.neutrino_width(masses, np.ones(1))[0])
    length = 100.0 / masses[0] * const.HBARC_GEV_CM / width
    squared = 40.0 * length / 567.0 / const.ELECTRIC_CHARGE**2
    edge = 1e-3 / (squared * (1.0 - hidden / width))
    for share, kind in ((0.99, "prompt"), (1.01, "escape")):
        for exposure in (1.0, 1e12):
            made = np.array([share * edge / exposure])
            found = fate(lead(behind), gauge, masses, lambda n=made: n, exposure)
            # p against E: m^2/2E^2 = 5e-6.
            assert found.kind == kind


# Productions ------------------------------------------------------------------------------------


def far_yield(name, target, model, masses=MASSES):
    """Yield of bosons that count wherever they decay behind 10 km, and do not decay before."""
    window = Window(1e6, invisible=True)
    asked = Request(target, model, masses, Fate("escape", window), Options())
    (found,) = processes()[name].prepare(asked).values()
    return found


def test_far_window_gives_the_prompt_coefficient():
    """Bosons so feeble that they all leave: the sum over depth and energy is what is made."""
    light = np.array([3e-6, 1e-4, 9e-4])  # below two electron masses: no width at all
    for target in (lead(), replace(lead(), momentum_spread=0.0, threshold_smearing=0.0)):
        found = far_yield("bremsstrahlung", target, VISIBLE, light)
        expected = bremsstrahlung_coefficient(target, light, "vector")
        close(found.per_particle(np.full(3, 1e-3)), 1e-6 * expected, 1e-9)
        alp = models.get("alp")
        found = far_yield("primakoff", target, alp)
        expected = primakoff_coefficients(target, MASSES)[1].sum(axis=0)
        # Width m^3 g^2/64 pi: at 1e-14 GeV^-1 and 0.1 GeV 1e-16 of a decay in 10 km.
        close(found.per_particle(np.full(3, 1e-14)), 1e-28 * expected, 1e-9)


@pytest.mark.parametrize("material", ["Pb", "W", "na64-ecal"])
@pytest.mark.parametrize(
    ("smearing", "leptons", "photons"),
    # Measured: 0.006 and 0.02 % with the first, 0.16 and 0.02 % with the second, in all materials;
    # the threshold is taken at the mean energy of a cell.
    [(2.0, 2e-4, 5e-4), (0.5, 3e-3, 5e-4)],
)
def test_productions_in_depth_give_the_prompt_coefficients(material, smearing, leptons, photons):
    target = replace(lead(), material=materials.get(material), threshold_smearing=smearing)
    made = bremsstrahlung_production(target, math.inf, MASSES, "vector")
    whole = bremsstrahlung_coefficient(target, MASSES, "vector")
    close(made.total, whole, leptons)
    made = primakoff_production(target, math.inf, MASSES)
    whole = primakoff_coefficients(target, MASSES)[1].sum(axis=0)
    close(made.total, whole, photons)
    for production in (made, bremsstrahlung_production(target, math.inf, MASSES, "scalar")):
        by_depth = production.weights.sum(axis=(1, 2))
        assert np.all(by_depth >= 0.0)
        assert production.depths[-1] > production.mean_depth().max()
        assert np.all(production.energies >= MASSES)
        # 12 radiation lengths hold all: measured 2.4e-4 of the photons in the last of them.
        assert by_depth[-4:].sum() < 4e-4 * by_depth.sum()


def test_narrow_annihilation_in_depth_is_the_integral_over_the_resonance():
    narrow = models.get("dark-photon", {"alpha_dark": 1e-6, "dark_matter": "dirac"})
    masses = np.linspace(0.235, 0.29, 24)
    # The luminosity has cells of 1 GeV with an even density in each, so that a resonance of no
    # width sees steps: at most 3 % for the steep spectrum of secondary positrons, and nothing of
    # that in the mean.
    for particle, step in (("e-", 0.04), ("e+", 0.008)):
        target = replace(lead(), particle=particle)
        made = annihilation_production(target, math.inf, masses, "vector").total
        whole = annihilation_luminosity(target).events(masses, narrow)
        close(made, whole, step)
        close(made.sum(), whole.sum(), 5e-3)


def test_muons_are_followed_with_what_passes_the_cuts():
    masses = np.array([0.01, 0.3])
    found = signal_yield("na64mu-2022", VISIBLE, masses).processes[0]["muon bremsstrahlung"]
    made = found.inner.production
    close(made.total, found.production * found.acceptance, 1e-12)
    setup = experiments.get("na64mu-2022").runs[0].setup
    close(made.depths, np.array([0.0, setup.length]), absolute=1e-12, because="the front is at 0")
    # The branching alone, where decays are dark.
    dark = signal_yield("na64mu-2022", DARK, masses).processes[0]["muon bremsstrahlung"]
    close(dark.per_particle(np.full(2, 1e-4)), 1e-8 * made.total, 1e-6)


# Runs of several setups -------------------------------------------------------------------------

EMPTY = "background = { value = 0, uncertainty = 0 }\nobserved = 0\n"


def own_file(tmp_path, name, runs):
    """The template with other runs: particles on target and changes of each."""
    head, _ = experiments.template().split("[defaults]")
    text = head.replace('name = "my-experiment"', f'name = "{name}"')
    text += "[defaults]\nefficiency = 0.5\nyield_uncertainty = 0\n"
    for period, (number, changes) in runs.items():
        text += (
            f'\n[[run]]\nperiod = "{period}"\nparticles_on_target = {number}\n{EMPTY}{changes}\n'
        )
    path = tmp_path / f"{name}.toml"
    path.write_text(text, "utf-8")
    return experiments.get(path)


SLOWER = '[run.beam]\nmomentum = "60 GeV"\n[[run.cut]]\nname = "missing energy"\nmax = "25 GeV"\n'
THINNER = '[[run.element]]\nname = "ecal"\nrepeat = 40\n'


def test_runs_of_several_beams_are_what_each_gives_alone(tmp_path):
    runs = {"fast": (2e11, ""), "slow": (7e11, SLOWER), "other dump": (3e11, THINNER)}
    together = own_file(tmp_path, "together", runs)
    alone = [own_file(tmp_path, f"run{i}", {k: v}) for i, (k, v) in enumerate(runs.items())]
    assert [run.setup.beam_energy for run in together.runs] == [100.0, 60.0, 100.0]
    assert [run.setup.min_missing_energy for run in together.runs] == [50.0, 35.0, 50.0]
    assert together.beam_label == "100 GeV e-, 60 GeV e-"
    close(together.runs[2].setup.length, 4.8 + 12.0, 1e-12)
    signal = signal_yield(together, DARK, MASSES)
    parts = [signal_yield(one, DARK, MASSES) for one in alone]
    coupling = np.array([1e-5, 1e-4, 1e-3])
    for row, part in zip(signal.events(coupling), parts, strict=True):
        close(row, part.events(coupling)[0], 1e-12)
    assert len(set(signal.setup_index)) == 3
    # Without background, observed events and uncertainties ln 10 events are excluded: couplings add
    # like their inverse squares, for the sum of events is what is compared.
    limits = [emiss.limit(one, DARK, masses=MASSES).observed for one in alone]
    whole = emiss.limit(together, DARK, masses=MASSES).observed
    close(sum(part.events(whole)[0] for part in parts), np.full(3, math.log(10.0)), 1e-4)
    close(whole**-2, sum(one**-2 for one in limits), 1e-4)


def test_combined_files_keep_their_beams(tmp_path):
    paths = []
    for index, runs in enumerate(({"fast": (2e11, "")}, {"slow": (7e11, SLOWER)})):
        own_file(tmp_path, f"part{index}", runs)
        paths.append(f'"part{index}.toml"')
    path = tmp_path / "both.toml"
    path.write_text(
        '[experiment]\nname = "both"\ntitle = "Both"\nreferences = []\nfigure = ""\n'
        f"combine = [{', '.join(paths)}]\n",
        "utf-8",
    )
    both = experiments.get(path)
    together = own_file(tmp_path, "together", {"fast": (2e11, ""), "slow": (7e11, SLOWER)})
    assert [run.setup.beam_energy for run in both.runs] == [100.0, 60.0]
    assert [run.setup.min_missing_energy for run in both.runs] == [50.0, 35.0]
    found = emiss.limit(both, DARK, masses=MASSES).observed
    close(found, emiss.limit(together, DARK, masses=MASSES).observed, 1e-9)


def test_visible_runs_of_two_beams_and_dumps():
    both = experiments.get("na64-visible-2017-2018")
    masses = np.array([0.0167])
    grid = np.geomspace(1e-5, 1e-3, 9)[:, None]
    whole = signal_yield(both, VISIBLE, masses).events(grid).sum(axis=0)
    names = ("na64-visible-2017", "na64-visible-2018")
    parts = sum(signal_yield(name, VISIBLE, masses).events(grid)[0] for name in names)
    close(whole, parts, 1e-12, absolute=1e-300, because="underflow far above the island")
