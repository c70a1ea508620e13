import math

import numpy as np
import pytest
import yaml
from closeness import close
from example_limits import island_limit, open_limit

from emiss.inference.limit import BANDS
from emiss.presentation.export import hepdata_files, write_hepdata

# The validator leaves files for the garbage collector to close; that is not ours to mend.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def empty_limit():
    """Nothing excluded at any mass."""
    gone = np.full(7, math.nan)
    return open_limit(observed=gone, y=gone, expected=dict.fromkeys(BANDS, gone))


@pytest.mark.parametrize("make", [open_limit, island_limit, empty_limit])
def test_passes_the_offline_validator(make, tmp_path):
    validator = pytest.importorskip("hepdata_validator.full_submission_validator")
    write_hepdata(make(), tmp_path)
    check = validator.FullSubmissionValidator()
    assert check.validate(directory=str(tmp_path)), check.get_messages()


def test_validator_would_notice_a_broken_table(tmp_path):
    # Guards the test above: a missing column must be found.
    validator = pytest.importorskip("hepdata_validator.full_submission_validator")
    write_hepdata(open_limit(), tmp_path)
    table = yaml.safe_load((tmp_path / "coupling.yaml").read_text())
    del table["dependent_variables"][0]["values"]
    (tmp_path / "coupling.yaml").write_text(yaml.safe_dump(table))
    assert not validator.FullSubmissionValidator().validate(directory=str(tmp_path))


def tables(limit):
    return {name: list(yaml.safe_load_all(text)) for name, text in hepdata_files(limit).items()}


def numbers(variable):
    return [point["value"] for point in variable["values"]]


def test_coupling_table_holds_the_numbers_as_numbers():
    limit = open_limit()
    (table,) = tables(limit)["coupling.yaml"]
    (mass,) = table["independent_variables"]
    observed, expected = table["dependent_variables"]
    assert mass["header"] == {"name": "Mediator mass", "units": "GeV"}
    # Nine digits are written.
    np.testing.assert_allclose(numbers(mass), limit.masses, rtol=1e-8)
    np.testing.assert_allclose(numbers(observed), limit.observed, rtol=1e-8)
    np.testing.assert_allclose(numbers(expected), limit.expected["0"], rtol=1e-8)
    one, two = expected["values"][0]["errors"]
    median = limit.expected["0"][0]
    assert (one["label"], two["label"]) == ("1 s.d.", "2 s.d.")
    close(median + one["asymerror"]["minus"], 0.9 * median, 1e-8)
    close(median + two["asymerror"]["plus"], 1.5 * median, 1e-8)
    facts = {q["name"]: q["value"] for q in observed["qualifiers"]}
    assert (facts["ALPHA_DARK"], facts["CONFIDENCE LEVEL"]) == (0.1, 0.9)


def test_y_table_only_with_dark_matter():
    limit = open_limit()
    files = tables(limit)
    (table,) = files["y.yaml"]
    np.testing.assert_allclose(numbers(table["dependent_variables"][0]), limit.y, rtol=1e-8)
    np.testing.assert_allclose(
        numbers(table["independent_variables"][0]), limit.masses / 3.0, rtol=1e-8
    )
    written = [doc["data_file"] for doc in files["submission.yaml"][1:]]
    assert written == ["coupling.yaml", "y.yaml", "yields.yaml"]
    assert "y.yaml" not in tables(island_limit())


def test_missing_values_are_dashes_and_empty_masses_are_left_out():
    (table,) = tables(island_limit())["coupling.yaml"]
    lower, upper, expected = table["dependent_variables"]
    assert len(numbers(table["independent_variables"][0])) == 4
    assert numbers(lower) == [1e-4, 1.1e-4, 1.2e-4, 1.5e-4]
    assert numbers(upper) == ["-", 1e-2, 1e-3, 2e-4]
    assert len(numbers(expected)) == 4


def test_nothing_excluded_gives_no_bare_nan():
    text = "".join(hepdata_files(empty_limit()).values())
    assert ".nan" not in text
    assert ".inf" not in text


def test_figures_are_attached():
    files = hepdata_files(open_limit(), {"coupling": "coupling.png"})
    first = list(yaml.safe_load_all(files["submission.yaml"]))[1]
    assert first["additional_resources"][0]["location"] == "coupling.png"


def test_yields_of_each_process_at_the_limit():
    limit = open_limit()
    (table,) = tables(limit)["yields.yaml"]
    total, *parts = table["dependent_variables"]
    assert {v["header"]["units"] for v in (total, *parts)} == {"events"}
    assert [v["header"]["name"] for v in parts] == [f"Signal events, {p}" for p in limit.shares]
    # Nine digits are written.
    np.testing.assert_allclose(numbers(total), limit.signal_events, rtol=1e-8)
    for variable, share in zip(parts, limit.shares.values(), strict=True):
        np.testing.assert_allclose(numbers(variable), share * limit.signal_events, rtol=1e-8)


def test_phrases_name_the_boson_and_dark_matter_only_where_there_is_some():
    def phrases(limit):
        _, table, *_ = yaml.safe_load_all(hepdata_files(limit)["submission.yaml"])
        return next(one["values"] for one in table["keywords"] if one["name"] == "phrases")

    assert phrases(open_limit())[:2] == ["Dark photon", "Dark matter"]
    alp = open_limit(
        model="alp",
        model_parameters={"dark_matter": "none"},
        coupling_name="g_agg",
        coupling_unit="GeV^-1",
        dark_matter_mass=None,
        y=None,
    )
    assert phrases(alp) == ["Axion-like particle", "Missing energy", "Limit"]
