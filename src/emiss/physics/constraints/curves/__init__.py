"""Curves of others: what they are, how they are read, recast and compared."""
