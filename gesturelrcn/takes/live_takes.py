"""Takes before a camera: wait, count down, rest, go, cut, ask, and so on until there are enough."""

import math
from collections.abc import Callable

from gesturelrcn.takes.cutting import Candidate, TakeCutter
from gesturelrcn.takes.errors import TakeError
from gesturelrcn.takes.progress import Judge, Progress, Step, Tell
from gesturelrcn.takes.sight import Sight

COUNTDOWN = 3.0
"""Seconds from being seen to the first take."""
BACK_TO_REST = 2.0
"""Seconds that the user has to leave the keyboard and rest."""
REMIND = 20.0
"""Seconds after which it is said what is waited for."""
GIVE_UP = 60.0
"""Seconds after which nothing is waited for any more."""

_MISSING: dict[Step, str] = {
    "waiting": "nobody is seen; head, shoulders and a raised hand should be in the picture, with light on"
    " you",
    "rest": "something keeps moving; be still for a moment, with your hands down, so that the take can begin"
    " at rest",
    "go": "nothing moves; make the gesture, and go back to rest",
}


class LiveTakes:
    """Says what to do and cuts takes, frame by frame; all times are those of the frames."""

    def __init__(
        self,
        gesture: str,
        takes: int,
        *,
        cutter: TakeCutter,
        tell: Tell,
        judge: Judge,
        keep: Callable[[Candidate], object],
    ) -> None:
        """Set up the takes.

        Args:
            gesture: name.
            takes: how many.
            cutter: cuts them.
            tell: is told what happens.
            judge: is asked about each.
            keep: writes one.
        """
        self._gesture, self._takes = gesture, takes
        self._cutter, self._tell, self._judge, self._keep = cutter, tell, judge, keep
        self._kept = 0
        self._step: Step | None = None
        self._until = 0.0
        self._left = 0
        self._since: float | None = None
        self._reminded = False
        self._asked: Candidate | None = None
        self._answered_at_once = True

    @property
    def done(self) -> bool:
        """Whether there are enough."""
        return self._kept >= self._takes

    def see(self, sight: Sight) -> None:
        """Take in a frame.

        Raises:
            TakeError: a take cannot be written, or nothing happens for a minute.
        """
        at = sight.at
        if self._asked is not None:
            self._ask(at)
        elif self._step is None or self._step == "waiting":
            self._wait_for_somebody(sight)
        elif self._step == "countdown":
            self._count_down(sight)
        else:
            self._watch(sight)
        self._look_at_clock(at)

    def poll(self, at: float) -> None:
        """Look for an answer while the camera gives no frame.

        Raises:
            TakeError: a take cannot be written.
        """
        if self._asked is not None:
            self._ask(at)

    def _look_at_clock(self, at: float) -> None:
        if self._since is None:
            self._since = at
        if self._asked is not None or self._step not in _MISSING or self.done:
            return
        waited = at - self._since
        if waited > GIVE_UP:
            raise TakeError(f"For a minute {_MISSING[self._step].split(';')[0]}; {self._so_far}.")
        if waited > REMIND and not self._reminded:
            self._reminded = True
            self._say("reminder", f"For {REMIND:.0f} seconds {_MISSING[self._step]}.", at)

    @property
    def _so_far(self) -> str:
        return f"{self._kept} of {self._takes} takes are kept" if self._kept else "no take is kept"

    def _wait_for_somebody(self, sight: Sight) -> None:
        if sight.region is not None:
            self._begin_countdown(sight.at, COUNTDOWN)
        elif self._step is None:
            self._go_to("waiting", "Waiting for somebody before the camera.", sight.at)

    def _begin_countdown(self, at: float, seconds: float) -> None:
        self._until, self._left = at + seconds, math.ceil(seconds) + 1
        self._go_to("countdown", f"Take {self._kept + 1} of {self._takes}: hands down.", at)

    def _count_down(self, sight: Sight) -> None:
        if sight.region is None:
            self._go_to("waiting", "You are out of the picture.", sight.at)
            return
        left = math.ceil(self._until - sight.at)
        if left <= 0:
            self._cutter.reset()
            self._go_to("rest", "Be still.", sight.at)
        elif left < self._left:
            self._left = left
            self._say("countdown", f"{left} ...", sight.at)

    def _watch(self, sight: Sight) -> None:
        candidate = self._cutter.see(sight)
        if candidate is not None:
            self._take_up(candidate, sight.at)
        elif sight.region is None:
            self._go_to("waiting", "You are out of the picture.", sight.at)
        elif self._cutter.moving:
            if self._step != "moving":
                self._go_to("moving", "It is seen; go back to rest when it is done.", sight.at)
        elif self._cutter.resting:
            if self._step == "moving":
                self._step = "go"  # it was a twitch
            elif self._step != "go":
                self._go_to("go", f"Now: {self._gesture}.", sight.at)
        elif self._step != "rest":  # moved in a way that is nothing, or the place of rest was lost
            self._go_to("rest", "Be still.", sight.at)

    def _take_up(self, candidate: Candidate, at: float) -> None:
        if candidate.problem:
            self._go_to("refused", f"That is no take: {candidate.problem}. Again.", at)
            return
        self._asked, self._answered_at_once = candidate, True
        which = f"Take {self._kept + 1} of {self._takes}: {candidate.in_words}."
        self._go_to("question", which, at)
        self._ask(at)
        self._answered_at_once = self._asked is None

    def _ask(self, at: float) -> None:
        assert self._asked is not None
        wanted = self._judge(self._asked)
        if wanted is None:
            return
        candidate, self._asked = self._asked, None
        if wanted:
            self._keep(candidate)
            self._kept += 1
            self._go_to("kept", "Kept.", at)
        else:
            self._go_to("redo", "Thrown away. Again.", at)
        if not self.done and not self._answered_at_once:  # a hand went to the keyboard
            self._begin_countdown(at, BACK_TO_REST)

    def _go_to(self, step: Step, text: str, at: float) -> None:
        if self._since is None or step in ("countdown", "go", "question", "kept", "redo", "refused"):
            self._since, self._reminded = at, False
        self._step = step
        self._say(step, text, at)

    def _say(self, step: Step, text: str, at: float) -> None:
        self._tell(Progress(step, text, min(self._kept + 1, self._takes), self._takes, at))
