"""The LRCN: a CNN looks at every frame, an LSTM remembers, a softmax names the gesture.

Donahue et al. 2015, "Long-term Recurrent Convolutional Networks for Visual Recognition and
Description", arXiv:1411.4389. Here the CNN is taught to point at joints, and the LSTM reads where they
are: what people look like never reaches it, so it cannot be learnt by heart from a few of them. State
goes in and comes out, so one frame at a time, chunks and whole clips give the same scores.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from gesturelrcn.model.backbone import COARSE_CHANNELS, FINE_CHANNELS, Backbone
from gesturelrcn.model.keypoints import KEYPOINTS

MEAN, STD = 0.498, 0.502
"""Normalisation of 0..1 pixels that the pretrained backbone expects."""

_LEFT_SHOULDER, _RIGHT_SHOULDER = KEYPOINTS.index("left_shoulder"), KEYPOINTS.index("right_shoulder")

REFERENCE_DT = 0.05
"""Seconds between frames at which the dt input is 0."""


@dataclass(frozen=True)
class NetworkConfig:
    """The sizes of the network.

    Attributes:
        classes: names of the scores in order; contains `none`.
        size: side of the input picture, pixels; a multiple of 16.
        hidden: width of the LSTM.
        joint_features: width of the description of the joints.
        dropout: share of the features that are dropped in training.
    """

    classes: tuple[str, ...]
    size: int = 128
    hidden: int = 128
    joint_features: int = 64
    dropout: float = 0.4


class KeypointHead(nn.Module):
    """Two feature maps -> joints: soft-argmax over heat maps at stride 8 (arXiv:1711.08229)."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.fine = nn.Conv2d(FINE_CHANNELS, width, 1)
        self.coarse = nn.Conv2d(COARSE_CHANNELS, width, 1)
        self.mix = nn.Sequential(
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, 5, padding=2, groups=width, bias=False),
            nn.Conv2d(width, width, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
        )
        self.heat = nn.Conv2d(width, len(KEYPOINTS), 1)
        self.visible = nn.Linear(width + COARSE_CHANNELS, len(KEYPOINTS))

    def forward(self, fine: Tensor, coarse: Tensor) -> tuple[Tensor, Tensor]:
        """Maps -> positions (N, J, 2) in shares of the picture, visibility logits (N, J)."""
        merged = self.fine(fine) + functional.interpolate(
            self.coarse(coarse), scale_factor=2.0, mode="nearest"
        )
        mixed = self.mix(merged)
        heat = self.heat(mixed)
        side = heat.shape[-1]
        share = heat.flatten(2).softmax(-1).view_as(heat)
        ticks = (torch.arange(side, dtype=heat.dtype, device=heat.device) + 0.5) / side
        x = (share.sum(2) * ticks).sum(-1)
        y = (share.sum(3) * ticks).sum(-1)
        pooled = torch.cat([mixed.amax((2, 3)), coarse.amax((2, 3))], 1)
        return torch.stack([x, y], -1), self.visible(pooled)


class LRCN(nn.Module):
    """Frames -> scores, with explicit state."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        joints = len(KEYPOINTS)
        self.backbone = Backbone()
        self.keypoint_head = KeypointHead()
        self.joint_encoder = nn.Sequential(nn.Linear(joints * 3, config.joint_features), nn.ReLU())
        self.dropout = nn.Dropout(config.dropout)
        self.lstm = nn.LSTM(config.joint_features + 1, config.hidden, batch_first=True)
        self.classify = nn.Linear(config.hidden, len(config.classes))

    @staticmethod
    def normalise(pictures: Tensor) -> Tensor:
        """(N, S, S, 3) uint8 BGR -> (N, 3, S, S) float32 RGB as the backbone expects it."""
        return (pictures.flip(-1).permute(0, 3, 1, 2).float() / 255.0 - MEAN) / STD

    def look(self, pictures: Tensor) -> Tensor:
        """The time-distributed part: (N, S, S, 3) uint8 BGR -> joints (N, J, 3): x, y, visibility, 0 to 1."""
        positions, visible = self.keypoint_head(*self.backbone(self.normalise(pictures)))
        return torch.cat([positions, visible.sigmoid()[..., None]], -1)

    @staticmethod
    def body_coordinates(keypoints: Tensor) -> Tensor:
        """Joints relative to the shoulders: (..., J, 3) -> (..., J * 3).

        The origin is the middle of the shoulders and the unit a quarter of the picture, in which the
        region is 4.2 shoulder widths wide: where the region lies exactly does not matter then.
        """
        xy, visible = keypoints[..., :2], keypoints[..., 2:]
        middle = (xy[..., _LEFT_SHOULDER, :] + xy[..., _RIGHT_SHOULDER, :]) / 2
        return torch.cat([(xy - middle[..., None, :]) * 4.0, visible - 0.5], -1).flatten(-2)

    def remember(self, keypoints: Tensor, dt: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """The recurrent part.

        Args:
            keypoints: (B, T, J, 3) joints in B streams of T frames.
            dt: (B, T) seconds since the frame before.
            state: (2, B, hidden), hidden and cell state.

        Returns:
            Logits (B, T, classes) and the new state (2, B, hidden).
        """
        joints = self.dropout(self.joint_encoder(self.body_coordinates(keypoints)))
        pace = torch.log(dt.clamp(0.005, 1.0) / REFERENCE_DT)[..., None]
        hidden, cell = state[:1].contiguous(), state[1:].contiguous()
        remembered, (hidden, cell) = self.lstm(torch.cat([joints, pace], -1), (hidden, cell))
        return self.classify(self.dropout(remembered)), torch.cat([hidden, cell], 0)

    def forward(self, pictures: Tensor, state: Tensor, dt: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """A chunk of one or more frames of B streams.

        Args:
            pictures: (B, T, S, S, 3) uint8 BGR crops.
            state: (2, B, hidden).
            dt: (B, T) seconds since the frame before.

        Returns:
            Scores (B, T, classes), softmax; keypoints (B, T, J, 3); new state (2, B, hidden).
        """
        b, t = pictures.shape[:2]
        keypoints = self.look(pictures.flatten(0, 1)).view(b, t, len(KEYPOINTS), 3)
        logits, state = self.remember(keypoints, dt, state)
        return logits.softmax(-1), keypoints, state

    def initial_state(self, streams: int = 1) -> Tensor:
        """(2, streams, hidden) zeros: nothing seen yet."""
        return torch.zeros(2, streams, self.config.hidden)
