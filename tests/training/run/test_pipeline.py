"""Stages one after another: what is done stays done until something that it depends on is another."""

import json
import threading
from types import SimpleNamespace

import pytest

from gesturelrcn.training.config.config import Config
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.run.pipeline import Stage, run_stages
from tests.training.trainings import settings_of, training_in


class Kitchen:
    """Three stages that note when they are done: the dough, the filling, and the pie that needs both."""

    def __init__(self):
        self.done = []
        self.ingredients = {"dough": "flour", "filling": "apples", "pie": "an hour"}
        self.broken = None
        dough, filling = self.stage("dough"), self.stage("filling")
        pie = self.stage("pie", dough, filling)
        self.stages = (dough, filling, pie, self.stage("guests", pie))

    def stage(self, name, *needs, **more):
        def do(training):
            if name == self.broken:
                raise TrainingError(f"no {name}")
            self.done.append(name)
            return {"made_of": self.ingredients.get(name)}

        return Stage(name, needs, lambda training: self.ingredients.get(name), do, **more)

    def run(self, training, *arguments, **more):
        """What is done this time."""
        self.done.clear()
        run_stages(training, self.stages, *arguments, **more)
        return list(self.done)


@pytest.fixture
def kitchen():
    return Kitchen()


@pytest.fixture
def training(tmp_path):
    return training_in(tmp_path, Config(name="tiny", data=(settings_of("any"),)))


def test_every_stage_in_order_and_never_again(kitchen, training):
    assert kitchen.run(training) == ["dough", "filling", "pie", "guests"]
    assert kitchen.run(training) == []
    assert training.run.result("pie") == {"made_of": "an hour"}


@pytest.mark.parametrize(
    ("changed", "done"),
    [
        ("dough", ["dough", "pie", "guests"]),
        ("filling", ["filling", "pie", "guests"]),
        ("pie", ["pie", "guests"]),
        ("guests", ["guests"]),
    ],
)
def test_what_depends_on_something_else_now_is_done_again_with_what_needs_it(
    kitchen, training, changed, done
):
    kitchen.run(training)
    kitchen.ingredients[changed] = "something else"
    assert kitchen.run(training) == done
    assert kitchen.run(training) == []


def test_a_stage_and_what_needs_it_are_done_again_when_asked_for(kitchen, training):
    kitchen.run(training)
    assert kitchen.run(training, again="filling") == ["filling", "pie", "guests"]
    assert kitchen.run(training, again="guests") == ["guests"]


def test_it_stops_after_a_stage(kitchen, training):
    assert kitchen.run(training, until="filling") == ["dough", "filling"]
    assert kitchen.run(training) == ["pie", "guests"]


@pytest.mark.parametrize("word", ["again", "until"])
def test_a_stage_that_is_not_there(kitchen, training, word):
    with pytest.raises(TrainingError, match="no stage 'soup'; the stages are dough, filling, pie, guests"):
        kitchen.run(training, **{word: "soup"})
    assert kitchen.done == []


def test_what_was_done_before_a_stage_that_fails_is_not_done_again(kitchen, training):
    kitchen.broken = "pie"
    with pytest.raises(TrainingError, match="no pie"):
        kitchen.run(training)
    assert kitchen.done == ["dough", "filling"]
    kitchen.broken = None
    assert kitchen.run(training) == ["pie", "guests"]


def test_a_record_says_what_the_stage_was_made_from(kitchen, training):
    kitchen.run(training, until="dough")
    record = json.loads((training.run.path / "stages" / "dough.json").read_text())
    assert record["fingerprint"] == kitchen.stages[0].fingerprint(training)
    assert (record["stage"], record["result"]) == ("dough", {"made_of": "flour"})


def test_two_stages_of_other_names_have_other_fingerprints(kitchen, training):
    kitchen.ingredients["filling"] = kitchen.ingredients["dough"]
    assert len({stage.fingerprint(training) for stage in kitchen.stages}) == len(kitchen.stages)


def second_process(**more):
    """What a process that is not the first one knows of the others."""
    return SimpleNamespace(is_global_zero=False, barrier=lambda: None, **more)


def test_other_processes_wait_for_what_the_first_one_does(kitchen, training):
    first = training.fabric
    training.fabric = second_process()
    waits = threading.Thread(target=kitchen.run, args=(training,), kwargs={"until": "dough"}, daemon=True)
    waits.start()
    waits.join(0.5)
    assert waits.is_alive()
    assert kitchen.done == []
    training.fabric = first
    training.run.record("dough", kitchen.stages[0].fingerprint(training), 0.0, {})
    waits.join(60)
    assert not waits.is_alive()
    assert kitchen.done == []


def test_other_processes_take_part_in_what_is_done_together_and_leave_the_record_to_the_first(
    kitchen, training
):
    kitchen.stages = (kitchen.stage("dough", together=True),)
    training.fabric = second_process(broadcast=lambda done: done)
    assert kitchen.run(training) == ["dough"]
    assert not (training.run.path / "stages").exists()
