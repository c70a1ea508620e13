"""Materials and widths against tabulated values."""

from __future__ import annotations

from ...physics import materials, models
from .check import Check

_RADIATION_LENGTHS = {"C": 42.70, "Al": 24.01, "Fe": 13.84, "Cu": 12.86, "W": 6.76, "Pb": 6.37}


def checks() -> list[Check]:
    """Radiation lengths and the dark width that sets the resonance."""
    found = [
        Check(
            f"radiation length of {name} (g/cm2)",
            materials.get(name).radiation_length,
            value,
            1.5e-3,
            "the table is rounded; atomic weights differ in the last digit",
            "ParticleDataGroup:2024cfk",
        )
        for name, value in _RADIATION_LENGTHS.items()
    ]
    for kind, width in (("scalar", 0.00345), ("dirac", 0.0304)):
        model = models.get("dark-photon", {"dark_matter": kind})
        found.append(
            Check(
                f"dark width over mass, {kind}, alpha_dark = 0.1",
                float(model.dark_width(0.1)) / 0.1,
                width,
                2e-3,
                "reference quoted to three digits",
                "closed form",
            )
        )
    return found
