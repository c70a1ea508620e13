"""Reading text that others wrote: regular files of bounded size, plain numbers.

One place for what every format needs: a device, a pipe or a folder is refused before it is opened,
no more than the allowed bytes are ever read, and a number is what ASCII digits spell.
"""

from __future__ import annotations

import codecs
import math
import os
import re
import stat
from pathlib import Path
from typing import Final

from .errors import EmissError

__all__ = ["MAX_BYTES", "plain_number", "read_bytes", "read_text", "shown", "split_lines"]

MAX_BYTES: Final = 16 * 1024 * 1024
_KINDS: Final = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # starts like that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte-order marks of other encodings; without one, text is in UTF-8."""
_NUMBER: Final = re.compile(r"([+-]?)((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eEdD][+-]?[0-9]{1,6})?)")
_FORTRAN: Final = str.maketrans("dD", "ee")
_WORDS: Final = {"inf": math.inf, "infinity": math.inf, "nan": math.nan}
_LONGEST_LINE: Final = 100_000
_LONGEST: Final = 64
"""Characters of a number: no measured value needs more, and long ones cost quadratic time."""


def shown(text: object, longest: int = 120) -> str:
    """Write a name or a piece of a file so that it can stand in any message.

    Parameters
    ----------
    text : object
        Path or text, possibly with bytes that are not UTF-8, control characters or no end.
    longest : int, optional
        Characters kept; a longer middle is left out.

    Returns
    -------
    str
        Printable text on one line.
    """
    raw = str(text)
    if len(raw) > longest:
        raw = f"{raw[: longest // 2]}...{raw[-longest // 3 :]}"
    # Bytes of names that are not UTF-8 are lone surrogates in Python; they are shown as bytes.
    raw = re.sub("[\udc80-\udcff]", lambda m: f"\\x{ord(m[0]) - 0xDC00:02x}", raw)
    safe = raw.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in safe)


def _refuse_special(mode: int, what: str, path: Path) -> None:
    if not stat.S_ISREG(mode):
        kind = next((name for test, name in _KINDS if test(mode)), "not a regular file")
        raise EmissError(f"cannot read {what} '{shown(path)}': it is {kind}; give a regular file.")


def read_bytes(path: Path, what: str, max_bytes: int) -> bytes:
    """Read the first bytes of a regular file.

    Parameters
    ----------
    path : Path
        The file (or a link to one).
    what : str
        What it is, for the error.
    max_bytes : int
        Largest size accepted.

    Returns
    -------
    bytes
        At most one more than the largest size, so that the caller sees that there are more.

    Raises
    ------
    EmissError
        If it is no regular file.
    OSError
        If it cannot be opened or read.
    """
    _refuse_special(path.stat().st_mode, what, path)
    # Between the look and the opening the file may be exchanged: never wait, and look again.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as stream:
        _refuse_special(os.fstat(stream.fileno()).st_mode, what, path)
        return stream.read(max_bytes + 1)


def read_text(path: Path | str, *, what: str = "the file", max_bytes: int = MAX_BYTES) -> str:
    """Read a text file written by someone else.

    Parameters
    ----------
    path : path
        A regular file (or a link to one).
    what : str, optional
        What it is, for errors: ``"the curve"``, ``"the experiment file"``.
    max_bytes : int, optional
        Largest size accepted; reading stops there.

    Returns
    -------
    str
        The text, without a byte-order mark.

    Raises
    ------
    EmissError
        If it is no regular file, cannot be opened, is too large, is not UTF-8 (nor, with a
        byte-order mark, UTF-16 or UTF-32) or has NUL bytes.
    """
    file = Path(path)
    try:
        raw = read_bytes(file, what, max_bytes)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise EmissError(f"cannot read '{shown(file)}': {reason}.") from error
    except ValueError as error:
        if isinstance(error, EmissError):
            raise
        raise EmissError(f"cannot read '{shown(file)}': the name holds a NUL character.") from error
    if len(raw) > max_bytes:
        size = f"{max_bytes >> 20} MB" if max_bytes >= 1 << 20 else f"{max_bytes} bytes"
        raise EmissError(f"cannot read '{shown(file)}': {what} is larger than {size}.")
    return _decoded(raw, what, file)


def _decoded(raw: bytes, what: str, file: Path) -> str:
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), "utf-8-sig")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        told = "UTF-8" if encoding == "utf-8-sig" else f"{encoding.upper()}, as its first bytes say"
        raise EmissError(
            f"{what} '{shown(file)}' is not text in {told}: byte {error.start} is "
            f"0x{raw[error.start]:02x}; save it as UTF-8."
        ) from error
    if "\0" in text:
        raise EmissError(f"{what} '{shown(file)}' is not text: it holds NUL bytes.")
    return text


def split_lines(text: str, what: str, max_lines: int) -> list[str]:
    r"""Split at ends of lines, and only there.

    Parameters
    ----------
    text : str
        Text with any of ``\n``, ``\r\n``, ``\r``.
    what : str
        What it is, for the error.
    max_lines : int
        Most lines accepted.

    Returns
    -------
    list of str
        Lines without their ends. `str.splitlines` would also cut at form feeds and separators of
        Unicode, so that line numbers would not be those of an editor.

    Raises
    ------
    EmissError
        If there are too many lines, or one is longer than 100 000 characters.
    """
    if text.count("\n") + text.count("\r") > 2 * max_lines:
        raise EmissError(f"{what} has more than {max_lines} lines.")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > max_lines + 1:
        raise EmissError(f"{what} has more than {max_lines} lines.")
    longest = max(range(len(lines)), key=lambda i: len(lines[i]))
    if len(lines[longest]) > _LONGEST_LINE:
        raise EmissError(f"{what}, line {longest + 1}: longer than {_LONGEST_LINE} characters.")
    return lines


def plain_number(text: str) -> float | None:
    """Read a number as tables write it.

    Parameters
    ----------
    text : str
        ``1.5e-4``, ``1.5D-4`` as Fortran writes it, ``inf`` or ``nan``; blanks around it are
        ignored, a Unicode minus counts.

    Returns
    -------
    float or None
        The value; None for anything else that Python would take: digits of other scripts,
        ``3_0``, hexadecimal, or more than 64 characters.

    Examples
    --------
    >>> plain_number(" 2.5E-3 ")
    0.0025
    >>> plain_number("3_0") is None
    True
    """
    word = text.strip().replace("\N{MINUS SIGN}", "-")
    if len(word) > _LONGEST:
        return None
    match = _NUMBER.fullmatch(word)
    if match:
        return float(word.translate(_FORTRAN))
    sign = -1.0 if word.startswith("-") else 1.0
    value = _WORDS.get(word.lstrip("+-").lower()) if word.count("-") + word.count("+") < 2 else None
    return None if value is None else sign * value
