"""Kinds of exercises: one file each; the file's name is the name in YAML and, in capitals, of the class."""
