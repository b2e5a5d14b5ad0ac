"""Takes before a camera: what is said when, what is kept, and when it gives up. The joints are made up."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from gesturelrcn.region.people_network import PeopleNetwork
from gesturelrcn.takes.cutting import Candidate, TakeCutter
from gesturelrcn.takes.errors import TakeError
from gesturelrcn.takes.live_takes import GIVE_UP, LiveTakes
from gesturelrcn.takes.progress import Progress
from tests.takes.made import sight
from tests.takes.streams import REGION, moved, stroke, times

Joints = Callable[[float], np.ndarray | None]


@dataclass
class Desk:
    """Somebody before a camera, and what the program says and keeps.

    Attributes:
        answers: to the questions, one each time that it is asked; True when there is none left.
    """

    takes: int = 2
    answers: list[bool | None] = field(default_factory=list)
    told: list[Progress] = field(default_factory=list)
    kept: list[Candidate] = field(default_factory=list)

    def __post_init__(self) -> None:
        answers = iter(self.answers)
        self.session = LiveTakes(
            "wave",
            self.takes,
            cutter=TakeCutter(people=PEOPLE),
            tell=self.told.append,
            judge=lambda candidate: next(answers, True),
            keep=self.kept.append,
        )

    def show(self, seconds: float, joints: Joints, begin: float = 0.0, broken: float | None = None) -> None:
        for at in times(seconds, begin):
            if self.session.done:
                return
            self.session.see(sight(at, joints(at), REGION, broken=at == broken))

    @property
    def steps(self) -> list[str]:
        return [progress.step for progress in self.told]

    def said(self, step: str) -> list[str]:
        return [progress.text for progress in self.told if progress.step == step]


PEOPLE = PeopleNetwork()


def strokes(*begins: float, **how: float) -> Joints:
    lifts = [stroke(begin, **how) for begin in begins]
    return lambda at: moved(right=lambda at: sum(lift(at) for lift in lifts), at=at)


def test_from_waiting_to_the_last_take() -> None:
    desk = Desk()
    desk.show(1.0, lambda at: None)
    desk.show(13.0, strokes(6.0, 10.0), begin=1.05)
    assert desk.session.done
    assert len(desk.kept) == 2
    assert desk.steps == [
        *("waiting", "countdown", "countdown", "countdown", "countdown", "rest"),
        *("go", "moving", "question", "kept"),
        *("go", "moving", "question", "kept"),
    ]
    assert desk.said("countdown")[1:] == ["3 ...", "2 ...", "1 ..."]
    assert set(desk.said("go")) == {"Now: wave."}
    [first, second] = desk.said("question")
    assert first.startswith("Take 1 of 2: 1.")
    assert "s, right hand, it went 2.0 shoulder widths." in first
    assert second.startswith("Take 2 of 2: ")


def test_there_is_rest_around_the_motion() -> None:
    desk = Desk(takes=1)
    desk.show(10.0, strokes(6.0))
    [candidate] = desk.kept
    take = candidate.take("wave", "tiny", "ab")
    assert take.onset == pytest.approx(0.6, abs=0.15)
    assert take.rested is not None
    assert take.seconds - take.rested == pytest.approx(0.5, abs=0.15)
    assert take.hand == "right"


def test_what_is_not_wanted_is_made_again() -> None:
    desk = Desk(takes=1, answers=[False])
    desk.show(14.0, strokes(6.0, 10.0))
    assert len(desk.kept) == 1
    assert desk.kept[0].motion.onset == pytest.approx(10.0, abs=0.2)
    assert desk.said("redo") == ["Thrown away. Again."]


def test_while_a_question_is_open_nothing_is_cut_and_then_there_is_time_to_rest() -> None:
    """Hands that go to the keyboard and back are no takes."""
    desk = Desk(takes=2, answers=[None] * 40 + [True])
    desk.show(18.0, strokes(6.0, 9.0, 13.5))
    assert [candidate.motion.onset for candidate in desk.kept] == pytest.approx([6.0, 13.5], abs=0.2)
    assert desk.said("countdown")[-3:] == ["Take 2 of 2: hands down.", "2 ...", "1 ..."]


def test_an_answer_is_taken_while_the_camera_is_away() -> None:
    desk = Desk(takes=1, answers=[None] * 40)
    desk.show(8.2, strokes(6.0, held=0.5))
    assert desk.steps[-1] == "question"
    while not desk.session.done:
        desk.session.poll(99.0)
    assert len(desk.kept) == 1


def test_what_is_no_take_is_said_and_made_again() -> None:
    desk = Desk(takes=1)
    desk.show(12.0, strokes(6.0, there=0.05, held=0.1, back=0.05))
    assert desk.said("refused") == ["That is no take: that was shorter than 0.3 s, a twitch. Again."]
    assert desk.kept == []
    assert desk.steps[-1] in ("go", "refused")


def test_a_small_twitch_is_not_worth_a_word() -> None:
    desk = Desk(takes=1)
    desk.show(12.0, strokes(6.0, there=0.05, held=0.1, back=0.05, high=0.6))
    assert "moving" in desk.steps
    assert "refused" not in desk.steps
    assert desk.said("go") == ["Now: wave."]


def test_a_twitch_that_few_frames_showed_is_none() -> None:
    desk = Desk(takes=1)
    desk.show(6.2, strokes(6.0, there=0.1, held=0.1, back=0.2, high=0.6))
    desk.show(6.0, strokes(6.0, there=0.1, held=0.1, back=0.2, high=0.6), begin=6.4)
    assert desk.kept == []
    assert "refused" not in desk.steps


def test_what_was_seen_of_too_slowly_is_no_take() -> None:
    """A camera, or a computer, that shows two pictures a second: nobody could say how the hand went."""
    desk = Desk(takes=1)
    joints = strokes(6.0)
    for at in times(14.0):
        if not 6.0 < at < 8.5 or round(at * 20) % 10 == 0:
            desk.session.see(sight(at, joints(at), REGION))
    [sentence] = desk.said("refused")
    assert sentence.startswith("That is no take: only ")
    assert sentence.endswith("because the camera or the computer was slow. Again.")
    assert desk.kept == []


def test_who_goes_away_in_a_take() -> None:
    desk = Desk(takes=1)
    desk.show(12.0, lambda at: strokes(6.0)(at) if at < 6.8 else None)
    assert desk.said("refused") == ["That is no take: you went out of the picture. Again."]


def test_a_camera_that_was_away_in_a_take() -> None:
    desk = Desk(takes=1)
    begin = 6.8
    desk.show(begin, strokes(6.0))
    desk.show(4.0, strokes(6.0), begin=begin + 0.4, broken=begin + 0.4)
    assert desk.said("refused") == ["That is no take: frames are missing in it; the camera was away. Again."]
    assert desk.kept == []


GIVING_UP: dict[str, tuple[Joints, str, str]] = {
    "nobody": (lambda at: None, "nobody is seen; head, shoulders", "For a minute nobody is seen; no take"),
    "nothing": (lambda at: moved(at=at), "nothing moves; make the gesture", "For a minute nothing moves;"),
    "no rest": (
        lambda at: moved(right=lambda at: 1 + np.sin(7 * at), at=at),
        "something keeps moving; be still",
        "For a minute something keeps moving; no take is kept.",
    ),
}


@pytest.mark.parametrize(("joints", "reminder", "sentence"), GIVING_UP.values(), ids=GIVING_UP)
def test_it_reminds_and_then_gives_up(joints: Joints, reminder: str, sentence: str) -> None:
    desk = Desk()
    with pytest.raises(TakeError, match=sentence):
        desk.show(GIVE_UP + 5, joints)
    [said] = desk.said("reminder")
    assert said.startswith(f"For 20 seconds {reminder}")


def test_who_comes_late_has_as_long_as_everybody() -> None:
    desk = Desk(takes=1)
    desk.show(50.0, lambda at: None)
    desk.show(40.0, strokes(85.0), begin=50.05)
    assert len(desk.kept) == 1


def test_giving_up_says_what_is_kept() -> None:
    desk = Desk(takes=3)
    with pytest.raises(TakeError, match="nothing moves; 1 of 3 takes are kept"):
        desk.show(GIVE_UP + 20, strokes(6.0))
