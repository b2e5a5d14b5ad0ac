"""What whoever records is told while takes are made."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gesturelrcn.takes.cutting import Candidate

Step = Literal[
    "waiting",
    "countdown",
    "rest",
    "go",
    "moving",
    "question",
    "kept",
    "redo",
    "refused",
    "idle",
    "false_start",
    "camera",
    "reminder",
]
"""`waiting` for somebody to be seen; `countdown`; `rest`: be still; `go`: make the gesture; `moving`: it goes
on; `question`: keep it?; `kept`; `redo`: it was not wanted; `refused`: it is no take; `idle`: so much is;
`false_start`: a gesture started where none is; `camera`: it is away or back; `reminder`: nothing happens."""


@dataclass(frozen=True)
class Progress:
    """What is happening now.

    Attributes:
        step: see `Step`.
        text: a sentence for the user.
        take: number of the take that is being made, from 1; 0 where there are none.
        takes: how many there shall be; 0 where nobody knows.
        at: seconds on the source's clock.
    """

    step: Step
    text: str
    take: int = 0
    takes: int = 0
    at: float = 0.0


Tell = Callable[[Progress], None]
"""Gets each change, in the thread that records."""

Judge = Callable[[Candidate], bool | None]
"""Whether to keep a take: True, False to make it again, None for not yet; then it is asked again soon."""
