"""One JSON object a line, for a pipe or a file."""

from typing import TextIO

from gesturelrcn.events import GestureEvent


class JsonLines:
    """Writes each event at once as one line of JSON, so that whoever reads through a pipe is not late.

    The one sink that can wait for its reader: a pipe that is full stops whoever writes, and a recording
    shall lose nothing.
    """

    def __init__(self, out: TextIO) -> None:
        """Args: out: where to write; it is not closed."""
        self._out = out

    def send(self, event: GestureEvent) -> None:
        """Write one line.

        Raises:
            BrokenPipeError: whoever read the lines has gone.
        """
        self._out.write(event.to_json() + "\n")
        self._out.flush()

    def close(self) -> None:
        """Leave `out` to its owner."""
