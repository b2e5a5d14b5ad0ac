"""The config of a training: every setting with its default, readable without torch; see docs/training.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal[
    "index",
    "folders",
    "films",
    "stills",
    "pictures",
    "hands",
    "performances",
    "tracks",
    "poses",
    "skeletons",
    "landmarks",
    "backgrounds",
    "people",
]
"""What lies in a folder: clips with an index.csv; class/clip files; films with truth by `gesturelrcn synth`;
single pictures; shards of pictures with joints; shards of pictures of hands with landmarks; shards of
performances of synthetic people, of which nothing is drawn; shards of joint tracks without pictures;
streams of poses with truth for every frame, without pictures; skeletons in space, without pictures;
landmarks of body and hands before a webcam, without pictures;
pictures of rooms to put behind people; shards of whole frames with the people in them."""


@dataclass(frozen=True)
class Make:
    """How to make a data set of synthetic people; the defaults are those of the commands.

    Attributes:
        people: for films: how many different people.
        hours: for films: length of all together.
        clips: for films: share of the hours in clips of one gesture.
        size: of the pictures, pixels; of whole frames with people, their width.
        fps: for films.
        gestures: for films: a vocabulary file relative to the config; empty for the shipped gestures.
        frames: for pictures, hands, backgrounds and people: how many, about; for performances: how many of
            those.
        seed: other people.
    """

    people: int = 40
    hours: float = 1.0
    clips: float = 0.8
    size: int = 192
    fps: int = 15
    gestures: str = ""
    frames: int = 0
    seed: int = 0


@dataclass(frozen=True)
class DataSettings:
    """One data set.

    Attributes:
        name: short name, for messages and for `--without`.
        licence: for the model's card; "states none" where there is none.
        source: for the model's card: where it comes from.
        about: for the model's card: what it is; default the name.
        path: below the data folder; default the name.
        kind: default is what the folder looks like.
        weight: how often streams are made of it for the gestures, relative to the others; 0 for never.
        weights: the same for each of the readers, where they shall learn from the sets in different shares.
        joints: how often pictures are drawn from it for the joints, relative to the others; 0 for never. For
            backgrounds: the share of pictures of real people that get another room.
        hands: how often pictures are drawn from it for the landmarks of hands, likewise.
        people: how often whole frames are drawn from it for the network that finds people, likewise.
        every: for joints and people, every how many frames of a clip a picture is taken; neighbours look
            alike.
        holdout: subjects that no stage trains on.
        holdout_share: of the subjects if `holdout` names none; of the clips of each class where the
            subjects are not known.
        files: for poses, skeletons and landmarks: only these files of the folder, `*` stands for
            anything; all if empty.
        names: other words for the labels of the set, such as `pinch = "zoom_out"`.
        unlabelled: gestures that occur in the set though nobody has said where: where one of them is found in
            what is labelled `none`, that is no error.
        false_starts: most false starts an hour in clips of it without a gesture, of people who are not
            learnt from, at the thresholds called normal: by activity, `"*"` for every other one.
        make: the set is made by the run itself, see `Make`.
    """

    name: str
    licence: str
    source: str
    about: str = ""
    path: str = ""
    kind: Kind | None = None
    weight: float = 1.0
    weights: tuple[float, ...] = ()
    joints: float = 1.0
    hands: float = 1.0
    people: float = 1.0
    every: int = 2
    holdout: tuple[str, ...] = ()
    holdout_share: float = 0.0
    files: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    unlabelled: tuple[str, ...] = ()
    false_starts: Mapping[str, float] = field(default_factory=dict)
    make: Make | None = None


@dataclass(frozen=True)
class KeypointSettings:
    """How long and how fast the CNN learns where joints are.

    Attributes:
        steps: optimiser steps.
        batch: pictures a step, over all processes.
        rate: highest learning rate.
        early_layers: train the layers up to stride 8 as well.
        seed: of every random choice.
        threads: that make the pictures of a batch; more than one pays beside a GPU.
    """

    steps: int = 2800
    batch: int = 32
    rate: float = 1.5e-3
    early_layers: bool = False
    seed: int = 0
    threads: int = 1


@dataclass(frozen=True)
class HandSettings:
    """How long and how fast the second CNN learns where the landmarks of a hand are.

    Attributes:
        steps: optimiser steps.
        batch: pictures a step.
        rate: highest learning rate.
        early_layers: train the layers up to stride 8 as well.
        seed: of every random choice.
    """

    steps: int = 6000
    batch: int = 48
    rate: float = 1.5e-3
    early_layers: bool = True
    seed: int = 0


@dataclass(frozen=True)
class PeopleSettings:
    """How long and how fast the network learns where people are in a whole frame.

    Attributes:
        steps: optimiser steps; more than 0 makes of the training one of this network, and of nothing else.
        batch: pictures a step, over all processes.
        rate: highest learning rate.
        presence: what the trained network says where somebody is as likely as not; 0.5 is written for it.
        start: `people.safetensors` of another run, from whose weights this one goes on, relative to the data
            folder.
        seed: of every random choice.
    """

    steps: int = 0
    batch: int = 32
    rate: float = 2e-3
    presence: float = 0.5
    start: str = ""
    seed: int = 0


@dataclass(frozen=True)
class FeatureSettings:
    """What the CNN looks at for the recurrent part.

    Attributes:
        versions: random cameras under which every clip is seen, beside its own.
        seed: of every random choice.
    """

    versions: int = 4
    seed: int = 0


@dataclass(frozen=True)
class RecognitionSettings:
    """How long and how fast the recurrent part learns gestures.

    Attributes:
        steps: optimiser steps.
        streams: streams side by side, over all processes.
        chunk: frames through which the gradient flows (truncated back-propagation); the state
            is carried on from chunk to chunk.
        rate: highest learning rate.
        keypoint_noise: standard deviation added to joints, shares of the picture.
        seed: of every random choice.
        none_weight: how much a frame without a gesture counts against one with a gesture.
    """

    steps: int = 2500
    streams: int = 32
    chunk: int = 48
    rate: float = 2e-3
    keypoint_noise: float = 0.006
    seed: int = 0
    none_weight: float = 1.0


@dataclass(frozen=True)
class ThresholdSettings:
    """What the thresholds have to reach on the people held out.

    Where a data set says how many `false_starts` an hour are allowed in it, there are three operating points:
    `normal`, which keeps to them, `careful` to a third of them, and `eager` to three times as many.

    Attributes:
        precision: share of starts of each gesture that have to be right.
        wrong_start: how many gestures that are found outweigh a start that is wrong.
        false_triggers_per_hour: most starts in an hour without a gesture, over all gestures; 0 for no limit.
        otherwise: start threshold of a gesture that keeps to these at no threshold.
        least_recall: gestures that are found less often than this are off, unless somebody turns them on.
        hours: length of the streams that are stitched from the clips of real people.
        folds: parts into which the people who are trained on are dealt; readers that have not learnt from a
            part set the thresholds on it. 0: set them on the people held out.
        made_hours: with folds, length of the streams of synthetic people who make no gesture, beside those.
        taken_from: `thresholds.json` of another run, relative to the data folder: for a model that is
            trained on everybody, so that nobody is left to set thresholds on.
        seed: of every random choice.
    """

    precision: float = 0.8
    wrong_start: float = 0.5
    false_triggers_per_hour: float = 0.0
    otherwise: float = 0.95
    least_recall: float = 0.0
    hours: float = 1.0
    folds: int = 0
    made_hours: float = 0.0
    taken_from: str = ""
    seed: int = 0


@dataclass(frozen=True)
class Config:
    """A whole training.

    Attributes:
        name: of the model, its files and its card.
        data: data sets.
        description: one sentence for the card.
        limits: for the card: what the model cannot do.
        min_fps: lowest frame rate that the card promises.
        max_fps: highest.
        classes: what to tell apart; clips of other classes are left out. Default: every class of the data.
        start: where the CNN's weights come from: `imagenet`, `random`, or the name or card of a model, whose
            CNN is taken over.
        network: sizes of the network, by the names of `NetworkConfig`.
        keypoints: the stage that teaches joints; `steps = 0` leaves the CNN as it starts.
        hands: the stage that teaches the landmarks of hands, for networks with `hand_size`; where nothing is
            said of it and `[keypoints]` has no steps, it has none either.
        people: the stage that teaches the network which finds people; see `PeopleSettings`.
        features: the stage that looks at clips.
        recognition: the stage that teaches gestures.
        thresholds: the stage that sets thresholds.
        zoom: side of the picture of the body in shares of the person region; 0: as in the model that `start`
            names. Larger for actions that leave the region, which ends 2.1 shoulder widths from the chest.
        everybody: whether the readers that are given out learn from the people held out as well, after
            those that did not were measured; the CNNs do not.
    """

    name: str
    data: tuple[DataSettings, ...]
    description: str = "Trained with gesturelrcn train."
    limits: tuple[str, ...] = ()
    min_fps: float = 8.0
    max_fps: float = 40.0
    classes: tuple[str, ...] = ()
    start: str = "imagenet"
    network: Mapping[str, Any] = field(default_factory=dict)
    keypoints: KeypointSettings = field(default_factory=KeypointSettings)
    hands: HandSettings = field(default_factory=HandSettings)
    people: PeopleSettings = field(default_factory=PeopleSettings)
    features: FeatureSettings = field(default_factory=FeatureSettings)
    recognition: RecognitionSettings = field(default_factory=RecognitionSettings)
    thresholds: ThresholdSettings = field(default_factory=ThresholdSettings)
    everybody: bool = False
    zoom: float = 0.0
