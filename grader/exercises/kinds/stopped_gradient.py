"""`stopped_gradient`: the target of a DQN, through which no gradient flows."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from grader.exercises.drawing import Drawing, exact
from grader.exercises.exercise import Answer, Array, Arrays, Case, Exercise, Mistake
from grader.exercises.network import VARIABLES, drawn, gradients_of, named, outputs_of, within
from grader.messages.message import Message, say

_BATCH, _STATE, _HIDDEN, _ACTIONS = 7, 4, 5, 3
# Where errors cancel out, rounding shows. No array of the answer is below this share of the largest, if some
# draws have it so.
_LEAST, _MOST_DRAWN = 0.1, 100


class StoppedGradient(Exercise):
    """The gradients of a DQN's loss with respect to both networks; the target's are zero or left out.

    The loss is the mean of `(Q(state)[action] - (reward + gamma * max Q_target(next_state)))**2`. A network
    has a hidden layer with tanh and a linear one. In the last case one network is both, as in Q-learning
    without a target network, and the target is a constant all the same.
    """

    gamma: float = Field(default=0.9, gt=0, le=1, description="The discount of future rewards.")

    def task(self) -> Message:
        """The loss and its gradients."""
        return say(
            "The loss of a DQN is the mean of `(Q(state)[action] - (reward + gamma * max "
            "Q_target(next_state)))**2`, where the target is a constant (stop_gradient). Q is "
            "`tanh(x @ kernel_0 + bias_0) @ kernel_1 + bias_1` with the `online_` variables, Q_target the "
            "same with the `target_` ones, or with the `online_` ones where there are no others. The answers "
            "are `loss`, its gradient for each `online_` variable under the name of that, and for each "
            "`target_` variable, if there is any but 0."
        )

    def cases(self, draw: Drawing) -> Iterator[Case]:
        """Two networks, two that are equal, and one."""
        for name in ("two_networks", "equal_networks", "one_network"):
            for _ in range(_MOST_DRAWN):
                given = self._given(draw, name)
                largest = [float(abs(one).max()) for one in _Step(given).through_online().values()]
                if min(largest) > _LEAST * max(largest):
                    break
            yield Case(name, given)

    def _given(self, draw: Drawing, name: str) -> Arrays:
        online = drawn(draw, _STATE, _HIDDEN, _ACTIONS)
        target = drawn(draw, _STATE, _HIDDEN, _ACTIONS) if name == "two_networks" else online
        return {
            "gamma": exact(self.gamma),
            "states": draw.uniform(_BATCH, _STATE),
            "actions": draw.whole(_BATCH, below=_ACTIONS),
            "rewards": draw.uniform(_BATCH, size=2.0),
            "next_states": draw.uniform(_BATCH, _STATE),
            **named("online", online),
            **(named("target", target) if name != "one_network" else {}),
        }

    def answer(self, given: Arrays) -> Answer:
        """The loss, the online network's gradients, and none of the target's."""
        nothing = dict.fromkeys(named("target", within("online", given)))
        return {**_Step(given).through_online(), **nothing}

    def mistakes(self) -> Sequence[Mistake]:
        """A gradient through the target, and other targets and losses."""
        return (
            Mistake(
                say("The gradient flows through the target; it must be stopped there."),
                lambda given: _Step(given).through_both(),
            ),
            Mistake(
                say("The gradient of the online network is stopped, and not that of the target."),
                lambda given: _Step(given).through_target(),
            ),
            Mistake(
                say("The target is `reward + max Q_target`, without `gamma`."),
                lambda given: _Step({**given, "gamma": given["gamma"] * 0 + 1}).through_online(),
            ),
            Mistake(
                say("The target has the value of the action that was taken, instead of the largest one."),
                lambda given: _Step(given, takes_largest=False).through_online(),
            ),
            Mistake(
                say("The target is made of the online network, although there is a target network."),
                lambda given: _Step({**given, **named("target", within("online", given))}).through_online(),
            ),
            Mistake(
                say("The squared errors were added up; the loss is their mean."),
                lambda given: {name: one * _BATCH for name, one in _Step(given).through_online().items()},
            ),
            Mistake(
                say("The loss is half of the mean of the squared errors."),
                lambda given: {name: one / 2 for name, one in _Step(given).through_online().items()},
            ),
        )


class _Step:
    """The loss of one batch, and how it depends on both networks."""

    def __init__(self, given: Arrays, *, takes_largest: bool = True) -> None:
        import numpy as np

        self._given = given
        self._online = within("online", given)
        self._has_target = "target_kernel_0" in given
        self._target = within("target", given) if self._has_target else self._online
        rows, actions = np.arange(_BATCH), given["actions"]
        values = outputs_of(self._target, given["next_states"])
        best = values.argmax(axis=1) if takes_largest else actions
        aims = given["rewards"] + given["gamma"] * values[rows, best]
        self._errors = outputs_of(self._online, given["states"])[rows, actions] - aims
        self._slopes = np.zeros((_BATCH, _ACTIONS))
        self._slopes[rows, actions] = 2 * self._errors / _BATCH
        self._target_slopes = np.zeros((_BATCH, _ACTIONS))
        self._target_slopes[rows, best] = -given["gamma"] * 2 * self._errors / _BATCH

    def through_online(self) -> dict[str, Array]:
        """The loss, and its gradients where the target is a constant."""
        return {"loss": self._loss(), **named("online", self._of_online())}

    def through_target(self) -> dict[str, Array]:
        """The same where only the target is none."""
        if not self._has_target:
            return {"loss": self._loss(), **named("online", self._of_target())}
        nothing = {name: one * 0 for name, one in self._of_online().items()}
        return {"loss": self._loss(), **named("online", nothing), **named("target", self._of_target())}

    def through_both(self) -> dict[str, Array]:
        """The same where nothing is stopped."""
        online, target = self._of_online(), self._of_target()
        if self._has_target:
            return {"loss": self._loss(), **named("online", online), **named("target", target)}
        return {
            "loss": self._loss(),
            **named("online", {name: online[name] + target[name] for name in VARIABLES}),
        }

    def _loss(self) -> Array:
        import numpy as np

        return np.array((self._errors**2).mean())

    def _of_online(self) -> dict[str, Array]:
        return gradients_of(self._online, self._given["states"], self._slopes)

    def _of_target(self) -> dict[str, Array]:
        return gradients_of(self._target, self._given["next_states"], self._target_slopes)
