"""Run the command line with ``python -m emiss.cli``."""

from __future__ import annotations

from . import main

main()
