"""Mutation testing: change the physics in one place, see whether a test notices."""
