"""`emiss xsec`: cross-sections, one process per file."""
