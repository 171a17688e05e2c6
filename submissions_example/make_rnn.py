#!/usr/bin/env python
"""Makes the examples of `rnn_without_and_with_clipping/` with PyTorch, which nobody needs who only grades.

The task is the adding problem of Hochreiter & Schmidhuber (1997): of a sequence of random numbers, two are
marked, and their sum is asked for. The recurrent weights begin as the identity, with ReLU (Le, Jaitly &
Hinton, 2015), so gradients neither vanish nor are they bounded. A minute on one core.
"""

import csv
import math
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import nn

HERE = Path(__file__).parent / "rnn_without_and_with_clipping"
SEQUENCES, LENGTH, UNITS, BATCH_SIZE, EPOCHS = 2_000, 50, 64, 32, 5


class Adder(nn.Module):
    """Reads the sequences, of shape (batch, steps, 2), and gives their sums, of shape (batch, 1)."""

    def __init__(self) -> None:
        super().__init__()
        self.recurrent = nn.RNN(2, UNITS, nonlinearity="relu", batch_first=True)
        self.output = nn.Linear(UNITS, 1)
        nn.init.eye_(self.recurrent.weight_hh_l0)

    def forward(self, sequences: torch.Tensor) -> torch.Tensor:
        """The sum, after the last step."""
        states, _ = self.recurrent(sequences)
        return self.output(states[:, -1])


def sequences(generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Random numbers, of which one in each half is marked, and the sums of the marked ones."""
    numbers, marks = torch.rand(SEQUENCES, LENGTH, generator=generator), torch.zeros(SEQUENCES, LENGTH)
    half, every = LENGTH // 2, torch.arange(SEQUENCES)
    marks[every, torch.randint(half, (SEQUENCES,), generator=generator)] = 1
    marks[every, torch.randint(half, LENGTH, (SEQUENCES,), generator=generator)] = 1
    return torch.stack([numbers, marks], -1), (numbers * marks).sum(1, keepdim=True)


def train(seed: int, max_norm: float, *, clips_in_time: bool = True) -> Iterator[tuple[int, float, float]]:
    """Each step's epoch, its loss, and the norm that `clip_grad_norm_` returns: of all, before clipping."""
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    inputs, sums = sequences(generator)
    model = Adder()
    optimizer = torch.optim.SGD(model.parameters(), lr=3e-3)
    for epoch in range(EPOCHS):
        for chosen in torch.randperm(SEQUENCES, generator=generator).split(BATCH_SIZE):
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(inputs[chosen]), sums[chosen])
            loss.backward()
            if not clips_in_time:
                optimizer.step()
            norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm)
            if clips_in_time:
                optimizer.step()
            yield epoch, loss.item(), norm.item()


def write(path: Path, steps: Iterator[tuple[int, float, float]]) -> None:
    """Write the log of a training: a row for each step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["epoch", "step", "loss", "total_norm"])
        for step, (epoch, loss, norm) in enumerate(steps, start=1):
            rows.writerow([epoch, step, f"{loss:.9g}", f"{norm:.9g}"])


def main() -> None:
    """Train both students' networks, each without clipping and with it."""
    torch.set_num_threads(1)
    pia, quinn = HERE / "pia_clips", HERE / "quinn_clips_too_late"
    write(pia / "unclipped" / "training_log.csv", train(2, math.inf))
    write(pia / "clipped" / "training_log.csv", train(2, 1.0))
    # After the step, clipping changes nothing: the gradients are cleared before the next one.
    write(quinn / "unclipped.csv", train(1, math.inf))
    write(quinn / "clipped.csv", train(0, 1.0, clips_in_time=False))


if __name__ == "__main__":
    main()
