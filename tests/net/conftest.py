"""Lets the tests import the net's modules as these import each other."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
