"""Notebooks: which cells are meant by a tag or a heading, and whether somebody has worked in them."""
