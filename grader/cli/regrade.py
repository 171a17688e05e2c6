"""`grader regrade`: judges a graded class by another rubric, without its files."""

from grader.cli.options import DryRun, Graded, Lang, Pages, RubricName


def regrade(
    folder: Graded, rubric: RubricName, dry_run: DryRun = False, pages: Pages = True, lang: Lang = None
) -> int:
    """Judge a graded class by another rubric, and show what changes."""
    from grader.cli.commands.regrade import regrade

    return regrade(folder, rubric, dry_run=dry_run, pages=pages, language=lang)
