"""Coursera."""
