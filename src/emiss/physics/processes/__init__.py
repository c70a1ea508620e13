"""How beam and matter make a boson: one process per module."""
