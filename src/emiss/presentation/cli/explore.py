"""`emiss explore`: a page in the browser on which the limit follows the sliders."""

from __future__ import annotations

import signal
import sys
from typing import Annotated

import typer

from . import options
from .command import command


@command("explore")
def explore(
    link: Annotated[
        str, typer.Argument(help="Permanent link copied from the page, to open what it shows.")
    ] = "",
    port: Annotated[
        int, options.number("--port", help="Port on this machine; a free one if 0.", whole=True)
    ] = 0,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
) -> None:
    """Open a page where limits follow sliders; it is served to this machine alone."""
    from ...ground.errors import EmissError
    from ..explore.server import PageServer

    if not 0 <= port <= 65535:
        raise EmissError(f"--port {port}: give a number from 0 to 65535; 0 takes a free one.")
    _, sign, state = link.partition("#")
    if link and not sign:
        raise EmissError(
            f"'{link[:80]}' is no permanent link: it has no '#'; copy it with the page's button, "
            "and put it in quotes."
        )
    try:
        server = PageServer(port)
    except OSError as error:
        raise EmissError(f"port {port} cannot be used: {error.strerror}; try --port 0.") from error
    address = f"{server.address}{sign}{state}"
    # The page is open while the command runs, so its address cannot wait for the end.
    sys.stdout.write(f"{address}\nCtrl+C ends it.\n")
    sys.stdout.flush()
    if browser:
        import webbrowser

        webbrowser.open(address)
    # A job in the background is started with these signals ignored; the page must end all the same.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.default_int_handler)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return
    finally:
        server.server_close()
