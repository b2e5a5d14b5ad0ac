"""The LRCN: a CNN looks at every frame, an LSTM remembers, a softmax names the gesture.

Donahue et al. 2015, "Long-term Recurrent Convolutional Networks for Visual Recognition and
Description", arXiv:1411.4389. Here the CNN is taught to point at joints, and the LSTM reads where they
are: what people look like never reaches it, so it cannot be learnt by heart from a few of them. A second,
smaller picture at full resolution (the fovea) shows the hand that acts; a second CNN of the same kind points
at its 21 landmarks, and the LSTM reads those too. State goes in and comes out, so one frame at a time,
chunks and whole clips give the same scores.
"""

from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from gesturelrcn.keypoints import HAND_LANDMARKS, HAND_SHAPE, HAND_VALUES, KEYPOINTS
from gesturelrcn.model.backbone import COARSE_CHANNELS, FINE_CHANNELS, Backbone
from gesturelrcn.model.network_config import NetworkConfig

MEAN, STD = 0.498, 0.502
"""Normalisation of 0..1 pixels that the pretrained backbone expects."""

_LEFT_SHOULDER, _RIGHT_SHOULDER = KEYPOINTS.index("left_shoulder"), KEYPOINTS.index("right_shoulder")

REFERENCE_DT = 0.05
"""Seconds between frames at which the dt input is 0."""

LEAST = 1e-9
"""Least share whose logarithm is taken."""

SPEED, FASTEST = 0.1, 1.5
"""Speeds are ways in so many seconds, and cut there: a joint that jumps is a mistake."""

HEADS_IN_FILES = "readers"
"""Name of the temporal heads in files of weights, which last longer than the words of the code."""


class KeypointHead(nn.Module):
    """Two feature maps -> points: soft-argmax over heat maps at stride 8 (arXiv:1711.08229).

    Beside the positions it gives `values` numbers read off the whole picture: visibilities, depths.
    """

    def __init__(self, points: int, values: int, width: int = 64) -> None:
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
        self.heat = nn.Conv2d(width, points, 1)
        self.visible = nn.Linear(width + COARSE_CHANNELS, values)

    def forward(self, fine: Tensor, coarse: Tensor) -> tuple[Tensor, Tensor]:
        """Maps -> positions (N, points, 2) in shares of the picture, and (N, values)."""
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


class TemporalHead(nn.Module):
    """Reads joints and hand frame by frame and remembers: encoders, dropout, LSTM, class scores."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        doubled = 2 if config.motion else 1
        joints = 3 * len(KEYPOINTS) * doubled
        self.joint_encoder = nn.Sequential(nn.Linear(joints, config.joint_features), nn.ReLU())
        described = config.joint_features + 1
        if config.hand_size:
            hand = HAND_VALUES * doubled
            self.hand_encoder = nn.Sequential(nn.Linear(hand, config.hand_features), nn.ReLU())
            described += config.hand_features
        self.dropout = nn.Dropout(config.dropout)
        self.lstm = nn.LSTM(described, config.hidden, batch_first=True)
        self.classify = nn.Linear(config.hidden, len(config.classes))
        if config.regression:
            self.regress = nn.Linear(config.hidden, len(config.regression))

    def forward(
        self, body: Tensor, hand: Tensor | None, pace: Tensor, state: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Observations (B, T, ...), pace (B, T, 1), state (2, B, hidden) -> outputs (B, T, C + K), new state.

        The outputs are the logits of the C classes and, behind them, the K numbers of `regression`.
        """
        parts = [self.joint_encoder(body)]
        if hand is not None:
            parts.append(self.hand_encoder(hand))
        described = torch.cat([self.dropout(torch.cat(parts, -1)), pace], -1)
        remembered, (hidden, cell) = self.lstm(described, (state[:1].contiguous(), state[1:].contiguous()))
        return self._outputs(self.dropout(remembered)), torch.cat([hidden, cell], 0)

    def _outputs(self, remembered: Tensor) -> Tensor:
        """The output layers: what is remembered -> logits of the classes, then numbers."""
        logits: Tensor = self.classify(remembered)
        if not self.config.regression:
            return logits
        return torch.cat([logits, self.regress(remembered)], -1)


class TemporalOutput(NamedTuple):
    """What the recurrent part makes of a chunk.

    Attributes:
        logits: (B, T, classes), whose softmax is the mean of the heads' scores.
        numbers: (B, T, K) of `regression`, the mean of the heads', or None.
        state: (rows, B, width), to be given with the next chunk.
    """

    logits: Tensor
    numbers: Tensor | None
    state: Tensor


class NetworkOutput(NamedTuple):
    """What the network makes of a chunk.

    Attributes:
        scores: (B, T, classes), softmax.
        keypoints: (B, T, J, 3): x, y in shares of the picture of the body, visibility 0 to 1.
        state: (rows, B, width), to be given with the next chunk.
        numbers: (B, T, K) of `regression`, or None.
    """

    scores: Tensor
    keypoints: Tensor
    state: Tensor
    numbers: Tensor | None


class LRCN(nn.Module):
    """Frames -> scores, with explicit state."""

    number_middle: Tensor
    number_spread: Tensor

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        joints = len(KEYPOINTS)
        self.backbone = Backbone()
        self.keypoint_head = KeypointHead(joints, joints)
        if config.hand_size:
            self.hand_backbone = Backbone()
            # Depth of each landmark, the shape of the hand, and whether there is a hand at all.
            self.hand_head = KeypointHead(HAND_LANDMARKS, HAND_LANDMARKS + HAND_SHAPE + 1)
        self.add_module(HEADS_IN_FILES, nn.ModuleList(TemporalHead(config) for _ in range(config.readers)))
        if config.regression:
            # Where the numbers lie and how far they spread: the heads give them in these units.
            self.register_buffer("number_middle", torch.zeros(len(config.regression)))
            self.register_buffer("number_spread", torch.ones(len(config.regression)))

    @property
    def temporal_heads(self) -> list[TemporalHead]:
        """The ensemble: heads that were trained apart and see the same; their scores are averaged."""
        return cast(list[TemporalHead], list(self.get_submodule(HEADS_IN_FILES).children()))

    @staticmethod
    def normalise(pictures: Tensor) -> Tensor:
        """(N, S, S, 3) uint8 BGR -> (N, 3, S, S) float32 RGB as the backbone expects it."""
        return (pictures.flip(-1).permute(0, 3, 1, 2).float() / 255.0 - MEAN) / STD

    def body_features(self, pictures: Tensor) -> Tensor:
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

    def hand_features(self, hands: Tensor, sides: Tensor) -> Tensor:
        """Pictures of hands, left ones mirrored: (N, P, P, 3) uint8 BGR, sides (N,) -> (N, HAND_VALUES).

        See `gesturelrcn.keypoints.HAND_VALUES` for the order of the values. `sides` is -1 for a left
        hand, 1 for a right hand and 0 for none.
        """
        positions, values = self.hand_head(*self.hand_backbone(self.normalise(hands)))
        presence = values[:, -1:].sigmoid() * sides.abs()[:, None]
        shape = values[:, HAND_LANDMARKS:-1]
        landmarks = torch.cat([positions - 0.5, values[:, :HAND_LANDMARKS, None]], -1).flatten(1)
        return torch.cat([landmarks, shape, presence, sides[:, None]], -1)

    @staticmethod
    def hand_coordinates(hands: Tensor) -> Tensor:
        """Landmarks relative to the wrist, nothing where there is no hand: (..., HAND_VALUES) -> the same."""
        landmarks = hands[..., : 3 * HAND_LANDMARKS].reshape(*hands.shape[:-1], HAND_LANDMARKS, 3)
        shape = hands[..., 3 * HAND_LANDMARKS : -2]
        presence, side = hands[..., -2:-1], hands[..., -1:]
        apart = (landmarks - landmarks[..., :1, :]).flatten(-2) * 5.0
        # Straightness lies between 0.3 and 1, directions between -1 and 1.
        straight, facing = (shape[..., :5] - 0.7) * 4.0, shape[..., 5:]
        return torch.cat([torch.cat([apart, straight, facing], -1) * presence, presence - 0.5, side], -1)

    def temporal_pass(
        self, keypoints: Tensor, hands: Tensor | None, dt: Tensor, state: Tensor, only: int | None = None
    ) -> TemporalOutput:
        """The recurrent part: every temporal head reads the same, and they are averaged.

        Args:
            keypoints: (B, T, J, 3) joints in B streams of T frames.
            hands: (B, T, HAND_VALUES), or None for a network without a picture of the hand.
            dt: (B, T) seconds since the frame before.
            state: (rows, B, width) as in `NetworkConfig.state_shape`.
            only: number of the one head that reads, as in its training; the state of the others stays.
        """
        body = self.body_coordinates(keypoints)
        hand = None if hands is None else self.hand_coordinates(hands)
        last = state[2 * self.config.readers :]
        if self.config.motion:
            body, hand, last = self._with_motion(body, hand, dt, state[-1])
        pace = torch.log(dt.clamp(0.005, 1.0) / REFERENCE_DT)[..., None]
        width, spare = self.config.hidden, state.shape[-1] - self.config.hidden
        outputs, states = [], []
        for number, head in enumerate(self.temporal_heads):
            rows = state[2 * number : 2 * number + 2]
            if only in (None, number):
                output, rows = head(body, hand, pace, rows[..., :width])
                outputs.append(output)
                rows = _wider(rows, spare)
            states.append(rows)
        new = torch.cat([*states, last], 0)
        logits, numbers = outputs, None
        if self.config.regression:
            classes = len(self.config.classes)
            logits = [output[..., :classes] for output in outputs]
            numbers = torch.stack([output[..., classes:] for output in outputs]).mean(0)
            numbers = numbers * self.number_spread + self.number_middle
        if len(logits) == 1:
            return TemporalOutput(logits[0], numbers, new)
        shares = torch.stack([one.softmax(-1) for one in logits]).mean(0)
        return TemporalOutput(shares.clamp_min(LEAST).log(), numbers, new)

    def _with_motion(
        self, body: Tensor, hand: Tensor | None, dt: Tensor, last: Tensor
    ) -> tuple[Tensor, Tensor | None, Tensor]:
        """Observations with their speeds beside them, and the last row of the new state.

        Args:
            body: (B, T, 3 J) joints.
            hand: (B, T, HAND_VALUES) landmarks, or None.
            dt: (B, T) seconds since the frame before.
            last: (B, width) row of the state: what was observed last, then 1; zeros if nothing was.
        """
        now = body if hand is None else torch.cat([body, hand], -1)
        observed = now.shape[-1]
        before = torch.cat([last[:, None, :observed], now[:, :-1]], 1)
        known = torch.cat([last[:, None, observed : observed + 1], torch.ones_like(now[:, 1:, :1])], 1)
        speed = (now - before) * (SPEED / dt.clamp(0.02, 0.3))[..., None]
        speed = speed.clamp(-FASTEST, FASTEST) * known
        newest = torch.cat([now[:, -1], torch.ones_like(now[:, -1, :1])], -1)
        newest = _wider(newest, last.shape[-1] - observed - 1)
        split = body.shape[-1]
        if hand is not None:
            # From one hand to the other is no motion.
            same = (now[..., -1:] - before[..., -1:]).abs() < 0.5
            hand = torch.cat([hand, speed[..., split:] * same.to(speed.dtype)], -1)
        return torch.cat([body, speed[..., :split]], -1), hand, newest[None]

    def forward(
        self,
        pictures: Tensor,
        state: Tensor,
        dt: Tensor,
        hands: Tensor | None = None,
        sides: Tensor | None = None,
    ) -> NetworkOutput:
        """A chunk of one or more frames of B streams.

        Args:
            pictures: (B, T, S, S, 3) uint8 BGR crops.
            state: (rows, B, width) as in `NetworkConfig.state_shape`.
            dt: (B, T) seconds since the frame before.
            hands: (B, T, P, P, 3) uint8 BGR, only for a network with `hand_size`.
            sides: (B, T) -1 left hand (mirrored picture), 1 right hand, 0 no hand.
        """
        b, t = pictures.shape[:2]
        keypoints = self.body_features(pictures.flatten(0, 1)).view(b, t, len(KEYPOINTS), 3)
        hand = None
        if hands is not None and sides is not None:
            hand = self.hand_features(hands.flatten(0, 1), sides.flatten()).view(b, t, HAND_VALUES)
        logits, numbers, new = self.temporal_pass(keypoints, hand, dt, state)
        return NetworkOutput(logits.softmax(-1), keypoints, new, numbers)

    def initial_state(self, streams: int = 1) -> Tensor:
        """(rows, streams, width) zeros: nothing seen yet."""
        rows, width = self.config.state_shape
        return torch.zeros(rows, streams, width)


def _wider(rows: Tensor, spare: int) -> Tensor:
    """Rows of the state with `spare` zeros behind them; nothing is padded where none are missing."""
    return functional.pad(rows, (0, spare)) if spare else rows
