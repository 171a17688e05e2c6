"""Fills grades into a file that a teacher exported from a learning platform, and never invents one.

`table` reads the file strictly and writes it back byte for byte but for the changed cells,
`people` finds whose row is whose, `filling` says what would change, before anything is written.
`canvas`, `moodle` and `moodle_worksheet` know the platforms' own forms.
"""
