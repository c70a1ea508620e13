"""Whatever is done to an experiment file, it loads, or it is refused with a clear error."""

import json
import math
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emiss import experiments as experiments
from emiss.ground.errors import EmissError, ExperimentFileError

MODES = experiments.modes()
FILES = sorted((Path(experiments.__file__).parent / "catalogue").glob("*.toml"))
TEXTS = [*map(experiments.template, MODES), *(path.read_text("utf-8") for path in FILES)]
SETTINGS = settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([0, -1, 10**30, 10**400, 1e308, 5e-324]),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        [
            *("100 GeV", "-1 GeV", "1e999 GeV", "nan GeV", "GeV", "1 mm", "-3 m", "1 mrad"),
            *("9 %", "9 % sqrt(GeV)", "Pb", "target_energy", "ecal_energy < 3", "1 < 2", "target"),
            *("hadronic", "ecal", "visible", "dipole", "mu-", "2 T.m"),
        ]
    ),
    st.lists(st.one_of(st.integers(), st.text(max_size=5)), max_size=3),
    st.dictionaries(
        st.sampled_from(["value", "uncertainty", "source", "status", "masses", "values", "x"]),
        st.one_of(st.integers(), st.floats(), st.sampled_from(["1 GeV", "published", "user"])),
        max_size=4,
    ),
)


def written(value):
    """A value as TOML; None as a date, which no key of ours takes."""
    match value:
        case None:
            return "1979-05-27"
        case bool():
            return "true" if value else "false"
        case float():
            return "nan" if math.isnan(value) else repr(value).replace("e+", "e")
        case dict():
            return (
                "{" + ", ".join(f"{json.dumps(k)} = {written(v)}" for k, v in value.items()) + "}"
            )
        case list():
            return "[" + ", ".join(written(item) for item in value) + "]"
        case str():
            return json.dumps(value.replace("\x7f", ""))
    return str(value)


def check(path):
    """Load; a success must be usable, a failure must be ours. Says which it was."""
    failure = None
    try:
        experiment = experiments.get(path)
    except EmissError as error:
        failure = error
    if failure is not None:
        assert isinstance(failure, ExperimentFileError)
        assert failure.problem
        assert str(path.parent) in str(failure)
        assert failure.line is None or failure.line >= 1
        return False
    assert 1.0 <= experiment.total_on_target < math.inf
    assert all(label.source and label.name for label in experiment.labels())
    for run in experiment.runs:
        assert run.observed >= 0
        assert 0.0 <= run.background.value < math.inf
        assert 0.0 < max(run.efficiency.values) <= 1.0
        assert run.layout.mode == experiment.mode
        assert run.layout.beam.particle in experiment.search.beams
        assert 0.0 <= run.setup.lowest_energy < run.layout.beam.energy
        assert 0.0 <= run.setup.min_missing_energy <= run.layout.beam.energy
        assert run.setup.length > 0.0
    json.dumps(experiment.to_dict(), allow_nan=False)
    return True


def leaves(data, location=()):
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in items:
        yield (*location, key)
        if isinstance(value, dict | list):
            yield from leaves(value, (*location, key))


@pytest.fixture
def target(tmp_path):
    return tmp_path / "fuzzed.toml"


@given(data=st.data(), text=st.sampled_from(TEXTS))
@SETTINGS
def test_replaced_deleted_or_renamed_key(target, data, text):
    tree = tomllib.loads(text)
    for _ in range(data.draw(st.integers(1, 2))):
        *parents, last = data.draw(st.sampled_from(list(leaves(tree))))
        inner = tree
        for key in parents:
            inner = inner[key]
        kind = data.draw(st.sampled_from(["replace", "delete", "rename"]))
        if kind == "replace":
            inner[last] = data.draw(VALUES)
        elif kind == "delete" or isinstance(last, int):
            del inner[last]
        else:
            inner[data.draw(st.text(max_size=8))] = inner.pop(last)
        if not list(leaves(tree)):
            break
    lines = [f"{json.dumps(key)} = {written(value)}" for key, value in tree.items()]
    target.write_text("\n".join(lines), "utf-8", errors="replace")
    check(target)


@given(data=st.data(), text=st.sampled_from(TEXTS))
@SETTINGS
def test_edited_lines(target, data, text):
    lines = text.split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        number = data.draw(st.integers(0, len(lines) - 1))
        line = lines[number]
        edits = {
            "delete": [],
            "twice": [line, line],
            "no unit": [re.sub(r" (GeV|mm|%)", "", line)],
            "value": [line.split("=")[0] + "= " + written(data.draw(VALUES))],
            "cut": [line[: len(line) // 2]],
            "key": [line.replace("e", "", 1)],
        }
        lines[number : number + 1] = edits[data.draw(st.sampled_from(sorted(edits)))]
        if not lines:
            break
    target.write_text("\n".join(lines), "utf-8", errors="replace")
    check(target)


@given(
    text=st.sampled_from(TEXTS),
    place=st.floats(0.0, 1.0),
    junk=st.binary(max_size=8),
    cut=st.integers(0, 20),
)
@SETTINGS
def test_random_bytes(target, text, place, junk, cut):
    raw = text.encode()
    start = int(place * len(raw))
    target.write_bytes(raw[:start] + junk + raw[start + cut :])
    check(target)


@given(raw=st.one_of(st.binary(max_size=200), st.text("[]{}=\".,'#\n aeXx019-", max_size=60)))
@SETTINGS
def test_anything(target, raw):
    target.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    assert not check(target)


@pytest.mark.parametrize("text", TEXTS)
def test_written_tree_is_the_same_experiment(target, text):
    """The fuzz would prove nothing if its writer alone made every file invalid."""
    tree = tomllib.loads(text)
    target.write_text(
        "\n".join(f"{key} = {written(value)}" for key, value in tree.items()), "utf-8"
    )
    assert check(target)
