"""A sandboxed worker: a process of its own with limits, watched by a supervisor, tried by a self-test."""
