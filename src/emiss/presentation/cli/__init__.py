"""Command line: each command parses, calls one library function and hands the result to output."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import warnings
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING, Any

from ...ground.errors import EmissError, PluginWarning
from ..short_lived import ends_soon
from .streams import discard, say, settle

if TYPE_CHECKING:
    from .command import Command

__all__ = ["main"]

_INTERRUPTED = 130
_COMPLETION = "_EMISS_COMPLETE"
"""Set where the shell asks what could be typed next."""
_SELDOM = (20_000, 50, 100)
"""Thresholds of the garbage collector: a command ends soon, and most of what it makes stays; the
interpreter's own cost a tenth of its time."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 a check failed, 2 the input is at fault.

    What a command prints comes at its end and in one piece, so an error prints nothing but
    itself. A reader that closes the pipe early, such as ``head``, is no fault: 0. Interrupted by
    the keyboard 130, by another signal 128 and its number; nothing partial is left.

    Parameters
    ----------
    arguments : sequence of str, optional
        Arguments without the program name; those of the process by default.
    """
    closed = _occupy_standard_streams()
    _draw_without_windows()
    _multiply_alone()
    _tidy_up_when_told_to_stop()
    _tell_of_broken_plugins()
    gc.set_threshold(*_SELDOM)
    ends_soon()
    try:
        if closed:
            raise EmissError(
                "standard output is closed; send it to a file, or to /dev/null if it is not wanted."
            )
        code = _run(list(sys.argv[1:] if arguments is None else arguments))
    except EmissError as error:
        code = _complain(str(error))
    except KeyboardInterrupt:
        code = _INTERRUPTED
    except UnicodeError as error:
        code = _complain(f"a name or text that is not valid UTF-8: {error}.")
    except OSError as error:
        # Files of results have errors of their own: this is standard output, say on a full disk.
        discard(sys.stdout)
        place = error.filename or "standard output"
        code = _complain(f"{place}: {error.strerror or error}.")
    settle()
    sys.exit(code)


def _run(arguments: list[str]) -> int | str | None:
    """Run a command; what it printed is shown if it came to its end, also with a failed check."""
    from . import output
    from .command import find

    asked = find(arguments[0]) if arguments else ()
    output.plain_streams()
    output.discard()
    code: int | str | None = 0
    try:
        _call(asked, arguments)
    except SystemExit as stop:
        code = stop.code or 0
    if code in (0, 1):
        output.flush()
    return code


def _call(asked: tuple[Command, ...], arguments: list[str]) -> None:
    """Run the command that is asked for, by the shortest way that understands the words."""
    from .command import discover

    if asked and _COMPLETION not in os.environ:
        from .plain_words import read_plain

        values = read_plain(asked[0].run, arguments[1:])
        if values is not None:
            from typer import Exit

            try:
                asked[0].run(**values)
            except Exit as stop:
                raise SystemExit(stop.exit_code) from None
            return
    from .app import make_app

    make_app(asked or discover())(args=arguments, prog_name="emiss")


def _complain(text: str) -> int:
    say(f"emiss: error: {text}")
    return 2


def _occupy_standard_streams() -> bool:
    """Put something where a standard stream is closed; whether standard output was.

    Otherwise a file of results would get the number of a stream, and its text with it.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    closed = sys.stdout is None
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    return closed


def _multiply_alone() -> None:
    """Matrices here are small: more threads of the linear algebra wait more than they work.

    This must come before numpy is loaded, which `import emiss` therefore does not do.
    """
    if "numpy" not in sys.modules:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _draw_without_windows() -> None:
    """Figures need no window; a backend meant for a notebook may not even exist here."""
    if "matplotlib" not in sys.modules:
        os.environ["MPLBACKEND"] = "Agg"


def _tell_of_broken_plugins() -> None:
    """Show what is wrong with other packages' offers as one line, without Python's own words."""
    shown = warnings.showwarning

    def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
        if issubclass(category, PluginWarning):
            say(f"emiss: warning: {message}")
        else:
            shown(message, category, *where, **more)

    warnings.showwarning = show


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
