"""Sources on entities."""
