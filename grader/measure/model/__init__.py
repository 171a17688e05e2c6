"""Model files read with json, zipfile and h5py and written again; nothing in them is deserialised.

The steps: what the file is (`filetype`), its members (`archive`, `hdf5`), its JSON (`strict_json`),
its network against the allow-list (`network`, `layer`, `objects`, `graph`, `allowlist`),
older forms brought to today's (`legacy`), how it was compiled (`compiled`, `optimizer_state`),
and out of these the facts and the copy (`facts`, `read`).
"""

from grader.measure.model.read import CleanModel, read_model
from grader.measure.model.reading import Limits

__all__ = ["CleanModel", "Limits", "read_model"]
