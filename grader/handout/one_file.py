"""`norm_logger.py`: what a student imports, as one file that needs only NumPy, and Keras to measure Keras."""

import ast
from collections import defaultdict
from pathlib import Path

_STUDENT = Path(__file__).resolve().parents[1] / "student"
# Each needs only those before it.
_MODULES = ("log_file", "norm_log", "measuring", "norm_logger")
_OWN = "grader.student"
_HEAD = '''"""Writes the training log of your homework, with the gradient norms of every step.

Put this file beside your notebook. With Keras 3:

    from norm_logger import NormLogger

    model.fit(..., callbacks=[NormLogger("training_log.csv")])

`NormLog` is for a loop in any framework; `help(NormLog)` shows how. The file is a part of the homework's
grader, under the MIT licence; it needs Python 3.11.
"""
'''


def one_file() -> str:
    """The source of the student's modules as one module: its imports once, then each module's own lines."""
    plain: set[str] = set()
    named: dict[str, set[str]] = defaultdict(set)
    bodies = []
    for name in _MODULES:
        source = (_STUDENT / f"{name}.py").read_text(encoding="utf-8")
        imports = [node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
        for node in imports:
            if isinstance(node, ast.Import):
                plain |= {ast.unparse(node)}
            elif not str(node.module).startswith(_OWN):
                named[str(node.module)] |= {alias.name for alias in node.names}
        bodies.append("\n".join(source.splitlines()[imports[-1].end_lineno or 0 :]).strip())
    lines = [*plain, *(f"from {module} import {', '.join(sorted(names))}" for module, names in named.items())]
    # NumPy is no module of Python's own.
    own = "\n".join(sorted((line for line in lines if "numpy" not in line), key=_place))
    others = "\n".join(sorted(line for line in lines if "numpy" in line))
    exported = '__all__ = ["NormLog", "NormLogger"]'
    return (
        "\n\n".join([f"{_HEAD}\n{own}", f"{others}\n\n{exported}", *(f"\n{body}" for body in bodies)]) + "\n"
    )


def _place(line: str) -> tuple[bool, str]:
    return line.startswith("from "), line
