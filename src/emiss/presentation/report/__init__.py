"""The report of an output folder: one page that needs no network, and the same in Markdown."""

from __future__ import annotations

from .folder import Folder, read_folder
from .sections import Section, sections_of
from .write import write_report

__all__ = ["Folder", "Section", "read_folder", "sections_of", "write_report"]
