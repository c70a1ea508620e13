"""Everything that an experiment says is shown and hashed, whatever an engine makes of it."""

import dataclasses
import math

import pytest

from emiss import experiments
from emiss.experiments.efficiency import Efficiency
from emiss.ground.errors import EmissError

ELSEWHERE = {"name", "title", "references", "figure", "notes", "projection", "file_sha256"}
"""Of an experiment: in the heading or below the table of `emiss show`, not a row of it."""


def leaves(said, path=()):
    """Every number and text in a tree of dataclasses and tuples, with the way to it."""
    if dataclasses.is_dataclass(said):
        for item in dataclasses.fields(said):
            if item.compare:
                yield from leaves(getattr(said, item.name), (*path, item.name))
    elif isinstance(said, tuple):
        for index, one in enumerate(said):
            yield from leaves(one, (*path, index))
    else:
        yield path, said


def put(said, path, value):
    """The same tree with another leaf."""
    if not path:
        return value
    if isinstance(said, tuple):
        new = list(said)
        new[path[0]] = put(said[path[0]], path[1:], value)
        return tuple(new)
    inner = put(getattr(said, path[0]), path[1:], value)
    return dataclasses.replace(said, **{path[0]: inner})


def other(path, value):
    """Another value of the same type; None where a leaf has no other that means something."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return 1.001 * value + 1e-4 if math.isfinite(value) else None
    if not value or path[-1] in ("mode", "unit"):
        return None
    if path[-1] in ("status", "uncertainty_status"):
        return "assumed" if value != "assumed" else "estimated"
    return f"{value}x"


def unseen(experiment):
    """Ways to leaves that may change without a change of what is shown, or of the hash."""
    shown, hashed, tried = experiments.describe(experiment), experiment.fingerprint, 0
    for path, value in leaves(experiment):
        new = other(path, value)
        # The layout of a run stands beside that of the file, which is changed here.
        if new is None or path[0] in ELSEWHERE or (path[0] == "runs" and path[2] == "layout"):
            continue
        try:
            changed = put(experiment, path, new)
            rows = experiments.describe(changed)
        except EmissError:  # such as the name of a material that there is not
            continue
        except RuntimeError:
            assert path[-1] in ("name", 0)  # the signal region names its cuts
            continue
        tried += 1
        if rows == shown or changed.fingerprint == hashed:
            yield path
    assert tried > 60


@pytest.mark.parametrize("name", ["na64mu-2022", "na64h-2023"])
def test_what_a_file_says_is_shown_and_hashed(name):
    assert not list(unseen(experiments.get(name)))


def by_name(experiment):
    return {row["name"]: row for row in experiments.describe(experiment)}


def test_what_a_user_says_of_an_element_is_not_from_the_table_of_its_material(tmp_path):
    text = experiments.template().replace(
        "[selection]",
        '[[element]]\nkind = "veto"\nname = "plate"\nrole = "veto"\nposition = "0.5 m"\n'
        'material = "polystyrene"\nlength = "5 cm"\npanels = 3\n\n[selection]',
        1,
    )
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")
    rows = by_name(experiments.get(path))
    for key in ("kind", "panels", "position"):
        assert (rows[f"element plate: {key}"]["status"]) == "user", key
    assert rows["element plate: material"]["status"] == "recalled"
    assert "PDG" in rows["element plate: material"]["source"]


def test_own_materials_are_shown_with_their_origin(tmp_path):
    (tmp_path / "crystals.toml").write_text(
        '[compound.GSO]\ndensity = "6.71 g/cm3"\natoms = { Gd = 2, Si = 1, O = 5 }\n'
        'source = "a data sheet"\nstatus = "published"\n',
        "utf-8",
    )
    text = experiments.template().replace(
        'material = "Pb", thickness', 'material = "GSO", thickness'
    )
    text = text.replace("repeat = 1", 'materials_file = "crystals.toml"\nrepeat = 1')
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")
    row = by_name(experiments.get(path))["element ecal: own material GSO"]
    assert (row["source"], row["status"]) == ("a data sheet", "published")
    # Gd2SiO5: 2 x 157.25 of 422.58.
    assert row["value"].startswith("6.71 g/cm3; mass fractions ")
    assert "Gd 0.744" in row["value"]


def test_which_efficiency_a_file_uses_is_shown(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        f'{experiments.template()}\n[acceptance]\nuse = "simulated"\ntable = "mine.json"\n', "utf-8"
    )
    rows = by_name(experiments.get(path))
    assert rows["run first: efficiency of limits"]["value"] == "simulated, table mine.json"
    assert not any(
        "efficiency of limits" in name for name in by_name(experiments.get("na64e-plus-2023"))
    )


def test_parts_and_spread_of_a_simulated_efficiency_are_shown():
    efficiency = Efficiency(
        (0.4, 0.5), (0.01, 0.1), (0.01, 0.02), parts=(("annihilation", (0.3, 0.2)),), spread=0.07
    )
    found = {name: quantity.value for name, quantity in efficiency.rows("efficiency")}
    assert found == {
        "efficiency at 10 MeV": 0.4,
        "efficiency at 100 MeV": 0.5,
        "efficiency of annihilation at 10 MeV": 0.3,
        "efficiency of annihilation at 100 MeV": 0.2,
        "efficiency, relative spread": 0.07,
    }
