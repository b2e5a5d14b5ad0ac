"""The command line: `gesturelrcn run`, `slides`, `models`, `synth`."""

import os
import sys


def main() -> None:
    """Run the command line; ends the process.

    Exit codes: 0 done; 2 something that the user can mend, said in one sentence on stderr; 128 and the
    number of the signal (130 for Ctrl-C, 143 for SIGTERM) when told to stop.
    """
    # Read when MediaPipe and TensorFlow Lite load: only errors, or a banner lands between our lines.
    os.environ.setdefault("GLOG_minloglevel", "3")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        from gesturelrcn.cli.app import app

        app(prog_name="gesturelrcn")
    except KeyboardInterrupt:
        sys.exit(130)
