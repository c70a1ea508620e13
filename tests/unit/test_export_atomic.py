import errno
import os
from pathlib import Path

import pytest

from emiss.ground.atomic import atomic_directory, atomic_file, write_text
from emiss.ground.errors import OutputError


def tree(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def test_file_appears_at_the_end_only(tmp_path):
    target = tmp_path / "a.txt"
    with atomic_file(target) as staging:
        staging.write_text("new")
        assert not target.exists()
    assert tree(tmp_path) == {"a.txt": "new"}


def write_half(target: Path, error: type[BaseException]) -> None:
    with atomic_file(target) as staging:
        staging.write_text("half")
        raise error


def fill_half(target: Path, error: type[BaseException]) -> None:
    with atomic_directory(target) as staging:
        (staging / "x").write_text("half")
        raise error


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_failure_keeps_the_old_file(tmp_path, error):
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(error):
        write_half(target, error)
    assert tree(tmp_path) == {"a.txt": "old"}


def test_link_is_followed_and_stays(tmp_path):
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    write_text(tmp_path / "link.txt", "new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


def test_line_ends_do_not_depend_on_the_system(tmp_path):
    write_text(tmp_path / "a.txt", "ä\nb\n")
    assert (tmp_path / "a.txt").read_bytes() == "ä\nb\n".encode()


def test_places_that_cannot_hold_a_file(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="is a directory"):
        write_text(tmp_path, "x")
    with pytest.raises(OutputError, match="not a directory; create it"):
        write_text(tmp_path / "absent" / "a.txt", "x")
    with pytest.raises(OutputError, match="not a directory"):
        write_text(tmp_path / "file" / "a.txt", "x")
    with pytest.raises(OutputError, match="not a regular file"):
        write_text("/dev/null", "x")
    assert tree(tmp_path) == {"file": "x"}


def test_full_disk_is_explained(tmp_path):
    def write_to_full_disk() -> None:
        # The device that is always full gives the operating system's own error.
        with atomic_file(tmp_path / "a.txt"), Path("/dev/full").open("w") as full:
            full.write("x" * 100)

    with pytest.raises(OutputError, match="no space is left"):
        write_to_full_disk()
    assert list(tmp_path.iterdir()) == []


def test_errors_about_other_files_pass(tmp_path):
    with pytest.raises(FileNotFoundError), atomic_file(tmp_path / "a.txt"):
        (tmp_path / "absent").read_text()


def fill(target: Path, **files: str) -> None:
    with atomic_directory(target) as staging:
        for name, text in files.items():
            place = staging / name.replace("__", "/")
            place.parent.mkdir(exist_ok=True)
            place.write_text(text)


def test_new_directory_with_parents(tmp_path):
    fill(tmp_path / "a" / "b" / "c", x="1", sub__y="2")
    assert tree(tmp_path) == {"a/b/c/x": "1", "a/b/c/sub/y": "2"}


def test_existing_directory_keeps_other_files(tmp_path):
    out = tmp_path / "out"
    fill(out, x="old", mine="keep", sub__y="old")
    fill(out, x="new", sub__z="new")
    assert tree(tmp_path) == {
        "out/x": "new",
        "out/mine": "keep",
        "out/sub/y": "old",
        "out/sub/z": "new",
    }


def test_failure_leaves_no_directory(tmp_path):
    with pytest.raises(ZeroDivisionError):
        fill_half(tmp_path / "a" / "b", ZeroDivisionError)
    assert list(tmp_path.iterdir()) == []


def test_failure_keeps_an_existing_directory(tmp_path):
    fill(tmp_path / "out", x="old")
    with pytest.raises(KeyboardInterrupt):
        fill_half(tmp_path / "out", KeyboardInterrupt)
    assert tree(tmp_path) == {"out/x": "old"}


def test_file_in_the_way_of_a_directory(tmp_path):
    (tmp_path / "out").write_text("mine")
    for target in (tmp_path / "out", tmp_path / "out" / "deeper"):
        with pytest.raises(OutputError, match="is a file, not a directory"):
            fill(target, x="1")
    assert tree(tmp_path) == {"out": "mine"}


@pytest.mark.parametrize("there", ["x", "sub"])
def test_conflicts_inside_are_found_before_anything_moves(tmp_path, there):
    out = tmp_path / "out"
    out.mkdir()
    (out / "a").write_text("old")
    if there == "x":
        (out / "x").mkdir()
    else:
        (out / "sub").write_text("mine")
    before = tree(out)
    with pytest.raises(OutputError, match="stands in the way"):
        fill(out, a="new", x="1", sub__y="2")
    assert tree(out) == before


def test_a_failed_move_is_undone(tmp_path, monkeypatch):
    out = tmp_path / "out"
    fill(out, a="old", b="old", sub__c="old")
    rename = Path.rename

    def failing(self, target):
        if self.name == "b" and "new" in self.parts:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OutputError, match="no space is left"):
        fill(out, a="new", b="new", extra__d="new")
    monkeypatch.undo()
    assert tree(tmp_path) == {"out/a": "old", "out/b": "old", "out/sub/c": "old"}
    assert not (out / "extra").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_unwritable_directory(tmp_path):
    tmp_path.chmod(0o500)
    try:
        for target in (tmp_path, tmp_path / "a" / "b"):
            with pytest.raises(OutputError, match="no permission"):
                fill(target, x="1")
        with pytest.raises(OutputError, match="no permission"):
            write_text(tmp_path / "a.txt", "x")
    finally:
        tmp_path.chmod(0o700)


def test_refused_creation_is_explained(tmp_path, monkeypatch):
    # Stands in for the test above where the tests run as root.
    def refuse(self, *args, **kwargs):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(OutputError, match="no permission to write there"):
        fill(tmp_path / "out", x="1")
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []
