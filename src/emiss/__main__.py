"""Run the command line as ``python -m emiss``."""

from __future__ import annotations

from .presentation.cli import main

if __name__ == "__main__":
    main()
