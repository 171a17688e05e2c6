"""Imported first by the process that workers are forked from, so that its other imports are lean ones.

They end in the supervisor of each worker.
"""

from grader.sandbox import importing

importing.begin()
