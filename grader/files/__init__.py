"""Files of our own: written whole, read back strictly, zipped the same way every time."""
