"""Yields from sampled bosons, process by process."""
