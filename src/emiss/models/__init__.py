"""What might exist: models of new bosons, one per file, each from one coupling and one mass."""

from .alp import ALP
from .b_minus_l import BMinusL
from .base import BOSONS, INVISIBLE_CHANNELS, Boson, Model
from .dark_photon import DarkPhoton
from .dark_sector import DARK_MATTER_KINDS, DarkSector
from .leptophilic import Leptophilic
from .lmu_ltau import LMuLTau
from .registry import defaults, get, names
from .scalar import Scalar

__all__ = [
    "ALP",
    "BOSONS",
    "DARK_MATTER_KINDS",
    "INVISIBLE_CHANNELS",
    "BMinusL",
    "Boson",
    "DarkPhoton",
    "DarkSector",
    "LMuLTau",
    "Leptophilic",
    "Model",
    "Scalar",
    "defaults",
    "get",
    "names",
]
