"""Command line: each command parses, calls one library function and hands the result to output."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from ..errors import EmissError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 a check failed, 2 the input is at fault.

    Parameters
    ----------
    arguments : sequence of str, optional
        Arguments without the program name; those of the process by default.
    """
    from .app import app

    try:
        app(args=list(sys.argv[1:] if arguments is None else arguments), prog_name="emiss")
    except EmissError as error:
        sys.stderr.write(f"emiss: error: {error}\n")
        sys.exit(2)
    except BrokenPipeError:
        # The reader went away; point stdout elsewhere so that the interpreter can flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
