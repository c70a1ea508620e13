"""Acceptances: the share of bosons of given mass and energy whose products pass."""

from .base import Acceptance
from .pair import PairAcceptance

__all__ = ["Acceptance", "PairAcceptance"]
