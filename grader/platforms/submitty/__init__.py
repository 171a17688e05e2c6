"""Submitty."""
