"""Processes that make bosons in a shower, one per file: ``EMITTER = Emitter(...)``."""
