"""Physical constants in GeV, cm and their products (CODATA 2018/PDG 2024; tests compare them)."""

from __future__ import annotations

import math
from typing import Final

ALPHA: Final = 1.0 / 137.035999
"""Fine-structure constant at zero momentum transfer."""
ELECTRIC_CHARGE: Final = math.sqrt(4.0 * math.pi * ALPHA)
"""Positron charge in Heaviside-Lorentz units."""

ELECTRON_MASS: Final = 0.51099895e-3
MUON_MASS: Final = 0.1056583755
TAU_MASS: Final = 1.77686
PROTON_MASS: Final = 0.93827208816
CHARGED_PION_MASS: Final = 0.13957039
NEUTRAL_PION_MASS: Final = 0.1349768
ATOMIC_MASS_UNIT: Final = 0.93149410242
"""Masses in GeV."""
PROTON_MAGNETIC_MOMENT: Final = 2.7928473446

AVOGADRO: Final = 6.02214076e23
"""Particles per mole."""
HBARC_GEV_CM: Final = 1.973269804e-14
"""1 GeV^-1 in cm."""
GEV2_CM2: Final = HBARC_GEV_CM**2
"""1 GeV^-2 in cm^2."""
PICOBARN_CM2: Final = 1e-36
"""1 pb in cm^2."""
GEV2_PICOBARN: Final = GEV2_CM2 / PICOBARN_CM2
"""1 GeV^-2 in pb."""
CLASSICAL_ELECTRON_RADIUS_CM: Final = ALPHA * HBARC_GEV_CM / ELECTRON_MASS
"""Classical electron radius in cm."""
SPEED_OF_LIGHT_CM_PER_NS: Final = 29.9792458

LEPTON_MASS: Final = {"e": ELECTRON_MASS, "mu": MUON_MASS, "tau": TAU_MASS}
"""Charged-lepton masses in GeV by flavour."""
