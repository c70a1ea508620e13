"""p-values of background alone from pseudo-experiments: closed forms, enumeration, pyhf."""

import math

import numpy as np
import pytest
from closeness import close
from scipy import optimize, stats

from emiss.ground.errors import ValidityError
from emiss.inference import Channel, significance
from emiss.inference.simplified import SimplifiedLikelihood
from emiss.presentation.export.pyhf_workspace import pyhf_workspace

# Seeds are fixed; a new one would fail a comparison within 4 standard deviations in 6 of 1e5.
SIGMAS = 4.0


@pytest.mark.parametrize(("observed", "background"), [(2, 0.51), (5, 1.2), (24, 14.0)])
def test_known_background_gives_the_poisson_tail(observed, background):
    # q0 rises with a count above its background; (k + 1)/(N + 1) is off by 1e-4 at most.
    found = significance(Channel(observed, background), "toys", seed=3)
    assert abs(found.p_value - stats.poisson.sf(observed - 1, background)) < (
        SIGMAS * found.error + 1e-4
    )
    close(found.significance, stats.norm.isf(found.p_value), 1e-9)


def p_by_enumeration(channel):
    """All counts, and a grid in the constraint of one log-normal background."""
    b, width = channel.background, channel.background_widths[0]

    def at_zero(n, centre):
        def at(z):
            mean = b * math.exp(width * z)
            return mean - n * math.log(mean) + 0.5 * (z - centre) ** 2

        return optimize.minimize_scalar(at, bounds=(-9.0, 9.0), options={"xatol": 1e-9})

    def q0(n, centre):
        if n <= b * math.exp(width * centre):
            return 0.0
        # an excess is fitted to the last digit
        return 2.0 * (at_zero(n, centre).fun - (n - n * math.log(n)))

    z, observed = at_zero(channel.observed, 0.0).x, q0(channel.observed, 0.0)
    mean = b * math.exp(width * z)
    grid = stats.norm.ppf((np.arange(80) + 0.5) / 80)
    return sum(
        stats.poisson.pmf(n, mean) * np.mean([q0(n, z + u) >= observed for u in grid])
        for n in range(int(mean + 8.0 * math.sqrt(mean) + 8.0))
    )


@pytest.mark.parametrize("channel", [Channel(4, 1.5, 0.75), Channel(9, 5.0, 2.0)])
def test_profiled_background_matches_enumeration(channel):
    found = significance(channel, "toys", seed=5)
    # The grid of 80 places an edge in the constraint to within half a cell for each count.
    expected = p_by_enumeration(channel)
    assert abs(found.p_value - expected) < SIGMAS * found.error + 0.01 * expected


def test_runs_are_weighed_by_their_signals():
    # What expects no signal says nothing, whatever it saw.
    runs = [Channel(9, 3.0, signal=0.0), Channel(4, 1.0, signal=2.0)]
    found = significance(runs, "toys", seed=2)
    assert abs(found.p_value - stats.poisson.sf(3, 1.0)) < SIGMAS * found.error + 1e-4
    alone = significance(runs[1], "profile")
    close(significance(runs, "profile").significance, alone.significance, 1e-6)
    # q0 of a known background, arXiv:1007.1727, eq. 97.
    close(alone.significance, math.sqrt(2.0 * (4.0 * math.log(4.0) - 3.0)), 1e-9)


def test_many_events_are_asymptotic():
    channels = [
        Channel(3120, 3000.0, 60.0, signal=2.0, background_uncertainty_shared=30.0),
        Channel(1570, 1500.0, 40.0, signal=1.0, background_uncertainty_shared=20.0),
    ]
    thrown, formula = (significance(channels, name) for name in ("toys", "profile"))
    # Corrections fall like one over the root of the events: 2 % of the tail.
    assert abs(thrown.p_value - formula.p_value) < SIGMAS * thrown.error + 0.02 * formula.p_value


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_profile_is_q0_of_pyhf():
    pyhf = pytest.importorskip("pyhf")
    channels = (Channel(4, 1.5, 0.4, signal=1.0), Channel(9, 6.0, 1.2, signal=2.5))
    search = SimplifiedLikelihood(
        "counts", "counts", "m", {}, "g", "", ("a", "b"), channels, np.array([0.1]),
        np.array([1.0]), {"signal": np.array([[1.0], [2.5]])},
    )  # fmt: skip
    workspace = pyhf.Workspace(pyhf_workspace(search, coupling=1.0))
    model = workspace.model(modifier_settings={"normsys": {"interpcode": "code1"}})
    theirs = pyhf.infer.hypotest(0.0, workspace.data(model), model, test_stat="q0")
    # its minimiser is good to 1e-4 of the p-value
    close(significance(channels, "profile").p_value, float(theirs), 1e-3)


def test_no_excess_and_bad_input():
    for method in ("toys", "profile"):
        nothing = significance(Channel(1, 3.0, 0.5), method)
        assert (nothing.p_value, nothing.significance) == (1.0, None)
    with pytest.raises(ValidityError, match="toys"):
        significance(Channel(1, 0.5), "toys", toys=10)
    found = significance(Channel(3, 0.5), "toys", toys=1000, seed=4)
    assert "±" in found.words
    assert found == significance(Channel(3, 0.5), "toys", toys=1000, seed=4)
    # never 0, however far the count
    assert significance(Channel(60, 0.5), "toys", toys=100).p_value == 1.0 / 101.0
