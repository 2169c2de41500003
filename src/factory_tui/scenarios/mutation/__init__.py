"""Mutation check: what shipped, changed in small ways, must be caught by its suite."""
