"""Sources on context."""
