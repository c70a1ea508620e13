"""A limit is taken wherever a curve is; unknown keywords say what there is."""

from dataclasses import replace

import numpy as np
import pytest
from closeness import close
from example_limits import island_limit, open_limit

import emiss
from emiss.api.edge import as_curve
from emiss.ground.errors import ArgumentError, ArgumentTypeError


@pytest.mark.parametrize("make", [open_limit, island_limit])
def test_a_limit_is_the_curve_that_its_file_is_read_as(tmp_path, make):
    limit = make()
    limit.save(tmp_path)
    found, read = as_curve(limit), emiss.read_curve(tmp_path / "limit.json")
    np.testing.assert_array_equal(found.masses, read.masses)
    np.testing.assert_array_equal(found.values, read.values)
    assert (found.quantity, found.unit) == (read.quantity, read.unit)
    assert (found.upper is None) == (read.upper is None)
    if found.upper is not None and read.upper is not None:
        np.testing.assert_array_equal(found.upper, read.upper)


def test_a_limit_is_compared_with_another():
    limit = open_limit()
    other = replace(limit, observed=2.0 * limit.observed)
    ratio = emiss.compare(limit, other).ratio
    # Halves in floating point, through logarithms.
    close(float(ratio.min()), 0.5, 1e-12)
    close(float(ratio.max()), 0.5, 1e-12)


def test_a_limit_that_excludes_nothing_is_no_curve():
    limit = open_limit()
    gone = replace(limit, observed=np.full(limit.masses.shape, np.nan))
    with pytest.raises(ArgumentError, match="excludes nothing"):
        emiss.compare(limit, gone)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: emiss.relic(dark_matter="scalar"), r"parameters=\{'dark_matter': ...\}"),
        (lambda: emiss.limit("na64e-2016", alpha_dark=0.5), r"parameters=\{'alpha_dark': ...\}"),
        (lambda: emiss.limit("na64e-2016", mases=["1 MeV"]), "Did you mean 'masses'"),
        (lambda: emiss.compare(open_limit(), curves=[]), "it takes limit, curve"),
    ],
)
def test_an_unknown_keyword_says_what_there_is(call, said):
    with pytest.raises(ArgumentTypeError, match=said) as caught:
        call()
    assert isinstance(caught.value, TypeError)
