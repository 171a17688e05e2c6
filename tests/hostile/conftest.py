"""Lets the tests import the scripts that lie beside them."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
