"""Ground: units, constants, errors, files, provenance; no physics decisions."""
