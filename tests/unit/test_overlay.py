import math

import numpy as np
import pytest
from example_limits import island_limit, open_limit
from hypothesis import assume, given
from hypothesis import strategies as st

from emiss.ground.errors import EmissError
from emiss.inference.comparison import compare_ratio, compare_regions
from emiss.physics.constraints.curves.curve_files import read_curve
from emiss.physics.constraints.curves.overlay import Overlay
from emiss.physics.constraints.curves.scatter import is_scattered


def write(tmp_path, text, name="curve.csv"):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


def test_reads_header_units_and_sorts(tmp_path):
    file = write(tmp_path, "# note\nm_Aprime_MeV,eps,extra\n20,2e-5,x\n\n10,1e-5,y\n")
    curve = read_curve(file)
    assert (curve.label, curve.quantity) == ("curve", "epsilon")
    np.testing.assert_allclose(curve.masses, [0.01, 0.02], rtol=1e-12)
    np.testing.assert_array_equal(curve.values, [1e-5, 2e-5])


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("# units: GeV, 1\n0.01,1e-5\n0.02,2e-5\n", ""),
        ("# units: m [GeV], epsilon [1]\nmass,epsilon\n0.01,1e-5\n0.02,2e-5\n", "epsilon"),
        ("\ufeffmass_gev,y\r\n0.01,1e-5\r\n0.02,2e-5\r\n", "y"),
        ("mass [GeV],epsilon_observed\n0.01,1e-5\n0.02,2e-5\n", "epsilon"),
        ("mass_gev,coupling\n0.01, 1e-5\n 0.02 ,2e-5\n", ""),
    ],
)
def test_units_from_comment_or_header(tmp_path, text, quantity):
    curve = read_curve(write(tmp_path, text), "theirs")
    assert (curve.label, curve.quantity) == ("theirs", quantity)
    np.testing.assert_array_equal(curve.masses, [0.01, 0.02])


@pytest.mark.parametrize("other", ["source: mass from Fig. 2, digitised", ": mass, epsilon^2"])
def test_comments_that_say_something_else_are_no_heads(tmp_path, other):
    for comments in ("# mass [MeV], epsilon\n# {}\n", "# columns: mass [MeV], epsilon\n# {}\n"):
        curve = read_curve(write(tmp_path, comments.format(other) + "10,1e-5\n20,2e-5\n"))
        assert curve.quantity == "epsilon"
        np.testing.assert_allclose(curve.masses, [0.01, 0.02], rtol=1e-12)
        np.testing.assert_array_equal(curve.values, [1e-5, 2e-5])


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("mass_gev,epsilon\n0.01,-1e-5\n0.02,1e-5\n", 2, "not positive"),
        ("mass_gev,epsilon\n0.01,1e-5\n0,1e-5\n", 3, "not positive"),
        ("mass_gev,epsilon\n# x\n0.01,nan\n0.02,1e-5\n", 3, "not finite"),
        ("mass_gev,epsilon\n0.01,inf\n0.02,1e-5\n", 2, "not finite"),
        ("mass_gev,epsilon\n0.01,\n0.02,1e-5\n", 2, "missing"),
        ("mass_gev,epsilon\n0.01\n0.02,1e-5\n", 2, "two columns"),
        ("mass_gev,epsilon\n0.01,many\n0.02,1e-5\n", 2, "not a number"),
        ("mass_gev\n0.01\n", 1, "two columns"),
    ],
)
def test_bad_rows_name_file_and_line(tmp_path, text, line, problem):
    file = write(tmp_path, text)
    with pytest.raises(EmissError) as caught:
        read_curve(file)
    assert f"{file}, line {line}:" in str(caught.value)
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no row of data"),
        ("0.01,1e-5\n0.02,1e-5\n", "unit of the mass"),
        ("mass,epsilon\n0.01,1e-5\n0.02,1e-5\n", "unit of the mass"),
        ("mass_gev,epsilon\n0.01,1e-5\n", "needs two masses"),
        ("mass_gev,epsilon\n0.01,1e-5\n0.01,2e-5\n", "needs two masses"),
        ("mass_gev,epsilon\n", "needs two masses"),
    ],
)
def test_files_without_a_curve_are_refused(tmp_path, text, problem):
    file = write(tmp_path, text)
    with pytest.raises(EmissError, match=problem) as caught:
        read_curve(file)
    assert str(file) in str(caught.value)


def test_missing_binary_and_directory_files_are_refused(tmp_path):
    with pytest.raises(EmissError, match="cannot read"):
        read_curve(tmp_path / "absent.csv")
    with pytest.raises(EmissError, match="cannot read"):
        read_curve(tmp_path)
    binary = tmp_path / "binary.csv"
    for content in (b"\xff\xfe\x00\xd8", b"\x89PNG\r\n\x1a\n\x00", b"\xff\xfe1\x00,"):
        binary.write_bytes(content)
        with pytest.raises(EmissError, match="not text"):
            read_curve(binary)


@given(
    st.lists(
        st.tuples(st.floats(1e-6, 1e3), st.floats(1e-30, 1e30)),
        min_size=2,
        max_size=15,
        unique_by=lambda row: row[0],
    )
)
def test_round_trip_of_any_positive_curve(tmp_path_factory, rows):
    # Values that scatter are points of a plane.
    assume(not is_scattered(np.array([value for _, value in sorted(rows)]), 2))
    file = tmp_path_factory.mktemp("curves") / "c.csv"
    file.write_text("mass_gev,y\n" + "".join(f"{m!r},{v!r}\n" for m, v in sorted(rows)))
    curve = read_curve(file)
    assert list(zip(curve.masses.tolist(), curve.values.tolist(), strict=True)) == sorted(rows)


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        (["10,1e-4", "1,1e-5", "100,1e-3"], 3),
        (["1,1e-5", "10,1e-4", "5,3e-5"], 4),
        (["1,1e-5", "10,1e-4", "2,1e-6", "20,1e-5"], 4),
        (["100,1e-3", "1,1e-5", "10,1e-4"], 3),
    ],
)
def test_unsorted_rows_are_refused(tmp_path, rows, line):
    file = write(tmp_path, "mass_mev,epsilon\n" + "\n".join(rows) + "\n")
    with pytest.raises(EmissError, match="out of order") as caught:
        read_curve(file)
    assert f"{file}, line {line}:" in str(caught.value)


def test_small_steps_back_and_repeated_rows_are_a_curve(tmp_path):
    rows = "1,1e-5\n2,2e-5\n1.9,3e-5\n3,3e-5\n1,1e-5\n2,2e-5\n3,3e-5\n"
    curve = read_curve(write(tmp_path, "mass_mev,epsilon\n" + rows))
    assert np.all(np.diff(curve.masses) >= 0.0)
    assert curve.masses.size == 7


def test_ratio_is_exact_for_power_laws():
    # The limit is 1.1e-5 (m / MeV)^(1/2): log-log interpolation between two points is exact.
    limit = open_limit()
    theirs = Overlay("x", np.array([1e-3, 1.0]), 1e-5 * np.sqrt([1.0, 1e3]), "epsilon")
    np.testing.assert_allclose(compare_ratio(limit, theirs), 1.1, rtol=1e-12)


def test_ratio_is_not_extrapolated_and_keeps_gaps():
    limit = open_limit()
    theirs = Overlay("x", np.array([9e-3, 0.2]), np.array([1.0, 1.0]), "")
    inside = (limit.masses >= 9e-3) & (limit.masses <= 0.2)
    np.testing.assert_array_equal(np.isfinite(compare_ratio(limit, theirs)), inside)
    island = island_limit()
    everywhere = Overlay("x", np.array([1e-4, 10.0]), np.array([1.0, 1.0]), "epsilon")
    np.testing.assert_array_equal(
        np.isnan(compare_ratio(island, everywhere)), np.isnan(island.observed)
    )


def test_y_curves_are_compared_in_y():
    limit = open_limit()
    theirs = Overlay("x", limit.dark_matter_mass, 2.0 * limit.y, "y")
    np.testing.assert_allclose(compare_ratio(limit, theirs), 0.5, rtol=1e-12)
    with pytest.raises(EmissError, match="does not have"):
        compare_ratio(island_limit(), theirs)


def test_curves_of_another_quantity_or_range_are_refused():
    limit = open_limit()
    sigma = Overlay("x", limit.masses, limit.observed, "sigma_e_cm2")
    with pytest.raises(EmissError, match="curve of sigma_e_cm2"):
        compare_ratio(limit, sigma)
    far = Overlay("x", np.array([10.0, 20.0]), np.array([1.0, 1.0]), "epsilon")
    with pytest.raises(EmissError, match="none of the masses"):
        compare_ratio(limit, far)


# The end of the published positron curve (arXiv:2308.15612) in the order of its file.
STEPS = """# 90 % CL, epsilon
m_Aprime_GeV,epsilon
0.0010427132,5.13382596e-05
0.298635571,0.000540801939
0.320087734,0.000929872939
0.318339512,0.000880560191
0.318339512,0.000834131484
0.339219641,0.00232012907
0.331991344,0.00180599448
0.331991344,0.00193449301
"""


def test_curve_with_steps_and_unsorted_rows(tmp_path):
    file = tmp_path / "steps.csv"
    file.write_text(STEPS)
    curve = read_curve(file)
    assert curve.masses.size == 8
    _check_steps(curve)


def test_published_curve_with_steps_and_unsorted_rows(reference):
    _check_steps(read_curve(reference / "limits" / "pub_na64eplus_2022_eps.csv"))


def _check_steps(curve):
    assert curve.quantity == "epsilon"
    assert np.all(np.diff(curve.masses) >= 0.0)
    ratio = compare_ratio(open_limit(60), curve)
    assert 0.0 < np.nanmin(ratio) < math.inf


def test_regions_whose_edges_are_the_same_have_nothing_of_their_own():
    """Edges within 0.1 % are the same, whichever of the two is wider."""
    ours = island_limit()
    known = np.isfinite(ours.observed)
    for low, high, mine, theirs in (
        (1.0005, 1.0005, False, False),
        (0.9995, 0.9995, False, False),
        (1.002, 1.0, True, False),
        (0.998, 1.0, False, True),
        (1.0, 0.998, True, False),
        (1.0, 1.002, False, True),
    ):
        masses = ours.masses[known][1:]
        edges = ours.observed[known][1:] * low, ours.observed_upper[known][1:] * high
        found = compare_regions(ours, Overlay("near", masses, edges[0], "epsilon", upper=edges[1]))
        inside = [r for r in found.only_ours if r[1] > masses[0] * 1.0001]
        assert (bool(inside), bool(found.only_theirs)) == (mine, theirs), (low, high)
        span = (masses[0], masses[-1])
        for ranges, is_there in ((inside, mine), (found.only_theirs, theirs)):
            if is_there:
                np.testing.assert_allclose(ranges[-1][1], span[1], rtol=1e-12)
