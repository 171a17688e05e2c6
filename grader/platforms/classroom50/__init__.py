"""Classroom 50."""
