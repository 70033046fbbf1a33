"""The scoring held against worlds whose truth is known: rankings, baselines, calibration, report."""
