"""`emiss explore`: says its address at once, serves it, and ends cleanly."""

from __future__ import annotations

import signal
import subprocess
import sys
import urllib.request

import pytest


def _ignore_interrupts():
    """What a shell does to a job in the background."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_says_its_address_and_serves_it(number):
    command = [sys.executable, "-m", "emiss", "explore", "#a=0.5", "--no-browser"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, preexec_fn=_ignore_interrupts
    ) as process:
        try:
            address = process.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:")
            assert address.endswith("/#a=0.5")
            with urllib.request.urlopen(address.partition("#")[0], timeout=60) as page:
                assert b"emiss explore" in page.read()
            process.send_signal(number)
            assert process.wait(60) == 0
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port=70000"], "0 to 65535"),
        (["--port=-1"], "0 to 65535"),
        (["--port=x"], "whole number"),
        (["somewhere"], "permanent link"),
    ],
)
def test_refuses(arguments, words):
    command = [sys.executable, "-m", "emiss", "explore", "--no-browser", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert words in " ".join(done.stderr.split())
