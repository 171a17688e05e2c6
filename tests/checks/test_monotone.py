"""Better evidence never earns less."""

from typing import Any

from builders_evidence import a_log, a_model, a_norm, a_rerun, a_step_log, an_accuracy, an_optimizer, norms_in
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.analysis.accuracies import printed_within
from grader.checks import Check
from grader.checks.cap_binds_early import CapBindsEarly
from grader.checks.epochs_at_most import EpochsAtMost
from grader.checks.gap_between import GapBetween
from grader.checks.log_is_complete import LogIsComplete
from grader.checks.logged_accuracy import LoggedAccuracy
from grader.checks.model_accuracy import ModelAccuracy
from grader.checks.norm_within_cap import NormWithinCap
from grader.checks.optimizer_is import OptimizerIs
from grader.checks.parameters_at_most import ParametersAtMost
from grader.report import cut

# Where there is nothing to compare, an item earns its points by default.
EARNS = {"failed": 0, "review": 1, "not_checked": 2, "passed": 2}
SCOPES, STAGES = st.sampled_from([None, "variable", "global"]), st.sampled_from([None, "before", "after"])
HUNDREDTHS = st.integers(1, 500).map(lambda count: count / 100)
SHARES = st.integers(0, 10_000).map(lambda count: count / 10_000)
CAPS = st.sampled_from([None, 0.5, 1.0, 5.0])
MODELS = st.one_of(
    st.none(),
    st.builds(
        lambda variables, cap, whole: a_model(
            variables=variables, optimizer=an_optimizer(clipnorm=cap, global_clipnorm=whole)
        ),
        st.integers(1, 20),
        CAPS,
        CAPS,
    ),
    st.just(a_model(optimizer=None)),
)
RERUNS = st.sampled_from([None, a_rerun()])


def earned(check: Check, **parts: Any) -> int:
    """How much a check finds, from 0 for failed to 2."""
    needs = check.needs()
    if "norms" in needs and "log" in parts:
        parts["norms"] = norms_in(
            parts["log"], check, None, model=parts.get("model"), rerun=parts.get("rerun")
        )
    return EARNS[check.find(**{name: parts.get(name) for name in needs}).status]


@given(
    st.lists(SHARES, min_size=1, max_size=6), SHARES, st.integers(0, 100), st.sampled_from(["last", "best"])
)
def test_a_higher_accuracy(shares: list[float], higher: float, asked: int, epoch: Any) -> None:
    """In the log at the end of the training, and of the model."""
    logged = LoggedAccuracy(at_least=asked / 100, epoch=epoch)
    raised = [*shares[:-1], max(higher, shares[-1])]
    model = ModelAccuracy(at_least=asked / 100, tolerance=0.01)

    assert earned(logged, log=a_log(val_accuracy=shares)) <= earned(logged, log=a_log(val_accuracy=raised))
    assert earned(model, accuracy=an_accuracy(shares[-1])) <= earned(model, accuracy=an_accuracy(raised[-1]))


def points(check: Check, most: float, **parts: Any) -> float:
    """The points that a finding earns of so many."""
    found = check.find(**{name: parts.get(name) for name in check.needs()})
    return most if found.status == "passed" else cut(most * found.share)


@given(
    SHARES.flatmap(lambda one: st.sampled_from([one, round(one, 2)])),
    SHARES.flatmap(lambda one: st.sampled_from([one, round(one, 2)])),
    st.none() | SHARES,
    SHARES,
    st.integers(1, 1000).map(lambda count: count / 100),
)
def test_a_part_of_the_points_for_a_part_of_the_accuracy(
    one: float, other: float, begin: float | None, asked: float, most: float
) -> None:
    """A higher accuracy earns no fewer points, and one below the part earns all or none."""
    # What was printed with fewer digits may be half a unit of the last one below what is asked.
    assume(printed_within([one]) == printed_within([other]))
    low, high = sorted((one, other))
    for check in (
        LoggedAccuracy(at_least=asked, partial_from=begin),
        ModelAccuracy(at_least=asked, partial_from=begin, tolerance=0.01),
    ):
        less, more = (
            points(check, most, log=a_log(val_accuracy=[value]), accuracy=an_accuracy(value))
            for value in (low, high)
        )
        assert less <= more
        assert more in {0.0, most} if begin is None or high < begin else 0 <= more <= most


@given(
    st.lists(st.lists(HUNDREDTHS, min_size=4, max_size=4), min_size=1, max_size=3),
    st.lists(st.tuples(SCOPES, STAGES), min_size=3, max_size=3),
    MODELS,
    RERUNS,
    st.integers(100, 500).map(lambda count: count / 100),
)
def test_norms_that_are_held_lower(
    columns: list[list[float]], declared: list[tuple[Any, Any]], model: Any, rerun: Any, ceiling: float
) -> None:
    """At the cap; or above it, where nobody has to tell from the size whether it was clipped."""
    check = NormWithinCap()
    is_declared = all(stage for _, stage in declared[: len(columns)])
    earlier, held = (
        a_step_log(
            *(
                a_norm(
                    [min(norm, cap if stage != "before" else 9.0) for norm in norms], scope=scope, stage=stage
                )
                for norms, (scope, stage) in zip(columns, declared, strict=False)
            ),
            steps=4,
        )
        for cap in (9.0, ceiling if is_declared else 1.0)
    )

    assert earned(check, log=earlier, model=model, rerun=rerun) <= earned(
        check, log=held, model=model, rerun=rerun
    )


@given(MODELS, st.sampled_from(["required", "optional"]), st.booleans())
def test_an_optimizer_with_the_settings_asked_for(model: Any, stored: Any, accepts: bool) -> None:
    """Nothing earns more than it, and no optimizer at all does not either."""
    check = OptimizerIs(
        name="Adam", learning_rate=0.001, clipnorm=1.0, accept_global_clipnorm=accepts, stored=stored
    )

    assert earned(check, model=model or a_model(optimizer=None)) <= earned(check, model=a_model())


@given(
    st.integers(1, 5), st.integers(1, 5), st.integers(1, 4), st.sampled_from(["step", "epoch"]), HUNDREDTHS
)
def test_more_whole_epochs(steps: int, epochs: int, more: int, every: Any, norm: float) -> None:
    """A longer log of the same training."""
    check = LogIsComplete(every=every, at_least_epochs=2)
    logs = (
        a_step_log(a_norm([norm] * steps * count), steps=steps, epochs=count, loss=[0.5] * steps * count)
        for count in (epochs, epochs + more)
    )
    shorter, longer = (earned(check, log=log) for log in logs)

    assert shorter <= longer


@given(st.integers(1, 1000), st.integers(0, 1000), st.integers(1, 1000))
def test_a_smaller_network(parameters: int, fewer: int, allowed: int) -> None:
    """Where fewer parameters are asked for."""
    check = ParametersAtMost(count=allowed)
    larger, smaller = (a_model(parameters=max(1, count)) for count in (parameters, parameters - fewer))

    assert earned(check, model=larger) <= earned(check, model=smaller)


@given(st.integers(1, 5), st.integers(1, 6), st.integers(0, 5), st.integers(1, 6))
def test_fewer_epochs(steps: int, epochs: int, fewer: int, allowed: int) -> None:
    """Where fewer are asked for, of a whole log with its optimizer."""
    check = EpochsAtMost(count=allowed)
    longer, shorter = (
        earned(
            check,
            log=a_step_log(steps=steps, epochs=count),
            model=a_model(optimizer=an_optimizer(iterations=steps * count)),
        )
        for count in (epochs, max(1, epochs - fewer))
    )

    assert longer <= shorter


@given(SHARES, SHARES, SHARES, st.integers(-50, 50))
def test_a_smaller_gap(trained: float, validated: float, higher: float, most: int) -> None:
    """Where overfitting is to be avoided: a higher validation accuracy."""
    check = GapBetween(at_most=most / 100)
    wide, narrow = (
        earned(check, log=a_log(accuracy=[trained], val_accuracy=[value]))
        for value in (validated, max(validated, higher))
    )

    assert wide <= narrow


@given(st.lists(HUNDREDTHS, min_size=1, max_size=30), MODELS, RERUNS)
def test_more_early_steps_that_reach_the_cap(norms: list[float], model: Any, rerun: Any) -> None:
    """Norms before clipping that are over the cap show it at work."""
    check = CapBindsEarly()
    fewer, more = (
        earned(
            check,
            log=a_log(a_norm(each, scope="variable", stage="before")),
            model=model,
            rerun=rerun,
        )
        for each in (norms, [max(norm, 1.0) for norm in norms])
    )

    assert fewer <= more
