"""Text, YAML and JSON that others wrote: bounded, regular, plain."""

import os
import socket
import tracemalloc

import pytest

from emiss.ground.bounded_json import load_json
from emiss.ground.bounded_text import plain_number, read_text, shown, split_lines
from emiss.ground.bounded_yaml import load_documents
from emiss.ground.errors import EmissError
from emiss.physics.constraints.curves.curve_files import read_curve

SUFFIXES = [".csv", ".txt", ".tsv", ".lmt", ".yaml", ".yml", ".json"]


def test_only_regular_files_are_opened(tmp_path):
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    door = socket.socket(socket.AF_UNIX)
    os.chdir(tmp_path)  # the name of a socket may not be long
    door.bind("door")
    for path, kind in (
        ("/dev/zero", "a device"),
        (tmp_path, "a folder"),
        (pipe, "a named pipe"),
        (tmp_path / "door", "a socket"),
    ):
        with pytest.raises(EmissError, match=kind):
            read_text(path)
        with pytest.raises(EmissError, match=kind):
            read_curve(path)
    door.close()
    link = tmp_path / "loop"
    link.symlink_to(link)
    for path in (link, tmp_path / "absent", tmp_path / ("n" * 300), "a\0b"):
        with pytest.raises(EmissError, match="cannot read"):
            read_text(path)


def test_size_encoding_and_nul(tmp_path):
    file = tmp_path / "t"
    file.write_bytes(b"x" * 101)
    assert len(read_text(file, max_bytes=101)) == 101
    with pytest.raises(EmissError, match="the model file is larger than 100 bytes"):
        read_text(file, what="the model file", max_bytes=100)
    for raw, problem in (
        (b"\xff\xfea", "not text in UTF-16, as its first bytes say"),
        (b"a\0b\0", "NUL"),
        (b"abc\xe9", "byte 3 is 0xe9"),
        (b"a\0b", "NUL"),
        (b"\xed\xa0\x80", "not text in UTF-8"),
    ):
        file.write_bytes(raw)
        with pytest.raises(EmissError, match=problem):
            read_text(file)
    file.write_bytes(b"\xef\xbb\xbfa\r\nb\rc\x0cd\xe2\x80\xa8e\n")
    # Form feeds and separators of Unicode do not end a line of an editor.
    assert split_lines(read_text(file), "t", 10) == ["a", "b", "c\x0cd\u2028e", ""]
    with pytest.raises(EmissError, match="more than 3 lines"):
        split_lines("a\n" * 5, "t", 3)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (" 1.5e-4 ", 1.5e-4),
        ("+.5", 0.5),
        ("3.", 3.0),
        ("1E5", 1e5),
        ("1d-5", 1e-5),
        ("-2.5D+03", -2.5e3),
        ("−2", -2.0),
        ("-inf", -float("inf")),
    ],
)
def test_plain_numbers(text, value):
    assert plain_number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "3_0",
        "١٢",
        "²",
        "0x1p3",
        "1e",
        "",
        "e5",
        "1,5",
        "1e99999999",
        "9" * 500,
        "--1",
        "+-inf",
        "1 2",
        "1d",
        "d5",
        "1e5d5",
        "1.5-005",
    ],
)
def test_what_is_no_number(text):
    assert plain_number(text) is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-be"])
def test_a_byte_order_mark_says_the_encoding(tmp_path, encoding):
    file = tmp_path / "c.csv"
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    file.write_bytes(f"{mark}mass [MeV],ε\n1,1d-5\n10,2.0D-04\n".encode(encoding))
    assert read_curve(file).values.tolist() == [1e-5, 2e-4]


def test_names_in_messages_are_printable():
    assert shown("a\nb\x1b[31m") == r"a\nb\x1b[31m"
    assert shown(os.fsdecode(b"f\xff")).encode("utf-8") == rb"f\xff"
    assert len(shown("x" * 10_000)) < 130


def test_yaml_is_plain_text_in_lists_and_mappings():
    (tree,) = load_documents(
        "a: [1_0, 1:30, 2020-01-01, yes, ~, '', .nan]\nb: &x {c: 1}\nd: *x\n", "t"
    )
    assert tree["a"] == ["1_0", "1:30", "2020-01-01", "yes", "~", "", ".nan"]
    assert tree["d"] is tree["b"]
    assert load_documents("a: 1\n---\nb: 2\n", "t") == [{"a": "1"}, {"b": "2"}]
    assert load_documents("# nothing\n", "t") == []


LAUGHS = "a0: &a0 [x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)
)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (LAUGHS, "more than 400000 values"),
        ("a: &a [*a]", "inside itself"),
        ("a: *b", "undefined|no anchor"),
        ("[" * 100_000, "nest"),
        ("{" * 100_000, "nest"),
        ("- " * 100_000, "nested more than"),
        ("? " * 100_000, "nested more than"),
        ("".join(" " * i + "a:\n" for i in range(500)), "nested more than"),
        ("a: &0 [[[[[[[[[[x]]]]]]]]]]\nb: [[[[[[[[[[[[[[[*0]]]]]]]]]]]]]]]", "nested more than"),
        ("- 1\n" * 1_000_000, "more than 400000 lines"),
        ("[" + "a," * 1_000_000, "more than 400000 values"),
        ("!!python/object/apply:os.system ['true']", "tag"),
        ("!!binary 'AA=='", "tag"),
        ("a: 1\na: 2", "stands twice"),
        ("[1, 2]: 3", "keys are words"),
        ("a: 'b", "not YAML"),
        ("---\n" * 2000, "documents"),
        ("a: \x01", "not YAML"),
    ],
)
def test_hostile_yaml(text, problem):
    with pytest.raises(EmissError, match=problem):
        load_documents(text, "t.yaml")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[" * 100_000, "nested too deep"),
        ('{"a":' * 100_000, "nested too deep"),
        ("9" * 5000, "not a number"),
        ("[1e999999999]", "not a number"),
        ("[NaN]", "not JSON"),
        ("[-Infinity]", "not JSON"),
        ('{"a": 1, "a": 2}', "twice"),
        ("[" + "1," * 1_000_001 + "1]", "more than 1000000 values"),
        ("{", "not JSON"),
        ("", "not JSON"),
    ],
)
def test_hostile_json(text, problem):
    with pytest.raises(EmissError, match=problem):
        load_json(text, "t.json")


def test_json_numbers_stay_text_where_asked():
    assert load_json('[1, 2.50, "x", null]', "t", as_text=True) == ["1", "2.50", "x", None]
    assert load_json("[1, 2.50]", "t") == [1, 2.5]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_million_rows_are_refused_in_little_memory(tmp_path, suffix):
    file = tmp_path / f"c{suffix}"
    row = {".yaml": "- {value: 1}\n", ".yml": "- 1\n", ".json": "1,"}.get(suffix, "0.01 1e-5\n")
    file.write_text(("[" if suffix == ".json" else "") + row * 1_000_001)
    tracemalloc.start()
    with pytest.raises(EmissError, match=r"more than|larger than"):
        read_curve(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # Some copies of a text of 13 MB, but nothing that grows with what it stands for.
    assert peak < 200e6


def test_hostile_tables(tmp_path):
    site = '{"headers": [{"name": "m [GeV]"}, {"name": "y", "colspan": 1000000000}], "values": []}'
    rows = site.replace('"values": []', '"values": [{"x": [{"value": 1}], "y": [{"value": 1}]}]')
    wide = ",".join(["a"] * 1000)
    for name, text, problem in (
        ("c.json", site, "colspan 1000000000"),
        ("c.json", rows, "colspan 1000000000"),
        ("c.json", rows.replace("1000000000", "-1"), "colspan"),
        ("c.csv", f"{wide}\n{wide}\n", "more than 500 columns"),
        ("c.csv", 'mass_gev,epsilon\n"' + "x" * 90_000 + '",1\n', "columns|number"),
        (
            "c.yaml",
            "independent_variables: {a: 1}\ndependent_variables: 3\n",
            "not a HEPData table",
        ),
        (
            "c.yaml",
            "independent_variables: []\ndependent_variables: []\n",
            "no independent variable",
        ),
        ("c.yaml", "- name: a\n---\ncomment: x\n---\ndata_file: t1.yaml\n", "t1.yaml"),
    ):
        file = tmp_path / name
        file.write_text(text)
        with pytest.raises(EmissError, match=problem):
            read_curve(file)
