"""The stages of a training. Each is a file: what it depends on and what it does stand together."""

from gesturelrcn.training.config.config import Config
from gesturelrcn.training.run.pipeline import Stage
from gesturelrcn.training.stages.evaluation import EVALUATION
from gesturelrcn.training.stages.everybody import EVERYBODY
from gesturelrcn.training.stages.export import EXPORT
from gesturelrcn.training.stages.features import FEATURES
from gesturelrcn.training.stages.folds import FOLDS
from gesturelrcn.training.stages.hands import HANDS
from gesturelrcn.training.stages.keypoints import KEYPOINTS
from gesturelrcn.training.stages.locator import LOCATOR
from gesturelrcn.training.stages.people import PEOPLE
from gesturelrcn.training.stages.recognition import RECOGNITION
from gesturelrcn.training.stages.sightings import SIGHTINGS
from gesturelrcn.training.stages.synthesis import SYNTHESIS
from gesturelrcn.training.stages.teacher import TEACHER
from gesturelrcn.training.stages.thresholds import THRESHOLDS

GESTURE_STAGES = (
    *(SYNTHESIS, TEACHER, KEYPOINTS, HANDS, FEATURES, RECOGNITION),
    *(FOLDS, THRESHOLDS, EXPORT, EVALUATION, EVERYBODY),
)
"""Of a model that recognises gestures, in this order. One that needs another stands after it."""

PEOPLE_STAGES = (SYNTHESIS, SIGHTINGS, PEOPLE, LOCATOR)
"""Of the network that finds people, likewise."""

STAGES = (*GESTURE_STAGES, *(stage for stage in PEOPLE_STAGES if stage not in GESTURE_STAGES))
"""Every stage that there is."""


def stages_of(config: Config) -> tuple[Stage, ...]:
    """What a config asks for: the network that finds people where it says how to train it, else gestures."""
    return PEOPLE_STAGES if config.people.steps else GESTURE_STAGES
