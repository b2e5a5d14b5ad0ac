"""The command line: `gesturelrcn run`, `slides`, `models`, `doctor` and more."""

import os
import sys
from contextlib import suppress


def main() -> None:
    """Run the command line; ends the process.

    Exit codes: 0 done; 2 something that the user can mend, said in one sentence on stderr; 128 and the
    number of the signal (130 for Ctrl-C, 143 for SIGTERM) when told to stop.
    """
    try:
        from gesturelrcn.cli.app import app

        app(prog_name="gesturelrcn")
    except KeyboardInterrupt:
        _leave(130)
    except ImportError as problem:  # a library is missing, or another one has been put over it
        _tell_broken(problem)
        _leave(2)
    except OSError as problem:  # the disk is full or read-only, or there is no place for temporary files
        _tell(problem)
        _leave(2)
    except SystemExit as leaving:
        if isinstance(leaving.code, int):
            _leave(leaving.code)
        raise


def _tell_broken(problem: ImportError) -> None:
    from gesturelrcn.cli.console import say

    reason, cure = " ".join(str(problem).split())[:300], "gesturelrcn doctor says what helps"
    say(f"gesturelrcn: a library cannot be loaded ({reason}); {cure}.", to_stderr=True)


def _tell(problem: OSError) -> None:
    """Say it in one sentence; what still waits to be written to a stdout that takes nothing is given up."""
    from gesturelrcn.cli.console import say

    what = f"{problem.filename}: " if problem.filename else ""
    with suppress(OSError):
        say(f"gesturelrcn: {what}{problem.strerror or problem}.", to_stderr=True)
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _leave(code: int) -> None:
    """End the process; at once where a thread hangs in native code, which would abort Python's shut-down."""
    from gesturelrcn.system.stuck_threads import none_hangs

    if not none_hangs():
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        os._exit(code)
    sys.exit(code)
