"""What was measured beside the items, in words: the facts of a report."""

from collections.abc import Mapping

from grader.evidence import Evidence
from grader.evidence.log import Log
from grader.evidence.model import Model
from grader.evidence.training import Accuracy, Probe, Rerun
from grader.messages.message import Message, joined, say, verbatim
from grader.messages.wording import accuracy, number, pixels
from grader.report import Fact

_SETTINGS: Mapping[str, Message | str] = {
    "learning_rate": say("learning rate"),
    "clipnorm": "clipnorm",
    "global_clipnorm": "global clipnorm",
    "clipvalue": "clipvalue",
}


def facts_of(evidence: Evidence) -> tuple[Fact, ...]:
    """What was measured, a line each, in the order in which a reader wants it."""
    facts: list[Fact] = []
    model, log = evidence.found(Model), evidence.found(Log)
    measured, probe, rerun = evidence.found(Accuracy), evidence.found(Probe), evidence.found(Rerun)
    if model:
        facts.extend(_model_facts(model))
    if measured:
        tried = joined(
            ", ",
            (
                say("{value} with {scale}", value=accuracy(value), scale=pixels(scale))
                for scale, value in measured.tried
            ),
        )
        facts.append(Fact(name=say("Accuracy on the test images"), value=verbatim(accuracy(measured.value))))
        facts.append(
            Fact(
                name=say("Pixels given as"),
                value=say(
                    "{inputs} (on training images: {tried})",
                    inputs=pixels(measured.inputs),
                    tried=tried,
                ),
            )
        )
    if log:
        columns = ", ".join(column.header for column in log.columns)
        facts.append(
            Fact(
                name=say("Log"),
                value=say(
                    "{form}, {rows} rows; read: {columns}",
                    form=log.form,
                    rows=log.rows,
                    columns=columns,
                ),
            )
        )
    if probe:
        facts.append(Fact(name=say("Norms at the submitted weights"), value=_norm_facts(probe)))
    if rerun:
        facts.append(
            Fact(
                name=say("Rerun from fresh weights"),
                value=say(
                    "{steps} steps of {batch_size}, seed {seed}, made once for this network: accuracy "
                    "{accuracy} on the test images; {norms}",
                    steps=len(rerun.loss),
                    batch_size=rerun.batch_size,
                    seed=rerun.seed,
                    accuracy=accuracy(rerun.test_accuracy),
                    norms=_norm_facts(rerun),
                ),
            )
        )
    return tuple(facts)


def numbers_of(evidence: Evidence) -> dict[str, float]:
    """What was measured, for a program to read: `accuracy` is the share of test images classified rightly."""
    measured = evidence.found(Accuracy)
    return {"accuracy": measured.value} if measured else {}


def _model_facts(model: Model) -> list[Fact]:
    layers: Message | str = ", ".join(
        f"{layer.kind} {layer.units}" if layer.units else layer.kind for layer in model.layers[:20]
    )
    if len(model.layers) > 20:
        layers = say("{layers} and {left_out} more", layers=layers, left_out=len(model.layers) - 20)
    version = f"Keras {model.keras_version}" if model.keras_version else say("an unknown version of Keras")
    facts = [
        Fact(
            name=say("Model"),
            value=say(
                "{layers}; {parameters} parameters; saved by {version}",
                layers=layers,
                parameters=model.parameters,
                version=version,
            ),
        )
    ]
    optimizer = model.optimizer
    if optimizer is None:
        facts.append(Fact(name=say("Stored optimizer"), value=say("none")))
        return facts
    settings = [
        say("{setting} {value}", setting=_SETTINGS[name], value=f"{value:.7g}")
        for name in _SETTINGS
        if (value := getattr(optimizer, name)) is not None
    ]
    if optimizer.iterations is not None:
        settings.append(say("{iterations} steps", iterations=optimizer.iterations))
    facts.append(Fact(name=say("Stored optimizer"), value=joined(", ", [optimizer.kind, *settings])))
    return facts


def _norm_facts(measured: Probe | Rerun) -> Message:
    norms = measured.norms
    return say(
        "largest norm before clipping {variable_before} (variable), {global_before} (global); after "
        "{variable_after}, {global_after}",
        variable_before=number(max(norms.variable_before)),
        global_before=number(max(norms.global_before)),
        variable_after=number(max(norms.variable_after)),
        global_after=number(max(norms.global_after)),
    )
