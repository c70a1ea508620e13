"""Curves that are hardly what they were read as: records of other models, ratios beyond 1000."""

import json

import numpy as np
import pytest
from closeness import close
from example_limits import open_limit

from emiss import read_curve
from emiss.ground.errors import EmissError
from emiss.physics.constraints.curves.overlay import Overlay
from emiss.physics.constraints.curves.recast import recast
from emiss.physics.constraints.direct_detection_curve import curve_in_y
from emiss.physics.models import get
from emiss.presentation.export import limit_record


def saved(tmp_path, **changes):
    file = tmp_path / "limit.json"
    file.write_text(json.dumps(limit_record(open_limit()) | changes))
    return read_curve(file)


@pytest.mark.parametrize(("level", "said"), [(0.95, "95 % CL"), (0.5, "50 % CL"), (0.9, "")])
def test_another_level_of_a_record_is_quoted(tmp_path, level, said):
    reading = saved(tmp_path, cl=level).reading
    assert (f"; not used: '{said}'" in reading) == bool(said)
    assert bool(said) or "not used" not in reading


def test_a_model_that_is_not_known_is_said(tmp_path):
    notes = " ".join(saved(tmp_path, model="nonsense").notes)
    assert "'nonsense', which is not known here" in notes
    assert saved(tmp_path).notes == ()


def test_bands_that_cross_are_refused(tmp_path):
    bands = limit_record(open_limit())["expected"]
    with pytest.raises(EmissError, match="band -1 lies above band 0"):
        saved(tmp_path, expected=bands | {"-1": [2.0 * value for value in bands["0"]]})


def curve(values, quantity="epsilon"):
    return Overlay("theirs", np.array([0.01, 0.1]), np.array(values), quantity)


def test_a_recast_that_is_far_from_the_curve_everywhere_is_asked_about():
    alone, with_dark_matter = get("dark-photon", {"dark_matter": "none"}), get("dark-photon")
    visible = {"signature": "visible", "final_state": "e+e-"}
    assert recast(curve([1e-5, 1e-4]), alone, get("b-l"), **visible).notes == ()
    # Decays to dark matter leave about 1e-9 of the pairs.
    far = recast(curve([1e-5, 1e-4]), with_dark_matter, alone, **visible)
    assert np.nanmax(far.lower / [1e-5, 1e-4]) < 1e-3
    assert "times epsilon of dark-photon everywhere" in far.notes[0]


def test_a_cross_section_that_no_coupling_gives_is_asked_about():
    usual = curve_in_y(curve([1e-38, 1e-40], "sigma_e_cm2"), "scalar")
    assert usual.notes == ()
    assert 1e-22 < usual.values.min() < usual.values.max() < 1.0
    for values in ([1e-2, 1e-4], [1e-58, 1e-59]):
        found = curve_in_y(curve(values, "sigma_e_cm2"), "scalar")
        assert any("are its units right" in note for note in found.notes)


@pytest.mark.parametrize("value", ["1e-320", "1e300", "1e-100"])
def test_numbers_out_of_any_range_are_refused(tmp_path, value):
    file = tmp_path / "c.csv"
    file.write_text(f"m_A' [MeV],epsilon\n1,{value}\n10,{value}\n")
    with pytest.raises(EmissError, match="out of range"):
        read_curve(file)


def test_the_largest_numbers_are_recast_without_a_warning():
    # Warnings are errors in tests.
    for size in (1e-60, 1e60):
        found = recast(curve([size, size]), get("dark-photon"), get("b-l"))
        assert found.lower.shape == (2,)
    close(recast(curve([1e-5, 1e-4]), get("dark-photon"), get("dark-photon")).lower[0], 1e-5, 1e-9)


def test_of_the_files_that_emiss_writes_only_what_is_not_understood_is_quoted(tmp_path):
    open_limit().save(tmp_path)
    table = read_curve(tmp_path / "limit.csv").reading.partition("; not used: ")[2]
    assert "dark_matter = scalar" in table
    for usual in ("units", "method", "sha256", "standard deviations"):
        assert usual not in table
    for name in ("coupling", "y"):
        reading = read_curve(tmp_path / "hepdata" / f"{name}.yaml").reading
        # Limits on y depend on the kind.
        assert reading.partition("; not used: ")[2] == "'DARK_MATTER scalar'"
    assert "not used" not in read_curve(tmp_path / "limit.json").reading


def test_columns_that_a_letter_tells_apart_are_asked_about(tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("m_A' [MeV],eps obs A,eps obs B\n1,1e-5,2e-5\n10,3e-5,4e-5\n")
    with pytest.raises(EmissError, match="several columns"):
        read_curve(file)


def text_curve(tmp_path, *lines):
    path = tmp_path / "curve.csv"
    path.write_text("\n".join(lines) + "\n")
    return read_curve(path)


@pytest.mark.parametrize(
    "rows",
    [
        ("m_chi [MeV],R,y", "1,2.5,1e-13", "10,3,1e-12"),
        ("m_chi [MeV],m_A'/m_chi,y", "1,2.5,1e-13", "10,3,1e-12"),
        ("experiment,mass_MeV,epsilon", "NA64,10,3e-5", "BaBar,20,1e-3"),
        ("m_A' [MeV],epsilon,scale", "1,1,1e-5", "10,2,1e-4"),
    ],
)
def test_a_variable_of_a_text_table_is_not_ignored(tmp_path, rows):
    with pytest.raises(EmissError, match="is a second variable"):
        text_curve(tmp_path, *rows)


@pytest.mark.parametrize(
    ("head", "cells", "said"),
    [
        ("comment", ("this is eps^2", ""), "column comment"),
        ("weird", ("1", "2"), "column weird"),
        ("scale", ("1e-5", "1e-5"), "scale = 1e-5"),
    ],
)
def test_columns_that_are_not_known_are_said(tmp_path, head, cells, said):
    rows = [f"{mass},2e-5,{cell}" for mass, cell in zip((1, 10), cells, strict=True)]
    assert (
        f"not used: '{said}'" in text_curve(tmp_path, f"m_A' [MeV],epsilon,{head}", *rows).reading
    )
    usual = [f"{mass},2e-5,3e-5,0.9" for mass in (1, 10)]
    found = text_curve(tmp_path, "m_A' [MeV],epsilon,expected limit,efficiency", *usual)
    assert "not used" not in found.reading


def test_a_dark_sector_in_columns_of_one_value_counts(tmp_path):
    found = text_curve(tmp_path, "m_chi [MeV],R,alphaD,y", "1,3,0.5,1e-13", "10,3,0.5,1e-12")
    assert (found.alpha_dark, found.mass_ratio) == (0.5, 3.0)


@pytest.mark.parametrize(
    "said",
    ["alpha_D = 2 alpha_EM", "alpha_D = 10^-1", "alpha_D = 5 x 10^-1", "alpha_D = 4 pi * 0.1",
     "alpha_D = 50 %", "1/alpha_D = 10", "alpha_D = 0.1 alpha", "m_A' = 3 m_chi / 2"],
)  # fmt: skip
def test_products_and_powers_are_quoted_and_no_dark_sector(tmp_path, said):
    found = text_curve(tmp_path, f"# {said}", "m_chi [MeV],y", "1,1e-13", "10,1e-12")
    assert (found.alpha_dark, found.mass_ratio) == (None, None)
    assert f"not used: '{said}'" in found.reading


def test_a_record_with_null_or_wrong_fields_is_read_or_refused_in_words(tmp_path):
    assert "not used" not in saved(tmp_path, cl=None).reading
    for changes in ({"expected": {"0": None}}, {"expected": {"0": 3.0, "1": True}}, {"model": [1]}):
        with pytest.raises(EmissError, match=r"limit\.json': '[^']+' must be"):
            saved(tmp_path, **changes)
