"""The file that a student imports from beside a notebook."""

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from grader.handout.one_file import one_file
from grader.student.log_file import COLUMNS, NORMS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the file, and none of the grader to be found from it."""
    (tmp_path / "norm_logger.py").write_text(one_file(), encoding="utf-8")
    return tmp_path


def run(folder: Path, program: str) -> str:
    """What a program prints that stands beside the file."""
    (folder / "program.py").write_text(program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert 0 == done.returncode, done.stderr
    return done.stdout


def test_it_is_one_module() -> None:
    """It needs nothing of the grader, and no name is in it twice."""
    tree = ast.parse(one_file())
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    imported = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([str(node.module)] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
    }

    assert sorted(set(names)) == sorted(names)
    assert {"NormLog", "NormLogger"} <= set(names)
    assert {"keras", "tensorflow", "numpy"} == {
        name.split(".")[0] for name in imported if name.split(".")[0] not in sys.stdlib_module_names
    }


def test_another_framework_needs_no_keras(folder: Path) -> None:
    """A loop records its norms, or arrays to be measured, and neither Keras nor the grader is imported."""
    printed = run(
        folder,
        """
import sys
import numpy as np
from norm_logger import NormLog

with NormLog("log.csv", seed=7, batch_size=32) as log:
    log.record(epoch=0, loss=np.float32(2.5), accuracy=0.5, global_norm_before=5)
    log.record(epoch=0, gradients=[np.array([3.0, 4.0]), None, np.array([12.0])], clipped=[np.array([1.0])])
    log.record_validation(accuracy=0.75)
print(*sorted({"keras", "tensorflow", "grader"} & set(sys.modules)))
""",
    )
    log = pd.read_csv(folder / "log.csv")

    assert "\n" == printed
    assert [*COLUMNS, "seed", "batch_size"] == log.columns.tolist()
    assert [[7, 32], [7, 32]] == log[["seed", "batch_size"]].to_numpy().tolist()
    np.testing.assert_array_equal([[np.nan, np.nan, 5, np.nan], [12, 1, 13, 1]], log[list(NORMS)])
    assert [1, 2] == log["step"].tolist()
    assert 0.75 == log["val_accuracy"][1]


def test_it_is_a_callback_of_keras(folder: Path) -> None:
    """`fit` takes it, and it logs each step with the four norms."""
    run(
        folder,
        """
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
from norm_logger import NormLogger
import keras

model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(2)])
model.compile(keras.optimizers.Adam(clipnorm=1.0), "mse")
model.fit(np.ones((8, 4)), np.zeros((8, 2)), batch_size=4, verbose=0, callbacks=[NormLogger("log.csv")])
assert isinstance(NormLogger("log.csv"), (NormLogger, keras.callbacks.Callback))
""",
    )
    log = pd.read_csv(folder / "log.csv")

    assert [1, 2] == log["step"].tolist()
    assert log[list(NORMS)].notna().all(axis=None)
    assert list(COLUMNS) == log.columns.tolist()


def test_keras_2_is_refused_with_a_sentence(folder: Path) -> None:
    """It says what to use instead."""
    printed = run(
        folder,
        """
import sys, types
sys.modules["keras"] = types.SimpleNamespace(__version__="2.15.0")
from norm_logger import NormLogger
try:
    NormLogger("log.csv")
except ValueError as error:
    print(error)
""",
    )

    assert printed.startswith("`NormLogger` needs Keras 3. Use `NormLog` in a loop of your own")
