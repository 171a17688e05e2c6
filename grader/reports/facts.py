"""The facts of a report: what was measured beside the items, in words."""

from collections.abc import Mapping

from grader.evidence import Evidence
from grader.evidence.log import Log
from grader.evidence.model import Model, Optimizer
from grader.evidence.training import Accuracy, Probe, Rerun
from grader.messages.message import Message, joined, say, verbatim
from grader.messages.wording import accuracy, number, pixels
from grader.report import Fact

# More layers than this are counted only.
_MOST_LAYERS = 20
_SETTINGS: Mapping[str, Message | str] = {
    "learning_rate": say("learning rate"),
    "clipnorm": "clipnorm",
    "global_clipnorm": "global clipnorm",
    "clipvalue": "clipvalue",
}


def facts_of(evidence: Evidence) -> tuple[Fact, ...]:
    """What was measured, in the order in which a reader wants it."""
    facts: list[Fact] = []
    model, log = evidence.found(Model), evidence.found(Log)
    measured, probe, rerun = evidence.found(Accuracy), evidence.found(Probe), evidence.found(Rerun)
    if model:
        facts += _model_facts(model)
    if measured:
        tried = [
            say("{value} with {scale}", value=accuracy(value), scale=pixels(scale))
            for scale, value in measured.tried
        ]
        inputs = say(
            "{inputs} (accuracy on training images: {tried})",
            inputs=pixels(measured.inputs),
            tried=joined(", ", tried),
        )
        facts.append(Fact(name=say("Accuracy on the test images"), value=verbatim(accuracy(measured.value))))
        facts.append(Fact(name=say("Scale of the inputs"), value=inputs))
    if log:
        columns = ", ".join(column.header for column in log.columns)
        read = say(
            "{form}, {rows} rows; columns: {columns}", form=log.form, rows=f"{log.rows:,}", columns=columns
        )
        facts.append(Fact(name=say("Log"), value=read))
    if probe:
        facts.append(Fact(name=say("Norms at the submitted weights"), value=_norms(probe)))
    if rerun:
        trained = say(
            "{steps} steps with batch size {batch_size} and seed {seed}, once for all equal networks: "
            "accuracy {accuracy} on the test images; {norms}",
            steps=len(rerun.loss),
            batch_size=rerun.batch_size,
            seed=rerun.seed,
            accuracy=accuracy(rerun.test_accuracy),
            norms=_norms(rerun),
        )
        facts.append(Fact(name=say("The grader's own training"), value=trained))
    return tuple(facts)


def numbers_of(evidence: Evidence) -> dict[str, float]:
    """What was measured, for programs: `accuracy` is the share of test images classified correctly."""
    measured = evidence.found(Accuracy)
    return {"accuracy": measured.value} if measured else {}


def _model_facts(model: Model) -> tuple[Fact, Fact]:
    layers: Message | str = ", ".join(
        f"{layer.kind} {layer.units}" if layer.units else layer.kind for layer in model.layers[:_MOST_LAYERS]
    )
    if len(model.layers) > _MOST_LAYERS:
        left_out = len(model.layers) - _MOST_LAYERS
        layers = say("{layers} and {left_out} more", layers=layers, left_out=left_out)
    network = say(
        "{layers}; {parameters} parameters; saved by {version}",
        layers=layers,
        parameters=f"{model.parameters:,}",
        version=f"Keras {model.keras_version}" if model.keras_version else say("an unknown version of Keras"),
    )
    stored = _stored(model.optimizer) if model.optimizer else say("none")
    return Fact(name=say("Model"), value=network), Fact(name=say("Stored optimizer"), value=stored)


def _stored(optimizer: Optimizer) -> Message:
    settings = [
        say("{setting} {value}", setting=word, value=f"{value:.7g}")
        for name, word in _SETTINGS.items()
        if (value := getattr(optimizer, name)) is not None
    ]
    if optimizer.iterations is not None:
        settings.append(say("{iterations} steps", iterations=f"{optimizer.iterations:,}"))
    return joined(", ", [optimizer.kind, *settings])


def _norms(measured: Probe | Rerun) -> Message:
    norms = measured.norms
    return say(
        "largest norm before clipping {variable_before} per variable and {global_before} global, "
        "after clipping {variable_after} and {global_after}",
        variable_before=number(max(norms.variable_before)),
        global_before=number(max(norms.global_before)),
        variable_after=number(max(norms.variable_after)),
        global_after=number(max(norms.global_after)),
    )
