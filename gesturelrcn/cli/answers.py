"""What the user types while something else goes on: lines of the terminal, read without waiting for them."""

import os
import select
import sys


class TerminalAnswers:
    """Lines that are typed into the terminal from which the program was started.

    Attributes:
        there: whether somebody can type; where not, there never is a line.
    """

    def __init__(self) -> None:
        # Only POSIX can look whether a line is there.
        self.there = os.name == "posix" and sys.stdin is not None and sys.stdin.isatty()
        self._typed = b""

    def lines(self) -> list[str]:
        """The lines that were finished since this was asked before, without their ends."""
        while self.there and select.select([sys.stdin], [], [], 0)[0]:
            piece = os.read(sys.stdin.fileno(), 1024)
            if not piece:  # Ctrl-D, or the terminal has gone
                self.there = False
            self._typed += piece
        *whole, self._typed = self._typed.split(b"\n")
        return [line.decode(errors="replace").strip() for line in whole]
