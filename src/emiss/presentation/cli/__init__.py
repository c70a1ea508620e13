"""Command line: each command parses, calls one library function and hands the result to output."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import warnings
from collections.abc import Sequence
from types import FrameType
from typing import Any

from ...ground.errors import EmissError, PluginWarning

__all__ = ["main"]

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 a check failed, 2 the input is at fault.

    A reader that closes the pipe early, such as ``head``, is no fault: 0. Interrupted by the
    keyboard 130, by another signal 128 and its number; nothing partial is left.

    Parameters
    ----------
    arguments : sequence of str, optional
        Arguments without the program name; those of the process by default.
    """
    _tidy_up_when_told_to_stop()
    _tell_of_broken_plugins()
    try:
        from .app import app

        app(args=list(sys.argv[1:] if arguments is None else arguments), prog_name="emiss")
    except EmissError as error:
        sys.stderr.write(f"emiss: error: {error}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except OSError as error:
        # Files of results have errors of their own: this is standard output, say on a full disk.
        _discard_output()
        place = error.filename or "standard output"
        sys.stderr.write(f"emiss: error: {place}: {error.strerror or error}.\n")
        sys.exit(2)


def _tell_of_broken_plugins() -> None:
    """Show what is wrong with other packages' offers as one line, without Python's own words."""
    shown = warnings.showwarning

    def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
        if issubclass(category, PluginWarning):
            sys.stderr.write(f"emiss: warning: {message}\n")
        else:
            shown(message, category, *where, **more)

    warnings.showwarning = show


def _discard_output() -> None:
    """Point standard output elsewhere, so that the interpreter can flush it at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _stop(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _tidy_up_when_told_to_stop() -> None:
    """Let a termination unwind the stack, so that temporary files are removed."""
    if threading.current_thread() is not threading.main_thread():
        return
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _stop)
