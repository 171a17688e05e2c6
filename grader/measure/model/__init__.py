"""Model files read with json, zipfile and h5py and written again; nothing in them is deserialised.

The steps of `read`: what the file is (`filetype`), its members and their JSON (`stored`, `hdf5`,
`reading`), its network against the allow-list (`network`, `layer`, `values`, `connections`,
`allowlist`), older forms brought to today's (`legacy`), and how it was compiled (`compiled`).
"""

from grader.measure.model.filetype import folders as folders
from grader.rubric import Limits


def largest(limits: Limits) -> int:
    """How many bytes of the file are read."""
    return limits.model_file
