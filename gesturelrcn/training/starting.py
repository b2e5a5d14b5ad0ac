"""The weights that a training begins with."""

import logging

from safetensors import SafetensorError
from safetensors.torch import load_file

from gesturelrcn.errors import ModelError
from gesturelrcn.model.files import card_path
from gesturelrcn.model.network import LRCN
from gesturelrcn.training.errors import TrainingError
from gesturelrcn.training.pretrained import load_pretrained

logger = logging.getLogger(__name__)

IMAGENET, RANDOM = "imagenet", "random"
LOOKING = ("backbone", "keypoint_head", "hand_backbone", "hand_head")
"""The parts of the network that look at pictures; the others read what these say."""


def fill_start(model: LRCN, start: str) -> None:
    """Fill the CNNs of `model` in place.

    Args:
        model: freshly made.
        start: `imagenet`, `random`, or the name or card of a model whose CNNs are taken over.

    Raises:
        TrainingError: there is no such model, or its CNN is another one.
    """
    if start == RANDOM:
        return
    if start == IMAGENET:
        load_pretrained(model.backbone)
        if model.config.hand_size:
            load_pretrained(model.hand_backbone)
        return
    weights = card_path(start).with_suffix(".safetensors")
    try:
        held = {key: value for key, value in load_file(weights).items() if key.startswith(LOOKING)}
        missing = model.load_state_dict(held, strict=False).missing_keys
    except (OSError, SafetensorError, RuntimeError, ModelError) as problem:
        reason = str(problem).splitlines()[0]
        raise TrainingError(
            f"start = {start!r}: the weights in {weights} cannot be taken over ({reason}); give imagenet,"
            " random, or a model with the same [network]."
        ) from problem
    if lacking := sorted({key.split(".")[0] for key in missing if key.startswith(LOOKING)}):
        logger.warning("%s has no %s; these begin at random", weights, ", ".join(lacking))
