"""Compiled numerical kernels: floats and arrays in, floats and arrays out, nothing else."""
