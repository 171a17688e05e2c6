"""What was measured beside the items, in words: the facts of a report."""

from grader.evidence import Accuracy, Evidence, Log, Model, Probe, Rerun
from grader.report import Fact
from grader.wording import accuracy, number


def facts_of(evidence: Evidence) -> tuple[Fact, ...]:
    """What was measured, a line each, in the order in which a reader wants it."""
    facts: list[Fact] = []
    if isinstance(evidence.model, Model):
        facts.extend(_model_facts(evidence.model))
    if isinstance(evidence.accuracy, Accuracy):
        tried = ", ".join(f"{accuracy(value)} with {scale}" for scale, value in evidence.accuracy.tried)
        facts.append(Fact(name="Accuracy on the test images", value=accuracy(evidence.accuracy.value)))
        facts.append(
            Fact(name="Pixels given as", value=f"{evidence.accuracy.inputs} (on training images: {tried})")
        )
    if isinstance(evidence.log, Log):
        columns = ", ".join(column.header for column in evidence.log.columns)
        facts.append(
            Fact(name="Log", value=f"{evidence.log.form}, {evidence.log.rows} rows; read: {columns}")
        )
    if isinstance(evidence.probe, Probe):
        facts.append(Fact(name="Norms at the submitted weights", value=_norm_facts(evidence.probe)))
    if isinstance(evidence.rerun, Rerun):
        rerun = evidence.rerun
        facts.append(
            Fact(
                name="Rerun from fresh weights",
                value=f"{len(rerun.loss)} steps of {rerun.batch_size}, seed {rerun.seed}, "
                "made once for this network: "
                f"accuracy {accuracy(rerun.test_accuracy)} on the test images; {_norm_facts(rerun)}",
            )
        )
    return tuple(facts)


def _model_facts(model: Model) -> list[Fact]:
    layers = ", ".join(layer.kind + (f" {layer.units}" if layer.units else "") for layer in model.layers[:20])
    more = f" and {len(model.layers) - 20} more" if len(model.layers) > 20 else ""
    version = f"Keras {model.keras_version}" if model.keras_version else "an unknown version of Keras"
    facts = [Fact(name="Model", value=f"{layers}{more}; {model.parameters} parameters; saved by {version}")]
    optimizer = model.optimizer
    if optimizer is None:
        facts.append(Fact(name="Stored optimizer", value="none"))
        return facts
    settings = [
        f"{name.replace('_', ' ')} {value:.7g}"
        for name in ("learning_rate", "clipnorm", "global_clipnorm", "clipvalue")
        if (value := getattr(optimizer, name)) is not None
    ]
    if optimizer.iterations is not None:
        settings.append(f"{optimizer.iterations} steps")
    facts.append(Fact(name="Stored optimizer", value=", ".join([optimizer.kind, *settings])))
    return facts


def _norm_facts(measured: Probe | Rerun) -> str:
    norms = measured.norms
    return (
        f"largest norm before clipping {number(max(norms.variable_before))} (variable), "
        f"{number(max(norms.global_before))} (global); after {number(max(norms.variable_after))}, "
        f"{number(max(norms.global_after))}"
    )
