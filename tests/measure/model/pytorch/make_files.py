"""Makes the files of PyTorch in `files/`, each with what PyTorch computes of some inputs.

PyTorch's wheels are large, so no test needs it: `pip install torch numpy safetensors` in an environment of
its own, then `python tests/measure/model/pytorch/make_files.py`. In `answers.npz` are the inputs (channels
last, as Keras takes them) and the outputs of each file, by the file's name.
"""

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

FILES = Path(__file__).with_name("files")


class Recurrent(nn.Module):
    """Tokens, an embedding, a recurrent network, and a linear layer on the last state."""

    def __init__(self, kind: type[nn.RNNBase], **given: object) -> None:
        super().__init__()
        self.embed = nn.Embedding(20, 6)
        self.inner = kind(6, 5, batch_first=True, **given)
        self.out = nn.Linear(10 if given.get("bidirectional") else 5, 4)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """The outputs of a batch of tokens."""
        _, state = self.inner(self.embed(tokens))
        last = state[0] if isinstance(state, tuple) else state
        return self.out(torch.cat([last[-2], last[-1]], 1) if self.inner.bidirectional else last[-1])


class Words(nn.Module):
    """A convolution over a sequence of embedded tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(20, 6)
        self.norm = nn.LayerNorm(6)
        self.conv = nn.Conv1d(6, 5, 3, padding=1)
        self.out = nn.Linear(5 * 4, 4)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """The outputs of a batch of tokens."""
        made = torch.tanh(self.conv(self.norm(self.embed(tokens)).transpose(1, 2)))
        return self.out(nn.functional.max_pool1d(made, 2).flatten(1))


def mlp(activation: nn.Module) -> nn.Sequential:
    return nn.Sequential(
        nn.Flatten(), nn.Linear(64, 16), activation, nn.Linear(16, 8), activation, nn.Linear(8, 4)
    )


def a_conv_net() -> nn.Sequential:
    return nn.Sequential(
        *(nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 8, (3, 2), stride=2, padding=2), nn.LeakyReLU(), nn.Dropout(0.3)),
        *(nn.Flatten(), nn.BatchNorm1d(8 * 3 * 4), nn.Linear(8 * 3 * 4, 10), nn.GELU(), nn.Linear(10, 4)),
    )


def a_pooled_net() -> nn.Sequential:
    return nn.Sequential(
        *(
            nn.Conv2d(1, 6, 5, bias=False),
            nn.SiLU(),
            nn.AvgPool2d(2),
            nn.Conv2d(6, 8, 2, dilation=1),
            nn.ELU(),
        ),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 4), nn.Softmax(1)),
    )


def trained(
    model: nn.Module, inputs: torch.Tensor, optimizer: torch.optim.Optimizer | None = None
) -> nn.Module:
    """The model after some steps, so that nothing in it is as it began."""
    optimizer = optimizer or torch.optim.Adam(model.parameters(), 1e-2)
    for _ in range(5):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), torch.arange(len(inputs)) % 4).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    return model.eval()


def a_homework() -> None:
    """A small network that was trained on Fashion-MNIST as PyTorch's users do, and its log."""
    data = np.load(Path(__file__).parents[4] / "grader" / "datasets" / "fashion_mnist.npz")
    images = torch.tensor(data["x_train"]).float().flatten(1) / 255
    labels = torch.tensor(data["y_train"]).long()
    kept = len(images) - len(images) // 12
    model = nn.Sequential(nn.Linear(784, 12), nn.ReLU(), nn.Linear(12, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    rows = ["epoch,step,loss,accuracy,grad_norm,val_accuracy"]
    for epoch in range(5):
        for batch in torch.randperm(kept).split(32):
            optimizer.zero_grad()
            outputs = model(images[batch])
            loss = nn.functional.cross_entropy(outputs, labels[batch])
            loss.backward()
            norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            right = (outputs.argmax(1) == labels[batch]).float().mean()
            rows.append(f"{epoch},{len(rows)},{loss.item():.6g},{right.item():.4g},{norm.item():.8g},")
        with torch.no_grad():
            rows[-1] += f"{(model(images[kept:]).argmax(1) == labels[kept:]).float().mean().item():.4g}"
    torch.save(
        {"model_state_dict": model.state_dict(), "optimizer_state_dict": optimizer.state_dict()},
        FILES / "homework.pt",
    )
    (FILES / "homework.csv").write_text("\n".join(rows) + "\n")


def what_is_refused() -> None:
    """Files that hold more than weights, or are in an old form."""
    torch.save(mlp(nn.ReLU()), FILES / "whole.pt")
    torch.save(mlp(nn.ReLU()).state_dict(), FILES / "old.pt", _use_new_zipfile_serialization=False)
    torch.jit.save(torch.jit.script(mlp(nn.ReLU())), FILES / "script.pt")


def main() -> None:
    """Write every file."""
    torch.manual_seed(7)
    FILES.mkdir(exist_ok=True)
    answers: dict[str, np.ndarray] = {}
    grey, colour = torch.rand(6, 1, 8, 8), torch.rand(6, 3, 8, 8)
    tokens = torch.randint(20, (6, 8))

    def keep(name: str, model: nn.Module, inputs: torch.Tensor, saved: object = None) -> None:
        if saved is None:
            saved = model.state_dict()
        if name.endswith(".safetensors"):
            save_file(saved, FILES / name)
        else:
            torch.save(saved, FILES / name)
        given = inputs if inputs.ndim < 4 else inputs.permute(0, 2, 3, 1)
        with torch.no_grad():
            answers[f"{name}/inputs"], answers[f"{name}/outputs"] = (
                given.numpy(),
                model(inputs).float().numpy(),
            )

    keep("mlp.pt", trained(mlp(nn.ReLU()), grey), grey)
    keep("mlp_tanh.pth", trained(mlp(nn.Tanh()), grey), grey)
    keep("mlp.safetensors", trained(mlp(nn.ReLU()), grey), grey)
    keep("data_parallel.pt", model := trained(nn.DataParallel(mlp(nn.ReLU())), grey), grey)
    keep(
        "compiled.pt", model.module, grey, {f"_orig_mod.{k}": v for k, v in model.module.state_dict().items()}
    )
    for name, kind in (("adam", torch.optim.Adam), ("adamw", torch.optim.AdamW), ("sgd", torch.optim.SGD)):
        given = {"momentum": 0.9} if name == "sgd" else {}
        optimizer = kind((model := mlp(nn.ReLU())).parameters(), lr=1e-2, **given)
        trained(model, grey, optimizer)
        saved = {
            "epoch": 3,
            "model_state_dict": model.state_dict(),
            "optimizer_state_dict": optimizer.state_dict(),
            "best": np.float64(0.5),
            "device": torch.device("cpu"),
        }
        keep(f"checkpoint_{name}.pt", model, grey, saved)
    state = {f"model.{key}": value for key, value in model.state_dict().items()}
    lightning = {
        "epoch": 1,
        "pytorch-lightning_version": "2.4.0",
        "state_dict": state,
        "optimizer_states": [optimizer.state_dict()],
        "lr_schedulers": [],
    }
    keep("lightning.ckpt", model, grey, lightning)
    halves = trained(mlp(nn.ReLU()), grey).to(torch.bfloat16)
    keep(
        "bfloat16.pt",
        halves.float(),
        grey,
        {key: value.bfloat16() for key, value in halves.state_dict().items()},
    )
    keep(
        "bfloat16.safetensors",
        halves,
        grey,
        {key: value.bfloat16() for key, value in halves.state_dict().items()},
    )
    keep("float16.pt", halves.half().float(), grey, {k: v.half() for k, v in halves.state_dict().items()})
    whole = torch.rand(16 * 64 + 100)
    views = mlp(nn.ReLU()).eval()
    with torch.no_grad():
        views[1].weight = nn.Parameter(whole[7 : 7 + 64 * 16].view(64, 16).T)
        views[3].weight = nn.Parameter(whole[:1].expand(8, 16))
    keep("views.pt", views, grey)
    keep("conv.pt", trained(a_conv_net(), colour), colour)
    keep("conv.safetensors", trained(a_conv_net(), colour), colour)
    keep("pooled.pt", trained(a_pooled_net(), grey), grey)
    for name, model in {
        "lstm.pt": Recurrent(nn.LSTM),
        "lstm_deep.pt": Recurrent(nn.LSTM, num_layers=2, bidirectional=True),
        "gru.pt": Recurrent(nn.GRU),
        "gru_deep.pt": Recurrent(nn.GRU, num_layers=2, bias=False),
        "rnn.pt": Recurrent(nn.RNN),
        "words.pt": Words(),
    }.items():
        keep(name, trained(model, tokens), tokens)
    what_is_refused()
    a_homework()
    np.savez_compressed(FILES / "answers.npz", **answers)


if __name__ == "__main__":
    main()
