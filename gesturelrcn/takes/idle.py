"""Stretches without a gesture: whatever the user does that shall start nothing."""

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from gesturelrcn.overlay import Recorder
from gesturelrcn.takes.cutting import take_of
from gesturelrcn.takes.errors import TakeError
from gesturelrcn.takes.folder import StoredTake, TakeFolder
from gesturelrcn.takes.sight import Sight, picture_of
from gesturelrcn.takes.take import FEWEST
from gesturelrcn.takes.writing import closed
from gesturelrcn.vocabulary import NONE

PIECE = 30.0
"""Seconds after which what there is is kept: more is never lost when a program is killed."""
_STRIDE = 1.0
"""Seconds between two frames from which on what lies between does not count as seen."""


class IdleStretch:
    """Writes a long stretch piece by piece while it is seen."""

    def __init__(
        self,
        folder: TakeFolder,
        *,
        pictures: bool,
        hurry: bool,
        model: str,
        weights: str,
        kept: Callable[[StoredTake], None],
    ) -> None:
        """Set up the stretch.

        Args:
            folder: takes the pieces.
            pictures: films are kept beside what the CNN saw.
            hurry: no frame waits for the encoder.
            model: name of the model that looks.
            weights: SHA-256 of its graph.
            kept: is told each piece.
        """
        self._folder, self._pictures, self._hurry = folder, pictures, hurry
        self._model, self._weights, self._kept = model, weights, kept
        self._sights: list[Sight] = []
        self._film: tuple[Recorder, Path] | None = None
        self._last: Sight | None = None
        self.seconds = 0.0

    def see(self, sight: Sight) -> None:
        """Take in a frame.

        Raises:
            TakeError: the piece that is full cannot be kept.
        """
        last = self._last
        if sight.broken or (self._sights and not 0 <= sight.at - self._sights[0].at < PIECE):
            self.finish()
        elif last is not None and last.joints is not None and sight.joints is not None:
            step = sight.at - last.at
            self.seconds += step if step < _STRIDE else 0.0
        self._last = sight
        if sight.joints is None and not self._sights:
            return  # a piece begins with somebody
        self._sights.append(replace(sight, picture=b""))
        if self._pictures:
            if self._film is None:
                path = self._folder.new_film()
                self._film = Recorder(path, warns=False), path
            self._film[0].put(sight.at, partial(picture_of, sight.picture), wait=not self._hurry)

    def finish(self) -> None:
        """Keep what there is.

        Raises:
            TakeError: it cannot be kept.
        """
        sights, self._sights = self._sights, []
        film, self._film = self._film, None
        path = None if film is None else closed(*film)
        if sum(sight.joints is not None for sight in sights) >= FEWEST:
            self._kept(self._folder.keep(take_of(sights, NONE, self._model, self._weights), path))
        elif path is not None:
            path.unlink(missing_ok=True)

    def throw_away(self) -> None:
        """Leave nothing of the piece that is not full."""
        film, self._film, self._sights = self._film, None, []
        if film is not None:
            with suppress(TakeError):  # then nothing is left of it either
                closed(*film).unlink(missing_ok=True)


def duration(text: str) -> float:
    """Seconds of "3m", "90s", "1.5m", "1h", or a number of seconds.

    Raises:
        TakeError: it is none of these, or not above 0 and at most an hour.
    """
    word = text.strip().lower()
    unit = {"s": 1.0, "m": 60.0, "h": 3600.0}.get(word[-1:])
    try:
        seconds = float(word if unit is None else word[:-1]) * (unit or 1.0)
    except ValueError:
        seconds = math.nan
    if not 1 <= seconds <= 3600:
        raise TakeError(f'A time of "{text}" is none: say for how long, from 1s to 1h, as in --idle 3m.')
    return seconds
