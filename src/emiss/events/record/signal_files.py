"""Files of signal events for other programs, by the end of their name."""

from __future__ import annotations

from pathlib import Path

from ...ground.atomic import atomic_file, check_file
from ...ground.errors import ArgumentError, EmissError
from .hepmc import HEPMC, read_hepmc, write_hepmc
from .lhe import read_lhe, write_lhe
from .signal_sample import SignalSample

__all__ = ["check_sample_file", "read_sample", "write_sample"]

_ENDS = (".lhe.gz", ".lhe", ".hepmc")


def _end(path: Path) -> str:
    for end in _ENDS:
        if path.name.endswith(end):
            return end
    raise ArgumentError(f"'{path}': the name of the file must end in {', '.join(_ENDS)}.")


def check_sample_file(path: Path | str) -> None:
    """Check that a file of signal events can be written, before the events are made.

    Parameters
    ----------
    path : path
        Destination.

    Raises
    ------
    ArgumentError
        If the name ends otherwise than in ``.lhe``, ``.lhe.gz`` or ``.hepmc``.
    OutputError
        If the place cannot be written.
    EmissError
        If the package that writes it is not installed.
    """
    if _end(Path(path)) == ".hepmc":
        HEPMC.check()
    check_file(path)


def write_sample(sample: SignalSample, path: Path | str) -> None:
    """Write signal events, complete or not at all.

    Parameters
    ----------
    sample : SignalSample
        Events.
    path : path
        Ends in ``.lhe``, ``.lhe.gz`` or ``.hepmc``.

    Raises
    ------
    EmissError
        If there is no event, pyhepmc is absent, or the file cannot be written.
    """
    end = _end(Path(path))
    if len(sample) == 0:
        raise EmissError("no boson was made, so that there is nothing to write; give more events.")
    with atomic_file(path) as staging:
        if end == ".hepmc":
            write_hepmc(sample, staging)
        else:
            write_lhe(sample, staging, packed=end == ".lhe.gz")


def read_sample(path: Path | str) -> SignalSample:
    """Read signal events back.

    Parameters
    ----------
    path : path
        A file that `write_sample` wrote.

    Returns
    -------
    SignalSample
        The events.

    Raises
    ------
    EmissError
        If the file is absent, or none that emiss wrote.
    """
    place = Path(path)
    end = _end(place)
    if not place.is_file():
        raise EmissError(f"'{place}': there is no such file.")
    try:
        return read_hepmc(place) if end == ".hepmc" else read_lhe(place)
    except EmissError:
        raise
    except Exception as error:  # the libraries raise what they like on a broken file
        raise EmissError(f"'{place}': is no complete file of `emiss generate`.") from error
