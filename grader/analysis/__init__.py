"""What the numbers of a submission say: pure functions of evidence."""
