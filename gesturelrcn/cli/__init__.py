"""The command line: `gesturelrcn run`, `slides`, `models`, `doctor` and more."""

import os
import sys


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
    except SystemExit as leaving:
        if isinstance(leaving.code, int):
            _leave(leaving.code)
        raise


def _leave(code: int) -> None:
    """End the process; at once where a thread hangs in native code, which would abort Python's shut-down."""
    from gesturelrcn.system.stuck_threads import none_hangs

    if not none_hangs():
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        os._exit(code)
    sys.exit(code)
