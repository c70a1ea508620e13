"""What the process of one command leaves out of matplotlib, and nobody else."""

import subprocess
import sys

import pytest

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


@pytest.fixture
def told():
    def ask(who):
        """Whether documentation and signature of lines, and of a later kind of line, are whole."""
        done = subprocess.run(
            [sys.executable, "-c", LOADED, who], capture_output=True, text=True, check=True
        )
        return done.stdout.splitlines()

    return ask


def test_a_command_loads_matplotlib_without_tables_of_properties(told):
    bare, whole = "False False", "True True"
    assert told("command") == [bare, whole]
    assert told("library") == [whole, whole]
