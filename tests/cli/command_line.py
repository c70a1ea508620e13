"""The command line inside the test process: what it printed, or the error that it met."""

import contextlib
import io
import json

from emiss.presentation.cli import output
from emiss.presentation.cli.app import make_app
from emiss.presentation.cli.command import discover

app = make_app(discover())


def run(*arguments):
    """Standard output of a command; its `EmissError` where it refuses."""
    output.discard()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        app(args=[str(one) for one in arguments], standalone_mode=False)
        output.flush()
    return printed.getvalue()


def run_json(*arguments):
    """The JSON object that a command prints."""
    return json.loads(run(*arguments, "--json"))
