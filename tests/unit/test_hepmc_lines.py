"""Damaged HepMC files are refused before the library, which would end the process, reads them."""

import pytest

import emiss
from emiss.events.record.hepmc_lines import check_lines
from emiss.events.record.signal_files import read_sample, write_sample
from emiss.ground.errors import EmissError


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    place = tmp_path_factory.mktemp("hepmc") / "signal.hepmc"
    write_sample(emiss.generate("na64e-2021-2022", "10 MeV", 4), place)
    return place.read_text("utf-8")


def test_what_is_written_is_accepted(whole, tmp_path):
    place = tmp_path / "s.hepmc"
    place.write_text(whole, "utf-8")
    check_lines(place)
    assert len(read_sample(place)) == whole.count("\nE ")


def swapped(start, old, new):
    """The first line with a start, with other words in it."""

    def change(text):
        lines = text.splitlines()
        at = next(i for i, line in enumerate(lines) if line.startswith(start))
        assert old in lines[at]
        lines[at] = lines[at].replace(old, new, 1)
        return "\n".join(lines) + "\n"

    return change


@pytest.mark.parametrize(
    "change",
    [
        swapped("P 2", "P 2 -1", "P 2 -9"),  # made in a vertex that is not there
        swapped("P 2", "P 2", "P 7"),  # a number that is not there
        swapped("V -1", "[1]", "[2]"),  # entered by what it makes
        swapped("V -1", "[1]", "[8]"),
        swapped("V -1", "V -1", "V -3"),
        swapped("E 0", "E 0 1", "E 0 2"),
        swapped("P 1", "e", "x"),
        lambda text: text.replace("\nE 1", "\nX\nE 1", 1),
        lambda text: text[: text.index("\nE 1") + 1],
        lambda text: text[: text.rindex("HepMC::")],
        lambda text: text + text,
        lambda text: "",
    ],
)
def test_damage_is_named_with_its_line(whole, tmp_path, change):
    place = tmp_path / "s.hepmc"
    place.write_text(change(whole), "utf-8")
    with pytest.raises(EmissError, match=r"s\.hepmc', line \d+: not what emiss writes"):
        read_sample(place)
