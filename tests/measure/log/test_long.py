"""Long tables, with a row for each value, are read as a column for each metric."""

import json
from random import Random

import pytest
from builders_logs import csv_text, read, refused, rows, values
from hypothesis import given, settings
from hypothesis import strategies as st

LONG = {
    "MLflow": (
        "key,value,timestamp,step\nloss,2.5,1,0\nloss,2.0,2,1\ngrad_norm,1.0,3,0\ngrad_norm,nan,4,1\n",
        {"step": [0, 1], "loss": [2.5, 2.0], "grad_norm": [1.0, float("nan")]},
    ),
    "Comet": (
        (
            "metricName,metricValue,step,epoch,runContext\nloss,2.5,1,0,train\nloss,2.0,2,0,train\n"
            "loss,1.5,2,0,validation\n"
        ),
        {"step": [1, 2], "epoch": [0, 0], "loss": [2.5, 2.0], "validation loss": [1.5]},
    ),
    "R": (
        (
            '"","epoch","value","metric","data"\n"1",1,0.5,"loss","training"\n"2",2,0.25,"loss","training"\n'
            '"3",2,0.75,"accuracy","validation"\n'
        ),
        {"epoch": [1, 2], "loss": [0.5, 0.25], "validation accuracy": [0.75]},
    ),
    "TensorBoard, of Keras": (
        (
            "run,tag,step,value\na/train,epoch_loss,0,0.5\na/train,epoch_loss,1,0.25\n"
            "a/validation,epoch_loss,1,0.75\na/train,grad_norm,1719,1\n"
            + "".join(f"a/train,grad_norm,{step},1\n" for step in range(4))
        ),
        {
            "epoch": [0, 1],
            "step": [0, 1, 2, 3, 1719],
            "epoch_loss": [0.5, 0.25],
            "validation epoch_loss": [0.75],
            "grad_norm": [1] * 5,
        },
    ),
    "JSON Lines": (
        (
            '{"name": "loss", "value": 2.5, "step": 0}\n{"name": "acc", "value": 0.5, "step": 0}\n'
            '{"name": "loss", "value": 2.0, "step": 1}\n'
        ),
        {"step": [0, 1], "loss": [2.5, 2.0], "acc": [0.5]},
    ),
    "Sacred": (
        json.dumps(
            {
                "loss": {"steps": [0, 1], "timestamps": ["a", "b"], "values": [2.5, 2.0]},
                "val_acc": {"steps": [1], "timestamps": ["c"], "values": [0.5]},
            }
        ),
        {"step": [0, 1], "loss": [2.5, 2.0], "val_acc": [0.5]},
    ),
    "a second run below": (
        "key,value,step\nloss,2.5,0\nloss,1.0,1\nloss,2.25,0\nloss,0.5,1\n",
        {"step": [0, 1], "loss": [2.25, 0.5]},
    ),
}


@pytest.mark.parametrize("form", LONG)
def test_long_tables(form: str) -> None:
    """Each metric becomes a column, each step a row, validation by what stands beside it."""
    text, expected = LONG[form]
    log = read(text)

    assert str({header: list(map(float, cells)) for header, cells in expected.items()}) == str(values(log))
    assert str(log.notes[0]).startswith("The log has a row for each value;")


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=40)
@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_any_order(pairs: list[tuple[float, float]], random: Random) -> None:
    """In whatever order its rows stand, a long table is the wide one."""
    cells = [
        (metric, step, value)
        for step, pair in enumerate(pairs)
        for metric, value in zip(("loss", "grad_norm"), pair, strict=True)
    ]
    random.shuffle(cells)
    text = csv_text(dict(zip(("tag", "step", "value"), zip(*cells, strict=True), strict=True)))
    log = read(text)

    found = values(log)

    assert list(zip(*pairs, strict=True)) == [tuple(found[metric]) for metric in ("loss", "grad_norm")]
    assert list(range(len(pairs))) == rows(log, "step")


@pytest.mark.parametrize(
    "text",
    [
        "epoch,loss,metric,value\n0,0.5,accuracy,0.8\n1,0.4,accuracy,0.8\n2,0.3,accuracy,0.8\n",
        "epoch,loss,id,duration,status\n0,0.5,a,1,ok\n1,0.4,b,1,ok\n2,0.3,c,1,ok\n",
        '{"epoch": [0, 1, 2], "loss": [0.5, 0.4, 0.3], "name": ["a"], "value": [1], "shape": [1, 2, 3, 4]}',
    ],
    ids=["the watched metric", "a row's id", "a shape"],
)
def test_wide_tables_stay(text: str) -> None:
    """A table with a column of losses is no long one, and one whose rows have names no table of runs."""
    assert {"epoch": [0.0, 1.0, 2.0], "loss": [0.5, 0.4, 0.3]} == values(read(text))


@pytest.mark.hostile_row(141)
@pytest.mark.parametrize("cell", ['{"a": 1}', "[1]", "null", '"x"', "1e999", "true"])
def test_odd_cells_of_a_long_table(cell: str) -> None:
    """Lists and objects are no steps, no runs and no values, and harm nothing."""
    row = f'{{"name": "loss", "value": {cell}, "step": {cell}, "run": {cell}, "data": {cell}}}'
    log = read(f'{row}\n{{"name": "loss", "value": 0.5, "step": 1, "run": "a"}}\n')

    assert 0.5 == values(log)["loss"][-1]


@pytest.mark.parametrize(
    "text",
    [
        "Name,State,Created,loss\na,finished,2025,0.5\nb,crashed,2025,\n",
        "loss,_runtime,_step,_wandb,name,id\n0.5,3,9,{},a,x1\n0.4,3,9,{},a,x2\n",
        "Start Time,Duration,Run ID,Name,loss\n2025,3,aa,fun-1,0.5\n2025,3,ab,fun-2,0.4\n",
        "run_id,status,start_time,loss\naa,FINISHED,2025,0.5\nab,FINISHED,2025,0.4\n",
    ],
    ids=["Weights & Biases", "its frame", "MLflow", "its frame"],
)
def test_a_table_of_runs_is_no_log(text: str) -> None:
    """A table with one row for each run says nothing of their steps."""
    assert "`log.csv` is a table of 2 runs" in str(refused(text).message)
