"""Autolab."""
