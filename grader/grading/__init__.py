"""Grades one submission or a class: tasks and engines, cache, judge, budget."""
