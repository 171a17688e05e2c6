"""Codabench."""
