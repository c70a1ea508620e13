"""The same task by us and by a peer, in one run; peers are optional."""

import pytest
from closeness import close

from emiss.inference import Channel, upper_limit

OBSERVED, BACKGROUND, UNCERTAINTY = 0, 0.51, 0.13


@pytest.mark.benchmark(group="limit on a count: 0 observed, 0.51 +- 0.13 expected")
def test_emiss_exact_cls(benchmark):
    channel = Channel(OBSERVED, BACKGROUND, background_uncertainty=UNCERTAINTY)
    result = benchmark(upper_limit, (channel,))
    close(result.upper_limit, 2.302585, 1e-6)


@pytest.mark.benchmark(group="limit on a count: 0 observed, 0.51 +- 0.13 expected")
# pyhf 0.7 validates with a part of jsonschema that is to go; scipy is asked for one number of an
# array. Neither is ours to repair.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_pyhf_asymptotic_cls(benchmark):
    pyhf = pytest.importorskip("pyhf")
    from pyhf.infer.intervals.upper_limits import upper_limit as pyhf_upper_limit

    model = pyhf.simplemodels.uncorrelated_background(
        signal=[1.0], bkg=[BACKGROUND], bkg_uncertainty=[UNCERTAINTY]
    )
    data = [OBSERVED, *model.config.auxdata]

    def run():
        return pyhf_upper_limit(data, model, level=0.1, rtol=1e-3)

    observed, _ = benchmark.pedantic(run, rounds=3, warmup_rounds=1)
    # asymptotic formulas are too strong at such counts
    assert float(observed) < 2.3
