"""What every test run needs once."""

import atexit
import os


def _end_quietly():
    """DuckDB's binding lists types of its own that outlive it; pytest's closing line stays the last."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


atexit.register(_end_quietly)
