"""`emiss response`: what detectors record of beam particles, one detector per file."""
