"""What the process of one command leaves out, and nobody else."""

import os
import subprocess
import sys

ENDING = """
import atexit, gc, sys
start = gc.get_freeze_count()  # some Pythons freeze what they are born with
atexit.register(lambda: print(gc.get_freeze_count() > start))
from emiss.presentation.short_lived import ends_soon
if sys.argv[1] == "command":
    ends_soon()
atexit.register(lambda: print(gc.get_freeze_count() > start))
"""

ALONE = """
import contextlib, os, sys
import emiss
if sys.argv[1] == "command":
    from emiss.presentation.cli import main
    with contextlib.suppress(SystemExit):
        main(["list", "models"])
import numpy
print(os.environ.get("OPENBLAS_NUM_THREADS"), file=sys.stderr)
"""

LOADED = """
import sys
from inspect import signature
from emiss.presentation.short_lived import ends_soon
if sys.argv[1] == "command":
    ends_soon()
import matplotlib  # as whoever applies a style before
import emiss.presentation.plots.shown_figure
from matplotlib import artist
from matplotlib.lines import Line2D
class Later(Line2D):
    def set_mark(self, mark):
        self.mark = mark
for kind in (Line2D, Later):
    assert kind([], []).set(lw=3, color="red") is not None
    print("linewidth" in str(kind.set.__doc__), "linewidth" in signature(kind.set).parameters)
assert "linewidth" in artist.kwdoc(Line2D)
"""


def told(code, who):
    """Lines that a process prints, the last of them to standard error."""
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", code, who], env=environment,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.splitlines(), done.stderr.splitlines()


def test_a_command_loads_matplotlib_without_tables_of_properties():
    bare, whole = "False False", "True True"
    assert told(LOADED, "command")[0] == [bare, whole]
    assert told(LOADED, "library")[0] == [whole, whole]


def test_a_command_ends_without_a_search_for_garbage():
    """What others do at the end comes first, and is as ever."""
    assert told(ENDING, "command")[0] == ["False", "True"]
    assert told(ENDING, "library")[0] == ["False", "False"]


def test_a_command_multiplies_with_one_thread():
    """The variable is read when numpy is loaded, which must not have been before."""
    assert told(ALONE, "command")[1] == ["1"]
    assert told(ALONE, "library")[1] == ["None"]
