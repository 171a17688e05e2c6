"""What a student reads of a log: every refusal with its hint, and every note, in `sentences.txt`."""

import json
import pickle
import zipfile
from typing import Any

import numpy as np
import pytest
from builders_folders import a_zip
from builders_golden import said
from builders_logs import csv_text, event_file, npy, npz, read, refused

ARRAY = npy(np.ones(3))
DAMAGED_RECORD = (4).to_bytes(8, "little") + bytes(4) + b"\xff\xff\xff\xff" + bytes(4)


def damaged_zip() -> bytes:
    """A zip of an array with zeros in its middle."""
    content = bytearray(npz(loss=np.arange(1000.0)))
    content[100:200] = bytes(100)
    return bytes(content)


def lines(line: str) -> str:
    """JSON Lines whose third line is this."""
    return f'{{"loss": 1}}\n{{"loss": 1}}\n{line}\n{{"loss": 1}}\n'


EMPTY = [b"", b"\n \t\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", b"\xff\xfe", b"\0\0\0"]
FOREIGN = [
    b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
    b"\x89HDF\r\n\x1a\n\0\0",
    pickle.dumps({"loss": [1.0]}),
    pickle.dumps({"loss": [1.0]}, protocol=2),
    pickle.dumps({"loss": [1.0]}, protocol=0),
    b"\x89PNG\r\n\x1a\n\0",
    b"\xff\xd8\xff\xe0\0",
    b"RIFF....WEBP",
    b"%PDF-1.7\n",
    b"{\\rtf1}",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\x1f\x8b\x08\0",
    b"7z\xbc\xaf",
    b"SQLite format 3\0",
    b"PAR1\0",
    b"<!DOCTYPE html>\n<html>",
    b"\xef\xbb\xbf\n  <html>",
    "<html>".encode("utf-16"),
    a_zip(("a.csv", b"")),
    a_zip(("a.npy", b""), ("b.txt", b"")),
    b"PK\x03\x04 and nothing more",
    a_zip(("xl/workbook.xml", b""), ("[Content_Types].xml", b"")),
    a_zip(("config.json", b""), ("model.weights.h5", b"")),
    b"epoch,loss\n0,\0\n",
    b"\x81\x8d\xff",
]
NO_TABLE = [
    "0,0.5\n1,0.4\n",
    "0 0.5\n1 0.4\n",
    "0;0.5;NA\n1;0.4;3\n",
    "2025-04-14 09:41:54,270 - INFO - Running\n2025-04-14 09:41:55,100 - INFO - Accuracy: 0.5\n",
    "2025-04-14 a\n" * 30,
    "a, b\n",
    ",,\n1,2,3\n",
    "x" * 300_000,
]
ROWS = [
    *("", ",\n", "epoch,loss\n"),
    *("0,0.5,0.7\n", "0,0.5,,7\n", "0,0.5\n1,0.4,,,7\n", "0,0.5\n1,0.4,0.7\n", "0,0.5\n1,0.4,0,7,8,9\n"),
    '"0",0.5\n"1",0.4,1\n',
    *('0,"0.5\n1,0.4\n', '0,"0.5\n1,0.4"\n2,0.3\n', '"0,0.5\n', '0,0.5\n"1,0.4\n"2",0.3\n'),
    '0,x"y,"z\n1,2,3",4,5,6,7\n',
]
JSON = [
    *("{", "{'loss': [1}", '{"loss": [0.5,\n 0.2', '{"loss": [\uff11]}', "[1,,2]", "[01]", "[1] [2]"),
    *("[1,,]", "[1_0]", "[.5]", "{1: 2}", '["\n"]'),
    *("[" * 100_000, '{"a":' * 100_000, "{}", "[]", '{"cells": [], "metadata": {}, "nbformat": 4}'),
    *('[["a", 1], [2]]', "[[1, 2, 3], [4, 5, 6]]", "[[[1, 2]]]", "[[], []]", '[1, {"loss": 1}]'),
    *('{"a": {"b": {"c": {"d": {"loss": [1]}}}}}', '{"loss": [], "acc": []}', '{"acc": 0.9, "loss": 0.3}'),
    *('{"acc1": 0.9, "loss2": 0.5}', '{"\\u001b[2J": [1]}'),
    '{"history": {"loss": [1], "acc": [2], "loss": [3]}}',
    json.dumps({f"{number} norm": [1] for number in range(513)}),
    *map(lines, ['{"loss": 0.5', "[0.5]", "0.5", "loss", '{"loss": 1} {"loss": 2}']),
    '{"loss": 1}\n{"loss": 1, "loss": 2}\n',
    '{"loss": 1}\n{"loss":' + "[" * 100_000 + "]" * 100_000 + "}",
]
ARRAYS = [
    *map(npy, [np.zeros((5, 8, 2)), np.array(["a"]), np.array([True]), np.array([1j]), np.array([])]),
    npy(np.array([{}], dtype=object)),
    *(ARRAY[:-1], ARRAY.replace(b"(3,)", b"(4,)"), ARRAY[:20], ARRAY.replace(b"'descr'", b"'other'")),
    ARRAY.replace(b"(3,), }" + b" " * 12, b"(9999999999999,), }"),
    ARRAY.replace(b"NUMPY\x01", b"NUMPY\x09"),
    npz(images=np.zeros((2, 2))),
    damaged_zip(),
    # A few bytes of this can ask for 4 GB of memory.
    a_zip(("loss.npy", ARRAY), method=zipfile.ZIP_LZMA),
    event_file([]),
    event_file([]) + DAMAGED_RECORD,
    event_file([("step", 1, 5.0), ("loss", 1, 0.5)]),
]
COLUMNS = [
    "epoch,acc,loss,acc\n0,0.5,1,0.9\n",
    "optimizer,epoch,mean,std\nadam,1,2.0,2.3\n",
    csv_text({f"column {letter}": [1] for letter in "abcdefghij"}),
    "epoch,loss,acc\n0,,NA\n1,,NA\n",
    "Wall time,Step,Value\n1748869402.7,250,107.5\n",
    "2.5\n2.0\n",
    "Name,State,Created,loss\na,finished,2025,0.5\nb,crashed,2025,\n",
]
# What needs more than the content of the file to be refused.
OTHERS: dict[str, dict[str, Any]] = {
    "a name that acts": {"content": b"", "name": "folder/a\x1b`.csv"},
    "too many rows": {"content": "loss\n1\n2\n3\n4\n", "most_rows": 3},
    "too many columns": {"content": "loss" + ",a" * 512 + "\n1\n"},
    "too many cells": {"content": "loss" + ",a" * 511 + "\n1" * 20_000},
    "more rows than the default": {"content": "epoch,loss\n" + "0,1\n" * 200_001},
    "too many numbers": {"content": "1\n2\n3\n4\n", "most_rows": 3},
    "too many events": {"content": event_file([("loss", at, 1.0) for at in range(4)]), "most_rows": 3},
    "too many lines": {"content": '{"loss": 1}\n' * 9, "most_rows": 3},
    "ever new names": {"content": "".join(f'{{"loss": 1, "a{row}": 1}}\n' for row in range(512))},
    "a long array": {"content": npy(np.ones(9)), "most_rows": 8},
    "a bomb": {"content": a_zip(("loss.npy", npy(np.zeros(10_000_001))))},
    "a large file of one array": {"content": npy(np.ones(10_000_001))},
    "declared, one alike": {"content": "epoch,loss,grad_norm\n0,1,2\n", "column": "grad_nrm"},
    "declared, none alike": {"content": "epoch,loss,grad_norm\n0,1,2\n", "column": "zzz"},
}
CASES: dict[str, dict[str, Any]] = {
    f"{kind} {number}": {"content": content}
    for kind, contents in {
        "empty": EMPTY,
        "foreign": FOREIGN,
        "no table": NO_TABLE,
        "json": JSON,
        "rows": [f"epoch,loss\n{rows}" for rows in ROWS],
        "arrays": ARRAYS,
        "columns": COLUMNS,
    }.items()
    for number, content in enumerate(contents, start=1)
} | OTHERS

NOTED: dict[str, dict[str, Any]] = {
    "two columns of one meaning": {"content": "train_loss,loss\n1,2\n3,\n"},
    "a norm of validation": {"content": "loss,grad_norm,val_grad_norm\n1,2,0\n"},
    "columns without values": {"content": "epoch,loss,val_accuracy,val_loss\n0,1,NA,NA\n1,0.5,NA,NA\n"},
    "percent": {"content": csv_text({"acc": ["10.5", "55.5", "87.5"]})},
    "percent signs": {"content": csv_text({"acc": ["50%", "87.5 %"]})},
    "a download": {"content": "Wall time,Step,Value\n1.7e9,250,107.5\n1.7e9,400,1.5\n", "name": "loss.csv"},
    "Windows-1252": {"content": "loss,époque\n1,2\n".encode("cp1252")},
    "one line above": {"content": "model_history_log\r\nepoch;loss\r\n0;0.5\r\n1;0.25\r\n"},
    "two lines above": {"content": "My log, of loss\n2025\n\nepoch,loss\n0,0.5\n1,0.25\n"},
    "a row that is cut off": {"content": "epoch,step,loss\n0,1,0.5\n0,2,0.25\n0,1"},
    "a line that is cut off": {
        "content": '{"step": 1, "loss": 0.5}\n{"step": 2, "loss": 0.25}\n{"step": 3, "lo'
    },
    "unequal lists": {"content": json.dumps({"val_acc": [0.5, 0.7], "grad_norm": [3, 2, 1]})},
    "the usual name": {"content": '{"other": {"loss": [1]}, "history": {"loss": [2]}}'},
    "odd arrays": {"content": npz(loss=[1.0], images=np.zeros((2, 2)), names=["a"])},
    "events of validation": {"content": event_file([("evaluation_loss_vs_iterations", 1719, 0.5)])},
    "printed": {"content": "Epoch 1/2\n9/9 - 5s - loss: 0.5\n3/3 - 1s - loss: 0.5\n"},
    "long": {"content": "key,value,step\nloss,2.5,0\nloss,2.0,1\ngrad_norm,1.0,0\n"},
    "saved twice": {"content": "epoch,loss\n0,0.9\n1,0.5\n0,0.9\n1,0.5\n2,0.3\n"},
    "norms of Lightning": {"content": "step,loss,grad_2.0_norm_total\n0,0.5,2.5\n"},
    "norms of Hugging Face": {
        "content": "{'loss': 0.5, 'grad_norm': 2.5, 'learning_rate': 5e-05, 'epoch': 0.02}\n"
    },
    "norms of Composer": {"content": "step,loss,l2_norm/grad/global\n0,0.5,1\n"},
    "accuracy of fastai": {"content": "epoch,train_loss,valid_loss,accuracy,time\n0,0.5,0.4,0.75,00:12\n"},
    "norms of variables": {"content": "loss,grad_norm/a/kernel,grad_norm/a/bias\n0.5,2,1\n"},
    "two runs": {"content": "epoch,loss\n0,0.9\n1,0.5\n2,0.3\n0,0.95\n1,0.55\n"},
    "a second fit": {"content": "epoch,loss\n0,0.9\n1,0.5\n2,0.3\n0,0.28\n1,0.25\n"},
    "norms alone": {"content": "epoch,grad_norm\n0,2.5\n1,1.0\n0,2.5\n1,1.0\n"},
    "a second fit in the second run": {"content": "epoch,loss\n0,0.9\n1,0.3\n0,0.92\n1,0.4\n0,0.35\n1,0.3\n"},
    "declared for two": {"content": "grad_norm,global_norm\n1,2\n", "scope": "variable"},
    "declared otherwise": {
        "content": "loss,global_norm_after\n1,2\n",
        "scope": "variable",
        "stage": "before",
    },
}


@pytest.mark.hostile_row(54, 55, 56, 57, 59, 60, 61)
def test_the_sentences() -> None:
    """Each refusal is a sentence and a hint that ends, and each note a sentence."""
    told: dict[str, tuple[object, ...]] = {}
    for case, given in CASES.items():
        refusal = refused(**given)
        told[case] = (refusal.message, refusal.hint)
    for case, given in NOTED.items():
        told[case] = read(**given).notes

    assert [] == [one for ones in told.values() for one in ones if not str(one).endswith(".")]
    assert max(len(str(one)) for ones in told.values() for one in ones) < 400
    for case, ones in told.items():
        said(case, *ones)
