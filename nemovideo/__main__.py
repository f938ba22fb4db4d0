"""The `nemovideo` command; without the `cli` extra it only says how to get it."""

import sys

__all__ = ["main"]

_STOPPED = '{"error": "Interrupted", "message": "stopped", "hint": "", "exit_code": 130}\n'


def main() -> None:
    """Run the command line."""
    try:
        from nemovideo.cli import run
    except ModuleNotFoundError as error:
        if error.name not in {"cyclopts", "rich"}:
            raise
        sys.stderr.write("The command line needs an extra: pip install 'nemovideo[cli]'\n")
        sys.exit(2)
    except KeyboardInterrupt:
        if "--json" in sys.argv:
            sys.stdout.write(_STOPPED)
        else:
            sys.stderr.write("nemovideo: stopped\n")
        sys.exit(130)
    sys.exit(run())


if __name__ == "__main__":
    main()
