"""Imported first by the process that workers are forked from, which only imports: it looks for no garbage.

TensorFlow's import takes a fifth less by that. The keeper of each worker turns the collection on again.
"""

import gc

gc.disable()
