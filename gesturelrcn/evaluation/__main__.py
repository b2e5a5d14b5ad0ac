"""`python -m gesturelrcn.evaluation ...` is `gesturelrcn evaluate ...`."""

import sys

from gesturelrcn.cli import main

if __name__ == "__main__":
    sys.argv.insert(1, "evaluate")
    main()
