"""One output format per file: pure functions from reports to a page; only the command line writes it.

`json_report`, `csv_grades` and `gradescope` have a function `page` that returns the whole text of a file.
`terminal` returns what rich prints.
To add a format, write one file here and its test; nothing is registered.
What all of them say alike stands in `sentences`, what all of them count alike in `points`.
"""
