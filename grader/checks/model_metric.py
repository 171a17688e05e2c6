"""Compares a metric of the submitted model on the test examples with the one asked for."""

from grader.checks import AsksForMetric
from grader.evidence.training import Metrics
from grader.evidence.values import Metric
from grader.messages import wording
from grader.messages.message import say
from grader.report import Finding, failed, not_checked, passed


class ModelMetric(AsksForMetric):
    """Does the submitted model reach the metric on the test examples?

    The grader computes it with scikit-learn, from the model's answers and the labels of the test examples.
    A classifier has `auc` (of several classes or labels the mean of each against the rest), `cross_entropy`
    in natural logarithms, and `perplexity`, which is its exponential; a `task: regression` has `mae` and
    `rmse`, in the units of the labels. Nothing is tolerated: choose a bound that honest models reach.

    Args:
        metric: `auc`, `cross_entropy`, `perplexity`, `mae` or `rmse`.
        at_least: The least value that passes, for `auc`.
        at_most: The largest value that passes, for the others, of which less is better.

    Example:
        model_metric: {metric: rmse, at_most: 3.2}
    """

    metric: Metric

    def find(self, metrics: Metrics) -> Finding:
        """Compare the metric with its bound."""
        name, value = wording.metric(self.metric), metrics.values.get(self.metric)
        if value is None:
            return not_checked(
                say("The labels of the test examples do not define the {metric}.", metric=name)
            )
        reached = self.is_reached(value)
        found = say(
            "The {metric} of the submitted model is {found} on the {examples} test examples, which it was "
            "given as {inputs}; the rubric asks for {asked}.",
            metric=name,
            found=wording.number(value, apart_from=None if reached else self.bound),
            examples=f"{metrics.examples:,}",
            inputs=wording.pixels(metrics.inputs),
            asked=self.asked,
        )
        if reached:
            return passed(found)
        return failed(
            found,
            say(
                "Train for more epochs, or save the model of the epoch with the best validation loss, and "
                "check that it is given its inputs as in training."
            ),
        )
