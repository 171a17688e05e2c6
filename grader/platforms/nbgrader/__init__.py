"""nbgrader."""
