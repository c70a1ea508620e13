"""The command line where the surroundings are at fault: streams, disks, names, leftovers."""

import os
import re
import resource
import signal
import subprocess
import sys

import pytest

from emiss.ground.atomic import atomic_directory, atomic_file, write_text
from emiss.ground.errors import EmissError, OutputError
from emiss.presentation.cli import main

COUNTS = ("counts", "--observed", "1", "--background", "0.5")


def emiss(*arguments, shell="", folder=None, before=None, **environment):
    """Run the command line as its own process; ``shell`` redirects its streams."""
    command = ["bash", "-c", f'exec "$0" -m emiss "$@" {shell}', sys.executable, *arguments]
    return subprocess.run(
        command,
        capture_output=True,
        cwd=folder,
        env={**os.environ, **environment},
        preexec_fn=before,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "shell", "code", "message"),
    [
        (COUNTS, ">&-", 2, b"standard output is closed"),
        (COUNTS, "2>&-", 0, b""),
        ((*COUNTS, "--cl", "2"), "2>&-", 2, b""),
        ((*COUNTS, "--nonsense"), "2>&-", 2, b""),
        ((*COUNTS, "--cl", "2"), "2>/dev/full", 2, b""),
        ((*COUNTS, "--nonsense"), "2>/dev/full", 2, b""),
        (
            ("limit", "na64e-2016", "--masses", "10MeV", "--on-target", "1e12", "--json"),
            "2>/dev/full",
            0,
            b"",
        ),
        (COUNTS, "</dev/null 1<&0", 2, b"standard output"),
        (COUNTS, "<&-", 0, b""),
    ],
)
@pytest.mark.parametrize("unbuffered", ["", "1"])  # what is kept for the end can fail there
def test_closed_streams(arguments, shell, code, message, unbuffered):
    found = emiss(*arguments, shell=shell, PYTHONUNBUFFERED=unbuffered)
    assert found.returncode == code, found.stderr
    assert message in found.stderr
    assert b"Traceback" not in found.stderr


def test_notices_of_the_library_on_a_full_standard_error_leave_the_exit_code():
    code = (
        "from emiss.ground.notices import "
        "notice; from emiss.presentation.cli import main; notice('a table is made again'); "
        f"main([*{COUNTS}])"
    )
    command = ["bash", "-c", 'exec "$0" -c "$1" 2>/dev/full', sys.executable, code]
    environment = {**os.environ, "PYTHONUNBUFFERED": ""}
    done = subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL)
    assert done.returncode == 0


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_any_encoding_of_standard_output(encoding):
    found = emiss(*COUNTS, PYTHONIOENCODING=encoding)
    assert found.returncode == 0, found.stderr
    text = found.stdout.decode(encoding)
    assert ("σ" in text) == (encoding == "utf-8")
    assert ("sigma" in text) == (encoding != "utf-8")
    lines = [line for line in text.splitlines() if "expected" in line]
    assert len(lines) == 5
    # right-aligned numbers end in one column, whatever stands for the symbols
    assert len({len(line) for line in lines}) == 1


@pytest.mark.parametrize("backend", ["module://matplotlib_inline.backend_inline", "nonsense"])
def test_the_backend_of_a_notebook_does_not_matter(tmp_path, backend):
    found = emiss("tracks", "--bins", "2", "--figure", "a", folder=tmp_path, MPLBACKEND=backend)
    assert found.returncode == 0, found.stderr
    assert sorted(os.listdir(tmp_path)) == ["a.pdf", "a.png"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("limit", "na64e-2016", "--masses", "10MeV,20MeV", "-o", "out"),
        ("tracks", "--bins", "2", "--figure", "a.pdf"),
        ("template", "-o", "a.toml"),
    ],
)
def test_a_disk_that_is_full_leaves_nothing(tmp_path, arguments):
    def shrink():
        resource.setrlimit(resource.RLIMIT_FSIZE, (900, 900))

    found = emiss(*arguments, folder=tmp_path, before=shrink)
    assert found.returncode == 2, found.stderr
    assert b"larger than allowed" in found.stderr
    assert b"Traceback" not in found.stderr
    assert found.stdout == b""
    assert os.listdir(tmp_path) == []


def test_names_that_are_no_text(tmp_path):
    name = b"\xff\xfe"
    found = emiss("tracks", "--bins", "2", "--figure", os.fsdecode(name), folder=tmp_path)
    assert found.returncode == 0, found.stderr
    assert name + b".png" in found.stdout
    assert sorted(os.listdir(os.fsencode(tmp_path))) == [name + b".pdf", name + b".png"]
    found = emiss("show", os.fsdecode(name) + ".toml", PYTHONIOENCODING="ascii")
    assert found.returncode == 2
    assert name in found.stderr


def refused(capsys, *arguments):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    printed = capsys.readouterr()
    assert stop.value.code == 2, printed.err
    assert printed.out == ""
    return " ".join(printed.err.replace("│", " ").split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("tracks", "--figure", "."), "give a file name"),
        (("tracks", "--figure", ".."), "give a file name"),
        (("tracks", "--figure", ""), "give a file name"),
        (("tracks", "--figure", "absent/a"), "not a directory"),
        (("tracks", "--figure", "a.jpg"), "jpg"),
        (("tracks", "--figure", "link"), "no such name|Too many|not a regular"),
        (("limit", "na64e-2016", "-o", "file"), "is a file"),
        (("limit", "na64e-2016", "-o", "file/below"), "is a file"),
        (("limit", "na64e-2016", "-o", "n" * 300), "too long"),
        (("template", "-o", "absent/a"), "create it first"),
        (("template", "-o", "."), "give a file name"),
    ],
)
def test_destinations_are_checked_before_any_work(
    tmp_path, monkeypatch, capsys, arguments, message
):
    import emiss as package
    from emiss import shower

    def work(*_, **__):
        raise AssertionError("computed before the destination was checked")

    monkeypatch.setattr(package.inference, "limit", work)
    monkeypatch.setattr(shower, "track_lengths", work)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link.png").symlink_to("link.png")
    assert re.search(message, refused(capsys, *arguments))
    assert sorted(os.listdir()) == ["file", "link.png"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--observed", "3_0", "--background", "1"), "'3_0' is not a whole number"),
        (("--observed", "٣", "--background", "1"), "is not a whole number"),
        (("--observed", "9" * 5000, "--background", "1"), "give at most 18 digits"),
        (("--observed", "3", "--background", "1_0"), "'1_0' is not a finite number"),
        (("--observed", "3", "--background", "١"), "is not a finite number"),
        (("--observed", "3", "--background", "1e999"), "is out of any range"),
        (("--observed", "3", "--background", "inf"), "is not a finite number"),
    ],
)
def test_numbers_are_plain_decimal_numbers(capsys, arguments, message):
    assert message in refused(capsys, "counts", *arguments)


@pytest.mark.parametrize("masses", ["1MeV:1GeV:" + "1" * 5000, "1MeV:1GeV:٣", "١MeV", "1_0MeV"])
def test_masses_are_plain_decimal_numbers(capsys, masses):
    text = refused(capsys, "limit", "na64e-2016", "--masses", masses)
    assert "mass" in text
    assert len(text) < 300


def test_a_level_is_never_rounded_to_certainty(capsys):
    with pytest.raises(SystemExit) as stop:
        main([*COUNTS, "--cl", "0.999999"])
    assert stop.value.code == 0
    assert "99.9999% CL" in capsys.readouterr().out


def test_a_number_that_was_not_given_is_not_quoted(capsys):
    assert "4001" not in refused(capsys, "tracks", "--bins", "40000")
    assert "40000" in refused(capsys, "tracks", "--bins", "40000")


HOLD = """
import sys, time
from emiss.ground.atomic import atomic_directory, atomic_file
with {what}(sys.argv[1]) as place:
    (place / "a" if place.is_dir() else place).write_text("half")
    print("here", flush=True)
    time.sleep(600)
"""


def hold(target, what):
    """A process that stands in the middle of writing."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD.format(what=what), str(target)], stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"here\n"
    return process


def leftovers(folder):
    return [name for name in os.listdir(folder) if name.endswith(".part")]


@pytest.mark.parametrize("what", ["atomic_directory", "atomic_file"])
def test_what_a_killed_run_left_goes_with_the_next(tmp_path, what):
    running, killed = hold(tmp_path / "live", what), hold(tmp_path / "dead", what)
    try:
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert len(leftovers(tmp_path)) == 2
        (tmp_path / ".mine.part").mkdir()
        (tmp_path / ".b.0123abcd.part").mkdir()  # of nobody: no lock in it
        write_text(tmp_path / "c", "x")
        assert sorted(name[:6] for name in leftovers(tmp_path)) == [".b.012", ".live.", ".mine."]
    finally:
        running.kill()
        running.wait()
        running.stdout.close()
        killed.stdout.close()
    with atomic_directory(tmp_path / "d") as place:
        (place / "y").write_text("y")
    assert not any(name.startswith(".live") for name in os.listdir(tmp_path))


def test_a_place_without_locks_still_works(tmp_path, monkeypatch):
    import fcntl

    def refuse(*_):
        raise OSError("no locks here")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with atomic_file(tmp_path / "a") as place:
        place.write_text("x")
    assert os.listdir(tmp_path) == ["a"]


def test_a_name_with_a_zero_byte_is_refused(tmp_path):
    with pytest.raises(OutputError):
        write_text(f"{tmp_path}/a\0b", "x")
    with pytest.raises(OutputError), atomic_directory(f"{tmp_path}/a\0b"):
        raise AssertionError
    assert issubclass(OutputError, EmissError)
