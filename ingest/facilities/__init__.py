"""Sources on facilities."""
