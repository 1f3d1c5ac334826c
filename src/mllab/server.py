"""Composition root: the only module that names concrete back-ends."""
