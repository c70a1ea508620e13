"""The live page: limits that follow the sliders, in a browser or in a notebook.

`answer` says what a question of the page gets, whoever carries it: `server` serves the page on
this machine alone, `widget` puts the same page into a notebook.
"""

from __future__ import annotations

from .questions import Question, read_question
from .replies import Reply, answer

__all__ = ["Question", "Reply", "answer", "read_question"]
