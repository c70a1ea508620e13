"""What a curve holds for is quoted in its reading, and one side of a region is refused."""

import pytest

from emiss import read_curve
from emiss.ground.errors import EmissError
from emiss.physics.constraints.curves.table import Choice

ROWS = "1,1e-5\n10,3e-5\n100,1e-4\n"


def curve(tmp_path, remark, head="epsilon", form="#"):
    file = tmp_path / "c.csv"
    file.write_text(f"{form} {remark}\nm_A' [MeV],{head}\n{ROWS}", encoding="utf-8")
    return read_curve(file)


@pytest.mark.parametrize(
    "remark",
    ["limits at 3 sigma", "limits at 3σ", "5 sigma discovery reach", "2 sigma", "evidence",
     "rescaled to 1e13 EOT", "scaled to 3e14 EOT", "extrapolated limits", "reach for 10 events",
     "3 events contour", "for 2.3 signal events", "lower edge", "second branch", "left branch",
     "lower branch only", "lower boundary of excluded region", "95% CL", "limits at 95 % C.L.",
     "thermal target", "relic line", "scalar mediator", "axial coupling", "baryonic coupling",
     "ALP coupling to photons", "coupling shown is to quarks", "mixing with the Higgs",
     "visible decays only", "BR(A' -> chi chi) = 0.5", "inelastic dark matter",
     "99.7 % CL", "0.95 CL", "expected limit", "projection for 2026", "median sensitivity"],
)  # fmt: skip
def test_a_condition_is_quoted(tmp_path, remark):
    assert f"not used: '{remark}'" in curve(tmp_path, remark).reading
    # Behind other remarks, of which two are quoted, it stands first.
    many = f"drawn by hand\n# with a ruler\n# and patience\n# {remark[0].upper()}{remark[1:]}"
    assert remark[1:] in curve(tmp_path, many).reading


@pytest.mark.parametrize(
    ("name", "value"),
    [("branch", "second"),
     ("Limit", "5 sigma discovery"), ("limit", "lower edge"), ("CL", "95"), ("CL [%]", "95.0"),
     ("Confidence level", "3 sigma"), ("Mediator", "scalar"), ("Decay", "visible"), ("Spin", "0")],
)  # fmt: skip
def test_a_condition_in_a_qualifier_is_quoted(tmp_path, name, value):
    found = curve(tmp_path, f"{name},{value}", form="#:")
    assert f"{name} {value}" in found.reading


@pytest.mark.parametrize(
    "remark",
    ["90% CL", "limits at 90 % C.L.", "observed and expected limits"],
)
def test_what_is_usual_is_not_quoted(tmp_path, remark):
    assert "not used" not in curve(tmp_path, remark, "epsilon observed").reading


def test_a_condition_in_the_head_is_not_repeated(tmp_path):
    assert "not used" not in curve(tmp_path, "95% CL", "epsilon (95% CL)").reading


@pytest.mark.parametrize(
    "remark",
    ["upper edge", "upper branch only", "The upper boundary of the excluded region.",
     "this is a lower bound", "excluded side is below", "the excluded region lies below the curve"],
)  # fmt: skip
def test_the_upper_side_of_a_region_is_refused(tmp_path, remark):
    with pytest.raises(EmissError, match="one side of a region"):
        curve(tmp_path, remark)
    with pytest.raises(EmissError, match="one side of a region"):
        curve(tmp_path, "branch,upper", form="#:")


@pytest.mark.parametrize("mass", ["Masse", "massa", "masa", "масса", "质量"])
def test_a_mass_in_another_language_is_one_if_its_unit_is_of_energy(tmp_path, mass):
    file = tmp_path / "c.csv"
    file.write_text(f"{mass} [MeV],epsilon\n{ROWS}", encoding="utf-8")
    assert read_curve(file).masses.tolist() == [0.001, 0.01, 0.1]
    file.write_text(f"{mass},epsilon\n{ROWS}", encoding="utf-8")
    with pytest.raises(EmissError, match="mass"):
        read_curve(file)


@pytest.mark.parametrize(
    ("remark", "alpha", "ratio"),
    [
        ("alpha_D = 0.5 unless noted; here 0.1", None, None),
        ("alpha_D = 0.5 (0.1 in this table)", None, None),
        ("alpha_D = 0.1 here, 0.5 elsewhere", None, None),
        ("alpha_D = 0.5 unless noted; here alpha_D = 0.1", None, None),
        ("alpha_D = 0.1, R = 3 unless noted, here 2.5", 0.1, None),
        ("alpha_D = 0.5, R = 3, unless noted", 0.5, 3.0),
        ("here alpha_D = 0.5, m_chi/m_A' = 0.333", 0.5, 3.0),
    ],
)
def test_a_dark_sector_that_is_stated_twice_is_asked_about(tmp_path, remark, alpha, ratio):
    file = tmp_path / "c.csv"
    file.write_text(f"# {remark}\nm_chi [MeV],y\n1,1e-14\n10,3e-13\n", encoding="utf-8")
    found = read_curve(file)
    assert (found.alpha_dark, found.mass_ratio) == (alpha, ratio)
    asked = "--curve-alpha-dark" in " ".join(found.notes)
    assert asked == (alpha is None or ratio is None)
    settled = read_curve(file, choice=Choice(alpha_dark=alpha or 0.1, mass_ratio=ratio or 3.0))
    assert settled.quantity == "epsilon"
    assert "several values" not in " ".join(settled.notes)


@pytest.mark.parametrize(
    "head",
    ["2 x mass", "2 × mass", "10 x mass", "0.5 x M(A')", r"2 \times m_{A'}", "mass + 5", "mass - 1",
     "m_A' + 1", "m_A' - 2 m_e", "[mass] x 2", "√m", "m^-1", "Δm"],
)  # fmt: skip
def test_multiples_and_shifts_of_a_mass_are_none(tmp_path, head):
    file = tmp_path / "c.csv"
    file.write_text(f"{head} [MeV],epsilon\n{ROWS}", encoding="utf-8")
    with pytest.raises(EmissError, match="mass"):
        read_curve(file)


@pytest.mark.parametrize("head", ["X17 mass", "m_X17", "m(X17)", "x17 mass", "mass 2021"])
def test_numbers_in_the_name_of_a_mass_are_no_factors(tmp_path, head):
    file = tmp_path / "c.csv"
    file.write_text(f"{head} [MeV],epsilon\n{ROWS}", encoding="utf-8")
    assert read_curve(file).masses.tolist() == [0.001, 0.01, 0.1]
