"""Say the network once more in few large products, for the exported step; same weights, same scores.

What the network does after its convolutions is thousands of multiplications in some two hundred tiny
operations, each of which costs onnxruntime a few microseconds to begin: a third of a step. Everything
linear between two joints and a gate is one matrix here, worked out beforehand, and the temporal heads
that stand side by side are one batch.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from gesturelrcn.keypoints import HAND_LANDMARKS, HAND_SHAPE, HAND_VALUES, KEYPOINTS
from gesturelrcn.model.network import FASTEST, LEAST, LRCN, REFERENCE_DT, SPEED, KeypointHead, TemporalHead
from gesturelrcn.model.network_config import NetworkConfig

_JOINTS = 3 * len(KEYPOINTS)
_GATES = (0, 1, 3, 2)
"""Input, forget, output, cell: torch has the cell third; here what a sigmoid bends stands together."""


class FusedStep(nn.Module):
    """One frame of one stream, with the shapes of `Engine.step`; scores as `LRCN` gives them, to 1e-5."""

    def __init__(self, network: LRCN) -> None:
        super().__init__()
        self.config = network.config
        self.normalise = network.normalise
        self.backbone = network.backbone
        self.head = _Head(network.keypoint_head, network.config.size // 8)
        self.body = _affine(_body_coordinates, _JOINTS)
        if network.config.hand_size:
            self.hand_backbone = network.hand_backbone
            self.hand_head = _Head(network.hand_head, network.config.hand_size // 8)
            self.hand = _affine(_hand_coordinates, 2 * HAND_LANDMARKS + HAND_LANDMARKS + HAND_SHAPE)
        self.memory = _Memory(network)

    def forward(self, crop: Tensor, state: Tensor, dt: Tensor, *hand_and_side: Tensor) -> tuple[Tensor, ...]:
        """Inputs and outputs: see `gesturelrcn.training.export.export.onnx_step`."""
        positions, visible = self.head(*self.backbone(self.normalise(crop)))
        keypoints = torch.cat([positions, visible.sigmoid().view(-1, 1)], -1)
        parts = [self.body(keypoints.view(1, _JOINTS))]
        side = None
        if hand_and_side:
            hand, side = hand_and_side[0], hand_and_side[1].view(1, 1)
            parts += self._hand_features(hand, side)
        scores, new_state, *numbers = self.memory(parts, side, dt.view(1, 1), state)
        return scores, keypoints[None], new_state, *numbers

    def _hand_features(self, hand: Tensor, side: Tensor) -> list[Tensor]:
        positions, values = self.hand_head(*self.hand_backbone(self.normalise(hand)))
        told, presence = torch.split(values, [HAND_LANDMARKS + HAND_SHAPE, 1], 1)
        presence = presence.sigmoid() * side.abs()
        held = self.hand(torch.cat([positions.view(1, 2 * HAND_LANDMARKS), told], 1))
        return [held * presence, presence - 0.5, side]


class _Head(nn.Module):
    """A `KeypointHead` whose first normalisation is in its convolutions and whose centroid is one product."""

    def __init__(self, head: KeypointHead, side: int) -> None:
        super().__init__()
        norm = head.mix[0]
        assert isinstance(norm, nn.BatchNorm2d)
        scale, shift = _scale_and_shift(norm)
        self.fine = _scaled(head.fine, scale, shift)
        self.coarse = _scaled(head.coarse, scale, torch.zeros_like(shift))
        self.mix = head.mix[1:]
        self.heat = head.heat
        ticks = (torch.arange(side) + 0.5) / side
        across, down = ticks.repeat(side), ticks.repeat_interleave(side)
        self.ticks: Tensor
        self.register_buffer("ticks", torch.stack([across, down], 1))
        width = head.heat.in_channels
        weight, bias = head.visible.weight.detach(), head.visible.bias.detach()
        self.of_mixed = _linear(weight[:, :width], bias)
        self.of_coarse = _linear(weight[:, width:], torch.zeros_like(bias))

    def forward(self, fine: Tensor, coarse: Tensor) -> tuple[Tensor, Tensor]:
        """Maps of one picture -> positions (points, 2) in shares of it, and (1, values)."""
        merged = self.fine(fine) + functional.interpolate(
            self.coarse(coarse), scale_factor=2.0, mode="nearest"
        )
        mixed = self.mix(merged)
        positions = self.heat(mixed).flatten(2)[0].softmax(-1) @ self.ticks
        # Pooled so, and not by amax, onnxruntime need not put the maps into another layout before.
        pooled, of_coarse = (functional.adaptive_max_pool2d(one, 1).flatten(1) for one in (mixed, coarse))
        return positions, self.of_mixed(pooled) + self.of_coarse(of_coarse)


class _Memory(nn.Module):
    """What `LRCN.temporal_pass` does with one frame, all heads at once."""

    gates: Tensor
    of_pace: Tensor
    bias: Tensor
    classify: Tensor
    class_bias: Tensor
    known: Tensor
    of_hand: Tensor
    of_body: Tensor

    def __init__(self, network: LRCN) -> None:
        super().__init__()
        config = network.config
        self.config = config
        heads = network.temporal_heads
        self.rows, self.width = config.state_shape
        seen = self.width if config.motion else config.observed
        weights = [_encoders(head, config, seen) for head in heads]
        self.encode = _linear(
            torch.cat([weight for weight, _ in weights]), torch.cat([bias for _, bias in weights])
        )
        gates, of_pace, bias = zip(*(_gates(head.lstm) for head in heads), strict=True)
        # Behind what is observed stand a one, which says that something was, and zeros.
        known = functional.pad(torch.ones(1, 1), (0, max(0, self.width - config.observed - 1)))
        of_hand = torch.zeros(1, self.width)
        of_hand[:, _JOINTS : config.observed] = 1.0
        constants = {
            "gates": torch.stack(gates),
            "of_pace": torch.stack(of_pace),
            "bias": torch.stack(bias),
            "classify": torch.stack([head.classify.weight.detach().T for head in heads]),
            "class_bias": torch.stack([head.classify.bias.detach()[None] for head in heads]),
            "known": known,
            "of_hand": of_hand,
            "of_body": 1.0 - of_hand,
        }
        for name, constant in constants.items():
            self.register_buffer(name, constant)
        if config.regression:
            # The mean over heads that lie behind one another is one product, too.
            told = torch.cat([head.regress.weight.detach() for head in heads], 1) / len(heads)
            offset = torch.stack([head.regress.bias.detach() for head in heads]).mean(0)
            spread = network.number_spread
            self.regress = _linear(told * spread[:, None], offset * spread + network.number_middle)

    def forward(
        self, parts: list[Tensor], side: Tensor | None, dt: Tensor, state: Tensor
    ) -> tuple[Tensor, ...]:
        """Observations (1, ...) side by side, dt (1, 1), state -> scores, new state, numbers if there are."""
        count, hidden = self.config.readers, self.config.hidden
        rows, last = state, None
        if self.config.motion:
            rows, last = torch.split(state, [2 * count, 1])
            now = torch.cat([*parts, self.known], -1)
            observed = torch.cat([now, self._speed(now, last[0], side, dt)], -1)
            last = now[None]
        else:
            observed = torch.cat(parts, -1) if len(parts) > 1 else parts[0]
        described = self.encode(observed).relu().view(count, 1, -1)
        before, cell = torch.split(rows.view(count, 2, self.width)[..., :hidden], 1, 1)
        pace = torch.log(dt.clamp(0.005, 1.0) / REFERENCE_DT)
        gates = torch.cat([described, before], -1) @ self.gates + (pace * self.of_pace + self.bias)
        open_, new = torch.split(gates, [3 * hidden, hidden], -1)
        take, keep, show = torch.split(open_.sigmoid(), hidden, -1)
        cell = keep * cell + take * new.tanh()
        remembered = show * cell.tanh()
        kept = torch.cat([remembered, cell], 1)
        if self.width > hidden:
            kept = functional.pad(kept, (0, self.width - hidden))
        kept = kept.view(2 * count, 1, self.width)
        scores = (remembered @ self.classify + self.class_bias).softmax(-1)
        new_state = kept if last is None else torch.cat([kept, last], 0)
        if self.config.regression:
            return self._mean(scores), new_state, self.regress(remembered.view(1, count * hidden))
        return self._mean(scores), new_state

    def _speed(self, now: Tensor, last: Tensor, side: Tensor | None, dt: Tensor) -> Tensor:
        """As `LRCN` works it out; what stands behind the observations meets weights that are zero."""
        moved = now - last
        speed = (moved * (SPEED / dt.clamp(0.02, 0.3))).clamp(-FASTEST, FASTEST)
        observed = self.config.observed
        known = last[:, observed : observed + 1]
        if side is not None:
            same = (moved[:, observed - 1 : observed].abs() < 0.5).to(speed.dtype)
            known = known * (self.of_body + same * self.of_hand)
        return speed * known

    @staticmethod
    def _mean(scores: Tensor) -> Tensor:
        """(heads, 1, C) -> (1, C), as the softmax of the logarithm of the mean."""
        if len(scores) == 1:
            return scores[0]
        mean = scores.mean(0).clamp_min(LEAST)
        return mean / mean.sum(-1, keepdim=True)


def _scale_and_shift(norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """What a batch norm does to each channel once it has learnt."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = norm.weight.detach() / torch.sqrt(norm.running_var + norm.eps)
    return scale, norm.bias.detach() - norm.running_mean * scale


def _scaled(convolution: nn.Conv2d, scale: Tensor, shift: Tensor) -> nn.Conv2d:
    """A convolution of 1 x 1, followed by scale and shift, as one."""
    assert convolution.bias is not None
    made = nn.Conv2d(convolution.in_channels, convolution.out_channels, 1)
    made.weight.data = convolution.weight.detach() * scale[:, None, None, None]
    made.bias = nn.Parameter(convolution.bias.detach() * scale + shift)
    return made


def _linear(weight: Tensor, bias: Tensor) -> nn.Linear:
    made = nn.Linear(weight.shape[1], weight.shape[0])
    made.weight.data, made.bias.data = weight.float().contiguous(), bias.float()
    return made


def _affine(function: Callable[[Tensor], Tensor], inputs: int) -> nn.Linear:
    """A function of (N, inputs) that is linear but for a constant, as one layer."""
    bias = function(torch.zeros(1, inputs, dtype=torch.float64))[0]
    columns = function(torch.eye(inputs, dtype=torch.float64)) - bias
    return _linear(columns.T, bias)


def _body_coordinates(keypoints: Tensor) -> Tensor:
    return LRCN.body_coordinates(keypoints.view(-1, len(KEYPOINTS), 3))


def _hand_coordinates(told: Tensor) -> Tensor:
    """Positions (N, 42) of landmarks in the picture, depths and shape -> what the heads get of a hand.

    Presence and side are left out; the first multiplies what comes out of here.
    """
    positions = told[:, : 2 * HAND_LANDMARKS].view(-1, HAND_LANDMARKS, 2) - 0.5
    depths = told[:, 2 * HAND_LANDMARKS : 3 * HAND_LANDMARKS, None]
    landmarks = torch.cat([positions, depths], -1).flatten(1)
    there = torch.ones(len(told), 1, dtype=told.dtype)
    return LRCN.hand_coordinates(torch.cat([landmarks, told[:, 3 * HAND_LANDMARKS :], there, there], -1))[
        :, : HAND_VALUES - 2
    ]


def _encoders(head: TemporalHead, config: NetworkConfig, seen: int) -> tuple[Tensor, Tensor]:
    """Both encoders of a head as one layer over (1, seen) observations and, behind them, their speeds."""
    layers = [(head.joint_encoder[0], 0, _JOINTS)]
    if config.hand_size:
        layers.append((head.hand_encoder[0], _JOINTS, HAND_VALUES))
    rows, biases = [], []
    for layer, begin, length in layers:
        assert isinstance(layer, nn.Linear)
        row = torch.zeros(layer.out_features, seen * (2 if config.motion else 1))
        row[:, begin : begin + length] = layer.weight.detach()[:, :length]
        if config.motion:
            row[:, seen + begin : seen + begin + length] = layer.weight.detach()[:, length:]
        rows.append(row)
        biases.append(layer.bias.detach())
    return torch.cat(rows), torch.cat(biases)


def _gates(lstm: nn.LSTM) -> tuple[Tensor, Tensor, Tensor]:
    """Weights of features and memory (F + H, 4 H), of pace (1, 4 H), and the bias (1, 4 H)."""
    held = {name: weights.detach() for name, weights in lstm.named_parameters()}
    fresh, kept = held["weight_ih_l0"], held["weight_hh_l0"]
    bias = held["bias_ih_l0"] + held["bias_hh_l0"]
    order = torch.cat([torch.arange(lstm.hidden_size) + gate * lstm.hidden_size for gate in _GATES])
    fresh, kept, bias = fresh[order], kept[order], bias[order]
    return torch.cat([fresh[:, :-1], kept], 1).T.contiguous(), fresh[:, -1:].T, bias[None]
