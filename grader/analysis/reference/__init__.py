"""How a log compares with the grader's own training: rerun, probe and calibration."""
