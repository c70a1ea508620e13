"""Serves the page to browsers of this machine, and to nobody else.

Only the loopback address is bound. Every address holds a token that is drawn anew each time; a
request with another Host (a name that points here from outside) or from a page of another Origin is
refused. The page loads nothing from elsewhere, and its content policy forbids it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from typing import Any, Final

from .replies import Desk, Reply

__all__ = ["LOOPBACK", "PAGE_FILES", "PageServer", "asset"]

LOOPBACK: Final = "127.0.0.1"
MOST_BYTES: Final = 20 * 1024 * 1024
PAGE_FILES: Final = {
    "": ("index.html", "text/html; charset=utf-8"),
    "page.css": ("page.css", "text/css; charset=utf-8"),
    **{
        name: (name, "text/javascript; charset=utf-8")
        for name in ("axes.js", "plot.js", "state.js", "controls.js", "results.js", "page.js")
    },
    "main.js": ("main.js", "text/javascript; charset=utf-8"),
    "icon.svg": ("icon.svg", "image/svg+xml"),
}
"""Files of the page by their place below the token, with media type."""
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def asset(name: str) -> str:
    """Text of a file of the page."""
    return resources.files(__package__).joinpath("page", name).read_text(encoding="utf-8")


class PageServer(ThreadingHTTPServer):
    """A page of its own on the loopback address, under a token.

    Parameters
    ----------
    port : int, optional
        Port; 0 for one that is free.
    token : str, optional
        Secret part of the address; drawn at random by default.
    """

    daemon_threads = True

    def __init__(self, port: int = 0, token: str | None = None) -> None:
        self.token = secrets.token_urlsafe(24) if token is None else token
        self.desk = Desk()
        super().__init__((LOOPBACK, port), _Handler)

    @property
    def port(self) -> int:
        """The port that is bound."""
        return int(self.server_address[1])

    @property
    def address(self) -> str:
        """Address of the page, token included."""
        return f"http://{LOOPBACK}:{self.port}/{self.token}/"

    @property
    def hosts(self) -> tuple[str, ...]:
        """What a request may call this server."""
        return f"{LOOPBACK}:{self.port}", f"localhost:{self.port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is no fault; nothing is printed by a library."""


class _Handler(BaseHTTPRequestHandler):
    server: PageServer
    server_version = "emiss"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 60

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed by a library."""

    def do_GET(self) -> None:
        """Send a file of the page."""
        self._guarded(self._send_page)

    def do_POST(self) -> None:
        """Answer a question."""
        self._guarded(self._send_answer)

    def _guarded(self, send: Callable[[str], None]) -> None:
        fault = self._fault()
        if fault is not None:
            self.close_connection = True
            self._send(_refused(*fault))
            return
        send(self.path.partition("?")[0].split("/", 2)[2])

    def _fault(self) -> tuple[int, str] | None:
        """Why a request is refused: by whom it is addressed, from where it comes, its token."""
        if self.headers.get("Host", "") not in self.server.hosts:
            return 421, "this server answers to its own address alone."
        origin = self.headers.get("Origin")
        if origin is not None and origin not in {f"http://{host}" for host in self.server.hosts}:
            return 403, "requests of other pages are refused."
        if self.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            return 403, "requests of other pages are refused."
        parts = self.path.split("/", 2)
        given = parts[1] if len(parts) == 3 else ""
        if not secrets.compare_digest(given.encode("utf-8", "replace"), self.server.token.encode()):
            return 404, "no such page; open the address that emiss explore printed."
        return None

    def _send_page(self, place: str) -> None:
        if place not in PAGE_FILES:
            self._send(_refused(404, "no such file."))
            return
        name, kind = PAGE_FILES[place]
        self._send(Reply(200, kind, asset(name).encode()))

    def _send_answer(self, place: str) -> None:
        folder, _, action = place.partition("/")
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            length = -1
        if folder != "api" or not 0 <= length <= MOST_BYTES:
            self.close_connection = True
            self._send(_refused(400, "a question in JSON of at most 20 MB is needed."))
            return
        text = self.rfile.read(length)
        if self.headers.get_content_type() != "application/json":
            self._send(_refused(415, "a question in JSON is needed."))
            return
        try:
            asked = json.loads(text)
            body, page, number = asked["body"], str(asked.get("page", "")), asked.get("number", 0)
            number = int(number)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            self._send(_refused(400, "the question is not JSON as the page sends it."))
            return
        self._send(self.server.desk.ask(action, body, page, number))

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(reply.body)))
        if reply.file:
            self.send_header("Content-Disposition", f'attachment; filename="{reply.file}"')
        self.send_header("Content-Security-Policy", _POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.end_headers()
        self.wfile.write(reply.body)


def _refused(status: int, message: str) -> Reply:
    return Reply.of({"field": "", "message": message}, status)
