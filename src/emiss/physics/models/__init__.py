"""What might exist: models of new bosons, one per file, each from one coupling and one mass."""

from .alp import ALP
from .b_minus_l import BMinusL
from .base import BOSONS, INVISIBLE_CHANNELS, Boson, Model
from .dark_photon import DarkPhoton
from .dark_sector import DARK_MATTER_KINDS, DarkSector
from .leptophilic import Leptophilic
from .lmu_ltau import LMuLTau
from .registry import defaults, get, load, names, template
from .scalar import Scalar
from .user_model import UserModel

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
    "UserModel",
    "defaults",
    "get",
    "load",
    "names",
    "template",
]
