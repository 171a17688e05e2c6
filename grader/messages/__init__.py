"""Sentences that can be translated, their catalogs, numbers in words, and text made safe for each output."""
