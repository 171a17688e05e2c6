"""The hostile and broken inputs that are known, by number, and where each is tested.

A test that is one of them has the mark `hostile_row` with its number.
"""

import ast
from collections import defaultdict
from pathlib import Path

TESTS = Path(__file__).parents[1]

ROWS = {
    # model files
    1: "a `Lambda` in a `.keras` file",
    2: "a `Lambda` in an `.h5` file",
    3: "a `Lambda` whose function is one of Keras' own",
    4: "a call that leads nowhere, of a function of Keras",
    5: "such a call of `TFSMLayer`, which loads a SavedModel that writes a file",
    6: "such a call of a loop that never ends",
    7: "such a call of a function that downloads",
    8: "such a call in an `.h5` file",
    9: "a module of Keras that only its own tests need",
    10: "a class of another module, or of the student's own",
    11: "a vocabulary that is a path",
    12: "an unpacked `.keras` file with a link among its assets",
    13: "an unpacked `.keras` file whose weights point to a pipe",
    14: "HDF5 links, and numbers that are in other files",
    15: "an HDF5 group inside itself",
    16: "an array that unpacks to gigabytes",
    17: "HDF5 types that are no plain numbers",
    18: "an unknown filter, half a file, random bytes, flipped bits",
    19: "very many groups, very deep groups, a very large attribute",
    20: "a config that unpacks to gigabytes",
    21: "large members that no `.keras` file has",
    22: "two configs in one archive",
    23: "archives whose directory lies, or that are packed in unusual ways",
    24: "members whose names lead out of the archive",
    25: "a file that is not what its name says",
    26: "JSON that is nested too deep",
    27: "JSON with numbers, keys or texts that are none",
    28: "sizes of layers that are far too large, or none",
    29: "layers that declare far more weights than the file has",
    30: "too many layers, or layers too deep in one another",
    31: "layers that make billions of numbers from one image",
    32: "an array among the arguments, of a type that takes gigabytes",
    33: "a network that is no graph",
    34: "names of layers that act on a screen, or are far too long",
    35: "weights and predictions that are NaN, infinite or all zero",
    36: "inputs and outputs that do not fit the data",
    37: "weights that do not fit the network",
    38: "a SavedModel, one of which writes a file when it is loaded",
    39: "layers of other libraries, pickles, arrays of objects",
    40: "honest models of every ordinary kind",
    41: "honest models of older Keras, and of one to come",
    # files and folders
    42: "a named pipe",
    43: "links: to a file, to a folder, in a ring, to nothing",
    44: "a hard link to somebody else's file",
    45: "a socket, a device, a folder with the name of a model",
    46: "a file that says it is enormous",
    47: "files that cannot be read, vanish, or grow",
    48: "names that act, collide, or are none on other systems",
    49: "names that are no UTF-8",
    50: "floods of files, of folders and of students",
    51: "files that Python or the grader would take for their own",
    52: "an output file that is a link already",
    53: "a submission's `.zip` with any of this",
    # logs and rubrics
    54: "a log of millions of rows",
    55: "encodings and line ends",
    56: "a field that is far too long, a quote that is never closed",
    57: "ragged rows, two columns of one name, other separators",
    58: "cells that are not quite numbers",
    59: "values that cannot be",
    60: "JSON logs that are not strict",
    61: "a log whose name is an address",
    62: "cells that act in a spreadsheet, a page or a terminal",
    63: "YAML that grows by aliases",
    64: "YAML that is recursive, has tags, or says what nobody meant",
    65: "a rubric with impossible points, unknown keys, templates",
    # reports
    66: "names that are formulas",
    67: "names that are HTML",
    68: "names that are Markdown",
    69: "names that command a terminal",
    70: "names that are markup of the terminal's library",
    71: "texts that have no encoding",
    72: "an error of Keras with everything in it",
    73: "a worker that prints a report, floods or cuts its reply",
    74: "a worker that dies, leaves or stops",
    75: "a worker that leaves a process behind",
    76: "an interrupt, a full disk, a kill in the middle",
    77: "two submissions with one id, or one file",
    78: "a good model after one that would change Keras",
    # the current folder
    79: "a file of the name of a rubric that ships",
    80: "settings of libraries: files in the current folder and the home, and variables",
    81: "modules in a repository in which a workflow makes Python's environment",
    # the sandbox
    82: "a worker that signals by a file or empties one by its path, under an older Landlock",
    83: "a worker that hides memory and files from its limits, raises them, or slows the grader",
    84: "a worker that does not read, replies by the million, or hopes that the grader is busy",
    # names
    86: "files and students whose names fit two students in a platform's download",
    87: "submissions of the names of what the program writes beside them",
    # what costs the operator
    90: "files that read as a mistake of the program",
    91: "numbers that no training gives, and those of one that diverged",
    92: "files that would be read again and again: heaps in heaps, keys, chunks, scans",
    93: "a file whose reading takes all the time of a worker",
    94: "an upload over the limit of a queue",
    96: "a hidden layer inside a layer that only scales its weights",
    97: "logs that have to be judged in thousands of ways: epochs, restarts and columns by the hundred",
    98: "a log that nothing can contradict, because no optimizer is stored",
    99: "a network that computes until its time is up, at each run",
    101: "a classmate's model with its hidden units in another order, its log and its moments changed",
    102: "a model that was trained on the test images as well as on the training images",
    103: "a folder that changes between the search of the cache and the measuring",
    104: "a worker that reads labels, users, or what belongs to other processes",
    105: "evidence on which judging raises, or never ends",
    106: "answers that are no numbers: pickles, bombs, headers and names that lie, thousands of arrays",
    # logs as tools write them
    140: "printed lines of millions of characters that almost fit a pattern again and again",
    141: "long tables whose runs, steps or values are lists, objects or too large",
    # notebooks
    150: "notebooks that are none, are damaged, or lie: depth, keys, counts, outputs that act",
    # models of PyTorch
    160: "pickles of PyTorch that would call, import or build something",
    161: "tensors that are larger than their storages, reach beyond them, or are views without end",
    162: "headers of safetensors that lie about what is behind them",
    163: "archives of PyTorch that are cut short, hold two pickles, or lack numbers",
    164: "pickles that are bombs: depth, memory, length, texts and numbers without end",
    170: "a network whose output does not fit the task",
    171: "token ids that a network's embedding does not have",
    172: "a worker that sends other numbers than the task has, or what are no probabilities",
    173: "a regression whose outputs are not finite",
    190: "predictions in files that are none, are cut short, have no ids, or have rows without end",
}


def marked_tests() -> dict[int, set[str]]:
    """The marked tests of each row, as `file::test`; a mark stands on a test or on one of its parameters."""
    found: dict[int, set[str]] = defaultdict(set)
    for path in TESTS.rglob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        if "hostile_row" not in text:
            continue
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for row in _marks(node):
                    found[row].add(f"{path.relative_to(TESTS).as_posix()}::{node.name}")
    return dict(found)


def _marks(test: ast.FunctionDef) -> set[int]:
    calls = (node for one in test.decorator_list for node in ast.walk(one) if isinstance(node, ast.Call))
    return {
        ast.literal_eval(number)
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "hostile_row"
        for number in call.args
    }
