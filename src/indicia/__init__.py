"""Secondary indicators of large compute, each traceable to the public record behind it."""

__version__ = "0.1.0"
