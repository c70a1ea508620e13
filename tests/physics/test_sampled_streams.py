"""Processes of one sampled yield have random numbers of their own: errors add in quadrature."""

import numpy as np
from closeness import close

from emiss import models
from emiss.yields import signal_yield
from emiss.yields.sampling import dump
from emiss.yields.sampling.streams import BATCHES, stream

NAMES = ("bremsstrahlung", "annihilation", "primakoff", "pi0", "eta", "eta-prime", "omega", "f2",
         "K-short", "K-long")  # fmt: skip


def test_streams_do_not_overlap():
    found = {stream(name, batch) for name in NAMES for batch in range(BATCHES)}
    assert len(found) == len(NAMES) * BATCHES
    # room for what the generators add to it
    assert min(found) >= 0
    assert max(found) < 1 << 28


def _totals(experiment, model, mass, **options):
    """Yield of all processes and its error added in quadrature, for many seeds."""
    values, squares = [], []
    for seed in range(100):
        found = signal_yield(experiment, model, [mass], engine="montecarlo", seed=seed, **options)
        errors = found.errors(1e-4).values()
        values.append(found.events(1e-4).sum())
        squares.append(sum(float(error[0, 0]) ** 2 for error in errors))
    return np.std(values, ddof=1), np.sqrt(np.mean(squares))


def test_errors_of_mesons_add_in_quadrature():
    """With the same hadrons for all mesons the spread is 1.8 times the error."""
    model = models.get("invisible-meson", {"channel": "all"})
    spread, error = _totals("na64h-2023", model, 0.05, showers=300)
    # 100 seeds know the spread to 7 %: 5 standard deviations, a false alarm in 2e6
    close(spread / error, 1.0, 0.36)


def test_processes_of_a_dump_have_showers_of_their_own(monkeypatch):
    """Chunks of the transport by emitter: none is used twice."""
    seen, sample = [], dump.sample_bosons

    def noting(stack, beam, showers, source, used, **options):
        seen.append((*used, options["chunk"]))
        return sample(stack, beam, showers, source, used, **options)

    monkeypatch.setattr(dump, "sample_bosons", noting)
    options = {"engine": "montecarlo", "showers": 10, "seed": 77}
    signal_yield("na64e-plus-2022", models.get("dark-photon"), [0.2], **options)
    assert {name for name, _ in seen} == {"bremsstrahlung", "annihilation"}
    assert len({chunk for _, chunk in seen}) == len(seen) == 2 * BATCHES
