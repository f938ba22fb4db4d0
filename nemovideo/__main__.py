"""The `nemovideo` command; without the `cli` extra it only says how to get it."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line."""
    try:
        from nemovideo.cli import run
    except ModuleNotFoundError as error:
        if error.name not in {"cyclopts", "rich"}:
            raise
        sys.stderr.write("The command line needs an extra: pip install 'nemovideo[cli]'\n")
        sys.exit(2)
    sys.exit(run())


if __name__ == "__main__":
    main()
