"""`python -m gesturelrcn.evaluation ...` is `gesturelrcn evaluate ...`."""

import runpy
import sys

if __name__ == "__main__":
    sys.argv.insert(1, "evaluate")
    runpy.run_module("gesturelrcn", run_name="__main__", alter_sys=True)
