"""Compares the last logged norms with the gradients of the submitted weights."""

from grader.analysis.log_positions import place, saved_rows
from grader.analysis.norms.columns import NormColumn, unusable
from grader.analysis.norms.infer import NormColumns
from grader.analysis.reference.fit import Fit
from grader.analysis.reference.references import (
    FEWEST,
    agreed,
    in_numbers,
    misfit,
    too_few,
    uncalibrated,
    values_up_to,
)
from grader.checks import ComparesWithHonestRuns
from grader.evidence.training import Probe
from grader.messages.message import EMPTY, say, together
from grader.report import Finding, review

_LAST, _WEIGHTS = say("last"), say("the submitted weights")


class LogFitsModel(ComparesWithHonestRuns):
    """Does the log end at the submitted weights?

    The last 200 logged norms are compared with the probe, the gradient norms of 200 batches at the submitted
    weights, as `log_fits_rerun` compares the first ones with the rerun.

    The last norms are those before the step that the stored optimizer has counted to, if the log goes on
    after it, as it does where a checkpoint was submitted. Where the best weights may have been restored,
    the norms before the end of the epoch with the best validation accuracy or loss do as well.

    A log that does not fit is left to a teacher, with all numbers.

    Args:
        cap: The clipping threshold.
        training_images: The size of the training set, for the largest possible batch size; any, if left out.

    Example:
        log_fits_model: {cap: 1.0, training_images: 60000}
    """

    def find(self, norms: NormColumns, probe: Probe) -> Finding:
        """Compare the last norms of each column."""
        log, columns, references = norms.log, norms.columns, norms.references
        calibration = references.calibration
        if calibration is None:
            return uncalibrated(references, _LAST, _WEIGHTS)
        if finding := unusable(log):
            return finding
        off: list[tuple[NormColumn, Fit]] = []
        where = EMPTY
        for row in saved_rows(log, columns[0].logged, references.optimizer):
            nearest = (
                (column, references.nearest_last(column, probe, values_up_to(column.logged, row)))
                for column in columns
            )
            fits = [(column, fit) for column, fit in nearest if fit is not None]
            if fits and all(fit.fits for _, fit in fits):
                return agreed(references, fits, _LAST, _WEIGHTS, calibration)
            if not fits:
                return too_few(columns[0], 2 * FEWEST, _WEIGHTS)
            # What is laid out is the likeliest place; the others are only tried.
            where = where or place(log, row)
            off = off or [(column, fit) for column, fit in fits if not fit.fits]
        return review(
            together(
                *(
                    misfit(references, *one, _LAST, say("an honest run at the submitted weights"))
                    for one in off
                ),
                say("Compared up to {where}, by {cited}.", where=where, cited=calibration.cited()),
            ),
            say("Ask to see the notebook. Logs that are edited, invented or from another run end like this."),
            (in_numbers(references, *one, _LAST) for one in off),
        )
