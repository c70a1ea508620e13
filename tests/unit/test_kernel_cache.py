"""Kernels where nothing can be written: a user without rights, in a process of its own."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import emiss
from emiss.ground import private_folders

# On a grid point of nothing: the value of a kernel, and which modules came along.
CODE = (
    "from emiss import materials; from emiss.physics.processes import bremsstrahlung as b; "
    "print(repr(b.total_cross_section(50.0, 0.02, element=materials.element('C')).value_pb))"
)


def _without_rights() -> list[str]:
    """Start of a command that may not write where the mode says so."""
    if not hasattr(os, "geteuid"):
        pytest.skip("NOT TESTED: modes of files do not bind on this system")
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("NOT TESTED: root may write everywhere, and there is no setpriv to stop it")
    names = "-dac_override,-dac_read_search,-fowner,-chown"
    return ["setpriv", f"--bounding-set={names}", f"--inh-caps={names}"]


@pytest.fixture
def installed(tmp_path):
    """A read-only copy of the package, and an environment without a writable home."""
    start = _without_rights()
    home, site = tmp_path / "home", tmp_path / "site"
    home.mkdir()
    package = Path(emiss.__file__).parent
    shutil.copytree(package, site / "emiss", ignore=shutil.ignore_patterns("__pycache__"))
    folders = [home, *(p for p in site.rglob("*") if p.is_dir()), site]
    for folder in folders:
        folder.chmod(0o555)
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "LD_LIBRARY_PATH")}
    environment = kept | {"HOME": str(home), "PYTHONPATH": str(site)}
    probe = [*start, sys.executable, "-c", f"open({str(home / 'x')!r}, 'w')"]
    if subprocess.run(probe, check=False, capture_output=True, env=environment).returncode == 0:
        pytest.skip("NOT TESTED: rights could not be given up here")
    yield start, environment
    for folder in folders:
        folder.chmod(0o755)


def _run(installed, code, temporary):
    start, environment = installed
    done = subprocess.run(
        [*start, sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env=environment | {"TMPDIR": str(temporary)},
        cwd="/",
    )
    return done.stdout.split(), done.stderr.splitlines()


def test_kernels_run_where_nothing_can_be_written(installed, tmp_path):
    from emiss import materials
    from emiss.physics.processes import bremsstrahlung

    target = materials.element("C")
    expected = repr(bremsstrahlung.total_cross_section(50.0, 0.02, element=target).value_pb)
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    # No place at all for temporary files: Python itself gives up on that, emiss does not.
    code = f"import tempfile; tempfile.tempdir = {str(locked)!r}; " + CODE
    printed, said = _run(installed, code, locked)
    assert abs(float(printed[0]) / float(expected) - 1.0) < 1e-12
    assert len(said) == 1
    assert "compiled in each run" in said[0]
    # The temporary folder is writable: kept there, and found by the next run.
    free = tmp_path / "free"
    free.mkdir()
    for _ in range(2):
        printed, said = _run(installed, CODE, free)
        assert len(said) == 1
        assert "compiled kernels are kept in" in said[0]
        assert abs(float(printed[0]) / float(expected) - 1.0) < 1e-12
    (folder,) = free.iterdir()
    assert folder.stat().st_mode & 0o077 == 0
    assert list(folder.rglob("*.nbi"))


def test_folders_of_others_are_not_trusted(tmp_path):
    assert private_folders.is_private(tmp_path / "new")
    assert private_folders.is_private(tmp_path / "new")
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    assert not private_folders.is_private(shared)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "new")
    assert not private_folders.is_private(link)
    (tmp_path / "file").write_text("x", "utf-8")
    assert not private_folders.is_private(tmp_path / "file")
    assert not private_folders.is_private(tmp_path / "none" / "below")


def test_compilation_is_announced_once(tmp_path, caplog, monkeypatch):
    """A kernel without code on disk, the same when it has some, and after a change of its file."""
    pytest.importorskip("numba")
    from emiss.ground import notices
    from emiss.ground._kernels.jit import announce

    monkeypatch.setattr(notices, "_GIVEN", set())
    file = tmp_path / "little.py"
    file.write_text(
        "from emiss.ground._kernels.jit import kernel\n\n"
        "@kernel\ndef twice(x):\n    return 2.0 * x\n"
    )

    def begin():
        spec = importlib.util.spec_from_file_location("little", file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        caplog.clear()
        notices._GIVEN.clear()
        announce(module.twice, "a little thing")
        return module.twice, caplog.text

    function, said = begin()
    assert "compiling a little thing" in said
    assert function(2.0) == 4.0
    caplog.clear()
    announce(function, "a little thing")
    assert caplog.text == ""
    assert begin()[1] == ""
    later = file.stat().st_mtime + 100.0
    os.utime(file, (later, later))
    assert "compiling" in begin()[1]


CALLEE = "from emiss.ground._kernels.jit import {0}\n\n@{0}\ndef inner(x):\n    return {1} * x\n"
CALLER = (
    "from callee import inner\nfrom emiss.ground._kernels.jit import kernel\n\n"
    "@kernel\ndef outer(x):\n    return inner(x) + 1.0\n"
)
ASK = (
    "import sys, pathlib\nfrom emiss.ground._kernels import jit\n"
    "jit._sources = lambda: tuple(sorted(pathlib.Path(sys.argv[1]).glob('*.py')))\n"
    "sys.path.insert(0, sys.argv[1])\nfrom caller import outer\nprint(outer(2.0), "
    "sum(outer.stats.cache_hits.values()))\n"
)


@pytest.mark.parametrize("kind", ["kernel", "helper"])
def test_kept_code_goes_with_the_kernels_it_calls(kind, tmp_path):
    # numba alone looks at the file of the caller, and answers 5 where 7 is right.
    (tmp_path / "caller.py").write_text(CALLER, "utf-8")
    answers = []
    for factor in (2.0, 2.0, 3.0):
        text = CALLEE.format(kind, factor)
        if not (tmp_path / "callee.py").exists() or factor != 2.0:
            (tmp_path / "callee.py").write_text(text, "utf-8")
        found = subprocess.run(
            [sys.executable, "-c", ASK, str(tmp_path)],
            capture_output=True, text=True, check=True, timeout=120,
            env=dict(os.environ, NUMBA_CACHE_DIR=str(tmp_path / "cache")),
        )  # fmt: skip
        answers.append(found.stdout.split())
    assert answers == [["5.0", "0"], ["5.0", "1"], ["7.0", "0"]]


COUNT = (
    "import collections\n"
    "from numba.core import event\n"
    "class Names(event.Listener):\n"
    "    def on_start(self, found):\n"
    "        print(found.data['dispatcher'].py_func.__qualname__)\n"
    "    def on_end(self, found):\n"
    "        pass\n"
    "event.register('numba:compile', Names())\n"
    "from emiss import materials\n"
    "from emiss.events.transport import tracks_montecarlo\n"
    "tracks_montecarlo(materials.get('Pb'), 'e-', 1.0, 0.5, events=1)\n"
)


@pytest.mark.slow
def test_first_use_compiles_each_helper_once(tmp_path):
    """Compilation is what a first user waits for: nothing twice, and no texts of numpy's errors."""
    found = subprocess.run(
        [sys.executable, "-c", COUNT], capture_output=True, text=True, check=True, timeout=300,
        env=dict(os.environ, NUMBA_CACHE_DIR=str(tmp_path)),
    )  # fmt: skip
    names = found.stdout.split("\n")
    assert {"events", "follow_muon", "hand_over"} <= set(names)
    assert not [name for name in names if name.startswith(("ol_raise", "unicode", "ol_str"))]
    # Emissions are not looked for here, nor compiled.
    assert not {"emit", "note", "close", "begin"} & set(names)
    own = [name for name in names if name and "<locals>" not in name]
    twice = {name for name in own if own.count(name) > 1}
    # Purpose of a stream and numbers of quantiles are literals.
    assert twice <= {"start", "_at"}
    kept = [file.name.split("-")[0] for file in tmp_path.rglob("*.nbi")]
    assert kept == ["shower.events"]
