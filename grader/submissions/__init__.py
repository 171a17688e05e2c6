"""Whose files these are: folders, archives, the roster of the class."""
