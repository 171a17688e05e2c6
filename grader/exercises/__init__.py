"""Exercises whose answers are numbers: what a student is given, what is right, and the usual mistakes."""
