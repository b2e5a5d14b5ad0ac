"""The stages of a training. Each is a file: what it depends on and what it does stand together."""

from gesturelrcn.training.stages.evaluation import EVALUATION
from gesturelrcn.training.stages.everybody import EVERYBODY
from gesturelrcn.training.stages.export import EXPORT
from gesturelrcn.training.stages.features import FEATURES
from gesturelrcn.training.stages.folds import FOLDS
from gesturelrcn.training.stages.hands import HANDS
from gesturelrcn.training.stages.keypoints import KEYPOINTS
from gesturelrcn.training.stages.recognition import RECOGNITION
from gesturelrcn.training.stages.synthesis import SYNTHESIS
from gesturelrcn.training.stages.teacher import TEACHER
from gesturelrcn.training.stages.thresholds import THRESHOLDS

STAGES = (
    *(SYNTHESIS, TEACHER, KEYPOINTS, HANDS, FEATURES, RECOGNITION),
    *(FOLDS, THRESHOLDS, EXPORT, EVALUATION, EVERYBODY),
)
"""In this order. One that needs another stands after it."""
