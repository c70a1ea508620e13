"""Compiled loops of the transport; floats and arrays only."""
