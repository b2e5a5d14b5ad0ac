"""`python -m gesturelrcn` is `gesturelrcn`."""

from gesturelrcn.cli import main

main()
