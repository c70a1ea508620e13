"""Physics: matter, models, cross-sections, tracks in a dump, and what others have measured."""
