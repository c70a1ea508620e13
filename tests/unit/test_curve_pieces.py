"""Rows behind an empty line, a comment or repeated heads: joined where a curve goes on."""

import pytest
from closeness import close

from emiss import read_curve
from emiss.ground.errors import EmissError
from emiss.physics.constraints.curves.pieces import breaks_between
from emiss.physics.constraints.curves.table import Choice

HEADS = "m_A' [MeV],epsilon\n"
FIRST = "1,1e-5\n2,2e-5\n4,4e-5\n8,8e-5\n"
ON = "16,1.6e-4\n32,3e-4\n64,6e-4\n"
BETWEEN = {
    "empty": "\n", "comment": "# BaBar\n", "region": "# second region\n",
    "segment": "# segment 2\n", "heads": HEADS, "heads in a comment": f"# {HEADS}",
    "data sets": "\n\n",
}  # fmt: skip
OF_THEIR_OWN = [name for name in BETWEEN if name not in {"empty", "comment"}]


def read(tmp_path, text, name="c.csv", piece=None):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    chosen = () if piece is None else (("piece", piece),)
    return read_curve(file, choice=Choice(qualifiers=chosen))


@pytest.mark.parametrize("between", BETWEEN)
@pytest.mark.parametrize(
    "second",
    ["64,6e-4\n128,3e-3\n", "10,1e-3\n14,3e-3\n", "2,1e-3\n12,3e-3\n", "64,6e-4\n32,3e-4\n"],
    ids=["behind a gap", "at other values", "overlapping", "the other way"],
)
def test_pieces_that_do_not_go_on_are_refused_and_chosen_by_number(tmp_path, between, second):
    text = f"{HEADS}{FIRST}{BETWEEN[between]}{second}"
    with pytest.raises(EmissError, match=r"one file per piece.*2 pieces.*--qualifier piece=1"):
        read(tmp_path, text)
    assert read(tmp_path, text, piece="1").values.tolist() == [1e-5, 2e-5, 4e-5, 8e-5]
    values = [float(row.split(",")[1]) for row in second.split()]
    assert sorted(read(tmp_path, text, piece="2").values.tolist()) == sorted(values)
    with pytest.raises(EmissError, match="no piece 3"):
        read(tmp_path, text, piece="3")


@pytest.mark.parametrize("between", ["empty", "comment"])
@pytest.mark.parametrize("way", [1, -1])
def test_a_curve_that_goes_on_is_joined_and_it_is_said(tmp_path, between, way):
    first, second = (FIRST.split(), ON.split())[::way]
    rows = "\n".join(first[::way]) + "\n" + BETWEEN[between] + "\n".join(second[::way])
    found = read(tmp_path, HEADS + rows)
    close(found.masses, [1e-3 * 2**k for k in range(7)], 1e-12)
    assert any("read as one curve, which goes on there" in note for note in found.notes)
    assert ("'BaBar'" in " ".join(found.notes)) == (between == "comment")


@pytest.mark.parametrize("between", OF_THEIR_OWN)
def test_what_is_called_a_piece_is_one_even_if_it_goes_on(tmp_path, between):
    text = f"{HEADS}{FIRST}{BETWEEN[between]}{ON}"
    with pytest.raises(EmissError, match="pieces of their own"):
        read(tmp_path, text)
    assert read(tmp_path, text, piece="2").values.size == 3


def test_a_table_of_darkcast_in_pieces(tmp_path):
    rows = "0.1 1e-5 1e-3\n0.2 2e-5 1e-3\n"
    with pytest.raises(EmissError, match="pieces of their own"):
        read(tmp_path, f"# epsilon\n{rows}# island 2\n0.3 3e-5 1e-3\n0.4 4e-5 1e-3\n", "c.lmt")
    with pytest.raises(EmissError, match="does not go on"):
        read(tmp_path, f"{rows}\n1.3 3e-5 1e-3\n1.4 4e-5 1e-3\n", "c.lmt")
    joined = read(tmp_path, f"{rows}\n0.3 3e-5 1e-3\n0.4 4e-5 1e-3\n", "c.lmt")
    assert joined.masses.tolist() == [0.1, 0.2, 0.3, 0.4]
    assert any("an empty line" in note for note in joined.notes)


@pytest.mark.parametrize(
    "text",
    [HEADS + "\n" + FIRST + "\n# footer\n", HEADS + FIRST.replace("\n", "\n\n")],
    ids=["around the rows", "behind each row"],
)
def test_empty_lines_around_all_or_behind_each_row_part_nothing(tmp_path, text):
    found = read(tmp_path, text)
    assert found.values.size == 4
    assert not any("one curve" in note for note in found.notes)


def test_a_vertical_step_at_an_empty_line_goes_on_if_it_is_small(tmp_path):
    found = read(tmp_path, f"{HEADS}1,1e-5\n4,4e-5\n8,8e-5\n\n8,9e-5\n16,2e-4\n32,4e-4\n")
    close(found.values[3], 9e-5, 1e-12)
    with pytest.raises(EmissError, match="does not go on"):
        read(tmp_path, f"{HEADS}1,1e-5\n4,2e-5\n\n4,9e-3\n16,2e-2\n")


def test_breaks_are_between_rows_alone():
    assert breaks_between([3, 4, 8], [(1, ""), (5, ""), (6, "BaBar"), (9, "")]) == ((2, "BaBar"),)
    assert breaks_between([3, 5, 7], [(4, ""), (6, "")]) == ()
    assert breaks_between([3, 5, 7], [(4, ""), (6, "x")]) == ((1, ""), (2, "x"))
