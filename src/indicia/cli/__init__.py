"""The command line: one program, one way in for operators, analysts and schedules."""

from indicia.cli.main import main

__all__ = ["main"]
