"""How a command talks to its user: line by line, at once, and never with anything a terminal would obey."""

import sys

from gesturelrcn.system.secrets import without_secrets

_OBEYED = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n"}
"""Control characters, and what is written instead."""


def say(line: str, *, to_stderr: bool = False) -> None:
    """Write one line at once, so that whoever reads it through a pipe is not late.

    What the terminal would obey, or could not show, is written as an escape: words may come from a file. An
    address that somebody gave in place of a file or a folder loses its password.
    """
    stream = sys.stderr if to_stderr else sys.stdout
    encoding = stream.encoding or "utf-8"
    shown = without_secrets(line).translate(_OBEYED).encode(encoding, "backslashreplace").decode(encoding)
    print(shown, file=stream, flush=True)
