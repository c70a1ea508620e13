"""Powers of ten beside a quantity, whose sense is taken from the numbers or asked about."""

import pytest
from closeness import close

from emiss import read_curve
from emiss.ground.errors import EmissError


def curve(tmp_path, head, numbers, **stated):
    file = tmp_path / "c.tsv"
    rows = (f"{m}\t{v}\n" for m, v in zip((1, 10, 100), numbers, strict=True))
    file.write_text(f"mass_mev\t{head}\n" + "".join(rows), encoding="utf-8")
    return read_curve(file, **stated)


@pytest.mark.parametrize("head", ["ε × 10^6", "ε × 10^-6", "ε 10^-6", "10^-6 ε", "10^6 ε"])
def test_both_conventions_head_numbers_that_are_larger_than_the_coupling(tmp_path, head):
    found = curve(tmp_path, head, (10, 30, 200))
    close(found.values, [1e-5, 3e-5, 2e-4], 1e-12)
    assert "times 1e-06" in found.reading


@pytest.mark.parametrize(
    ("head", "numbers"),
    [
        # Couplings as they stand, beside the power in which they were meant to be written.
        ("ε × 10^-4", (1e-4, 2e-4, 5e-4)),
        ("ε × 10^6", (1e-4, 2e-4, 5e-4)),
        ("eps^2 x 10^-8", (1e-9, 3e-9, 1e-6)),
        # Times or divided by a hundred: couplings in both senses.
        ("ε × 10^2", (0.01, 0.02, 0.05)),
        ("g_{B-L} x 1e-2", (0.02, 0.03, 0.05)),
    ],
)
def test_a_power_of_ten_that_leaves_a_doubt_is_asked_about(tmp_path, head, numbers):
    with pytest.raises(EmissError, match=r"may be the unit of the numbers.*--quantity"):
        curve(tmp_path, head, numbers)


@pytest.mark.parametrize(("quantity", "factor"), [("epsilon [10^-4]", 1e-4), ("epsilon [1]", 1.0)])
def test_what_the_user_says_settles_it(tmp_path, quantity, factor):
    found = curve(tmp_path, "ε × 10^-4", (1e-4, 2e-4, 5e-4), quantity=quantity)
    close(found.values, [1e-4 * factor, 2e-4 * factor, 5e-4 * factor], 1e-12)


@pytest.mark.parametrize(
    "head", ["log10(ε) × 10", "log10(ε) × 10^6", "10 log10(ε)", "1/log10(ε)", "log10(ε)*-1"]
)
def test_a_multiple_of_a_logarithm_is_no_coupling(tmp_path, head):
    assert curve(tmp_path, head, (50, 45, 40)).quantity != "epsilon"
