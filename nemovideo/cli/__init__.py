"""The command line: the library for people who type."""

from nemovideo.cli.app import run

__all__ = ["run"]
