"""What the headers of logs mean: one table of names, and the words that a gradient norm's name is made of."""

import re
import unicodedata
from dataclasses import dataclass, replace

from grader.evidence.values import Scope, Stage

# Canonical name: its spellings, in words joined by `_`, without what only says where it was measured.
_SPELLINGS = {
    "epoch": "epoch epochs epoch_number epoch_index epoca epocas",
    "step": "step steps iteration iterations iter iteration_number global_step num_updates n_updates paso",
    "batch": "batch batches batch_index batch_idx batch_number minibatch mini_batch lote",
    "loss": "loss losses total_loss loss_total loss_train_total lm_loss cross_entropy "
    "categorical_crossentropy sparse_categorical_crossentropy binary_crossentropy perdida",
    "accuracy": "accuracy accuracies acc sparse_categorical_accuracy categorical_accuracy binary_accuracy "
    "multiclass_accuracy accuracy_score top1 top_1 top1_accuracy top1_acc accuracy_top1 acc_top1 acc1 acc_1 "
    "exactitud",
    "learning_rate": "learning_rate learning_rates lr lrs current_lr lr_pg0 lr_adam lr_adam_w lr_sgd "
    "tasa_de_aprendizaje",
    "seed": "seed random_seed semilla",
    "batch_size": "batch_size",
    "auc": "auc auroc roc_auc",
    "perplexity": "perplexity ppl",
    "mae": "mae mean_absolute_error",
    "rmse": "rmse root_mean_squared_error",
}
_NAMES = {spelling: name for name, spellings in _SPELLINGS.items() for spelling in spellings.split()}
_WRITTEN_AS_ONE_WORD = {
    f"{side}{metric}": f"{side}_{metric}"
    for side in ("train", "training", "val", "valid", "validation", "test")
    for metric in ("loss", "acc", "accuracy")
}
_OF_VALIDATION = frozenset({"loss", "accuracy", "auc", "perplexity", "mae", "rmse"})
MEASURED = frozenset({"loss", "accuracy", "val_loss", "val_accuracy", "gradient_norm"})

# What only says where or when: `train_loss`, `epoch_loss`, `logs/loss`, `loss_history`.
_TRAINING = frozenset({"train", "training"})
_TEST = frozenset({"test", "testing"})
_VALIDATION = _TEST | {"val", "valid", "validation", "eval", "evaluation", "dev", "validacion"}
_PACE = frozenset({"epoch", "epochs", "batch", "batches", "step", "steps"})
_PLACE = frozenset({"log", "logs", "metric", "metrics", "history", "optimizer", "trainer"})
_AVERAGED = frozenset({"average", "avg", "running", "current"})
_LEADING = _TRAINING | _PACE | _PLACE | _AVERAGED
_TRAILING = _TRAINING | _PACE | _PLACE | {"values", "list", "percent", "pct"}

# A name of a gradient norm is made of these words only; `mean`, `layer` or `weight` make it another thing.
_GRADIENT_NORM = frozenset({"gnorm", "gnorms", "gradnorm", "gradnorms", "gradientnorm", "gradientnorms"})
_NORM = frozenset({"norm", "norms", "norma", "normas", "l2norm"}) | _GRADIENT_NORM
_GRADIENT = (
    frozenset({"grad", "grads", "gradient", "gradients", "gradiente", "gradientes", "g"}) | _GRADIENT_NORM
)
_VARIABLE = frozenset({"variable", "variables", "var"})
_GLOBAL = frozenset({"global", "total"})
_BEFORE = frozenset({"before", "pre", "preclip", "preclipping", "unclipped", "raw", "antes"})
_AFTER = frozenset({"after", "post", "postclip", "postclipping", "clipped", "despues"})
_CLIP = frozenset({"clip", "clipping"})
# Lightning writes `grad_2.0_norm`.
_FILLING = _TRAILING | {"l2", "2", "0", "per", "of", "the", "de", "del"}
_NORM_VOCABULARY = _NORM | _GRADIENT | _VARIABLE | _GLOBAL | _BEFORE | _AFTER | _CLIP | _FILLING

# Korean words run on; with its accent, Spanish `precisión` is the accuracy.
_TRANSLATIONS = {
    "epoch": "에폭 에포크",
    "step": "스텝 단계 반복",
    "batch": "배치",
    "loss": "손실",
    "accuracy": "정확도 precisión",
    "learning_rate": "학습률",
    "train": "훈련 학습",
    "val": "검증",
    "test": "테스트",
    "gradient": "기울기 그래디언트 경사 ∇",
    "norm": "노름 놈 ‖ ||",
    "global": "전체",
    "variable": "변수",
    "clip": "클리핑",
    "before": "이전 전",
    "after": "이후 후",
}
_TRANSLATED = {foreign: english for english, words in _TRANSLATIONS.items() for foreign in words.split()}
_FOREIGN = re.compile("|".join(map(re.escape, sorted(_TRANSLATED, key=len, reverse=True))), re.IGNORECASE)
_LONGEST_HEADER = 200
_CAMEL_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TENSORBOARD_DOWNLOAD = re.compile(r"run-(?P<run>.*?)-tag-(?P<tag>.*)")


@dataclass(frozen=True)
class Meaning:
    """What a header says."""

    name: str
    scope: Scope | None = None
    stage: Stage | None = None
    run: str = ""  # Weights & Biases writes it in front of a column's name, with ` - ` between
    per_epoch: bool = False
    validation: bool = False  # of a norm, which is then none of the training
    test: bool = False  # measured on test images where others validate


def words(header: str) -> tuple[str, ...]:
    """A header in lower-case words without accents: `TrainLoss` and `train/loss` are both `train`, `loss`."""
    composed = unicodedata.normalize("NFKC", header[:_LONGEST_HEADER])
    english = _FOREIGN.sub(lambda found: f" {_TRANSLATED[found[0].lower()]} ", composed)
    decomposed = unicodedata.normalize("NFKD", english)
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return tuple(word for word in re.split(r"[^a-z0-9]+", _CAMEL_CASE.sub("_", letters).lower()) if word)


def meaning(header: str) -> Meaning | None:
    """What a header means, or None where that is not known."""
    if header.endswith(("__MIN", "__MAX")):
        # Weights & Biases exports the range of smoothed values beside the values.
        return None
    run, dash, metric = header.rpartition(" - ")
    where = words(run)
    if dash and not set(where) <= _VALIDATION | _TRAINING:
        understood = _understood(words(metric))
        return replace(understood, run=run.strip()) if understood else None
    return _understood(where + words(metric))


def is_nameless(header: str) -> bool:
    """Whether a header names nothing, as in a download from TensorBoard; its file has the name then."""
    return words(header) in {("value",), ("values",)}


def meaning_of_file_name(name: str) -> Meaning | None:
    """What a series without a header means by the name of its file, such as `grad_norm.txt`.

    TensorBoard names its downloads `run-validation-tag-epoch_loss.csv`.
    """
    stem = re.sub(r"(\.[A-Za-z]+)+$", "", name)
    download = _TENSORBOARD_DOWNLOAD.search(stem)
    understood = meaning(stem)
    if download:
        where = " ".join(word for word in words(download["run"]) if word in _VALIDATION)
        understood = meaning(f"{where} {download['tag']}")
    return understood if understood and understood.name in MEASURED else None


def is_part_of_run(name: str) -> bool:
    """Whether a name says which part of one run it has, such as `train`, `val`, `epochs` or `per_step`."""
    parts = set(words(name))
    return bool(parts & (_TRAINING | _VALIDATION | _PACE)) and parts <= _LEADING | _VALIDATION | {"per"}


def is_side(text: str) -> bool:
    """Whether a text says training or validation, and nothing else."""
    parts = set(words(text))
    return bool(parts) and parts <= _TRAINING | _VALIDATION


def has_side(name: str) -> bool:
    """Whether a name says that it has to do with training or validation."""
    return not (_TRAINING | _VALIDATION).isdisjoint(words(name))


def is_of_validation(name: str) -> bool:
    """Whether a name says that it has to do with validation."""
    return not _VALIDATION.isdisjoint(words(name))


def _understood(header: tuple[str, ...]) -> Meaning | None:
    header = tuple("_".join(_WRITTEN_AS_ONE_WORD.get(word, word) for word in header).split("_"))
    validation = not _VALIDATION.isdisjoint(header)
    metric = tuple(word for word in header if word not in _VALIDATION)
    if metric[-2:] == ("vs", "iterations"):
        # Keras' TensorBoard callback: `evaluation_loss_vs_iterations`.
        metric = metric[:-2]
    norm = _norm(metric)
    if norm is not None:
        return replace(norm, validation=validation)
    name = _name(metric)
    if name is None or (validation and name not in _OF_VALIDATION):
        return None
    test = not _TEST.isdisjoint(header)
    return Meaning(f"val_{name}" if validation else name, per_epoch="epoch" in metric, test=test)


def _name(header: tuple[str, ...]) -> str | None:
    """The canonical name of words, those that only say where or when taken off until one is known."""
    for first in range(len(header)):
        if first and header[first - 1] not in _LEADING:
            break
        for last in range(len(header), first, -1):
            if last < len(header) and header[last] not in _TRAILING:
                break
            name = _NAMES.get("_".join(header[first:last]))
            if name is not None:
                return name
    return None


def _norm(header: tuple[str, ...]) -> Meaning | None:
    """The gradient norm that words name, or None.

    `clip_norm` and `max_grad_norm` are thresholds, `batch_norm` is a layer: these are none.
    """
    present = set(header)
    is_norm = present & _NORM or (present & _GRADIENT and "l2" in present)
    if not is_norm or not present <= _NORM_VOCABULARY:
        return None
    scopes: list[Scope] = ["variable"] if present & _VARIABLE else []
    scopes += ["global"] if present & _GLOBAL else []
    # `pre_clipped` has a word of each stage; the preposition is the one that counts.
    stage: Stage | None = "before" if present & _BEFORE else "after" if present & _AFTER else None
    if len(scopes) > 1 or (present & _CLIP and stage is None):
        return None
    if "batch" in present and not (present & _GRADIENT or scopes or stage):
        return None
    return Meaning("gradient_norm", scopes[0] if scopes else None, stage, per_epoch="epoch" in present)
