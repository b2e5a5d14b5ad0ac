"""The network that finds people in a whole frame: inverted residuals, a pyramid, five numbers a cell.

After CenterNet (Zhou et al. 2019, arXiv:1904.07850) and MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381).
"""

import copy
import math
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from gesturelrcn.region.people_network import VALUES

_STEM = 16
_STAGES = ((2, 2, 24, 3), (3, 4, 32, 3), (3, 4, 56, 5), (2, 3, 80, 5))
"""Blocks, expansion, channels and kernel of the rows of blocks; each halves the map once more."""
_FINE, _MIDDLE, _COARSE = 32, 56, 80
_MERGED = 48


def _convolution(
    inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1
) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs, momentum=0.03),
    )


class _Block(nn.Module):
    """Expand, filter each channel, project back; add the input where shapes agree."""

    def __init__(self, inputs: int, outputs: int, expansion: int, kernel: int, stride: int) -> None:
        super().__init__()
        inner = inputs * expansion
        self.expand = _convolution(inputs, inner) if expansion > 1 else nn.Identity()
        self.filter = _convolution(inner, inner, kernel, stride, groups=inner)
        self.project = _convolution(inner, outputs)
        self.expands = expansion > 1
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C', H / stride, W / stride)."""
        y = functional.relu(self.expand(x)) if self.expands else x
        y = cast(Tensor, self.project(functional.relu(self.filter(y))))
        return x + y if self.residual else y


class PeopleNetwork(nn.Module):
    """Whole frames -> where people are in them.

    (N, 144, 192, 3) uint8 BGR -> (N, 5, 18, 24), for each cell: logit of presence, x, y, logarithm of the
    size, logit of a raised hand.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = _convolution(3, _STEM, 3, 2)
        self.stages = nn.ModuleList()
        channels = _STEM
        for blocks, expansion, wide, kernel in _STAGES:
            row = []
            for block in range(blocks):
                row.append(_Block(channels, wide, expansion, kernel, 2 if block == 0 else 1))
                channels = wide
            self.stages.append(nn.Sequential(*row))
        self.of_fine = _convolution(_FINE, _MERGED)
        self.of_middle = _convolution(_MIDDLE, _MERGED)
        self.of_coarse = _convolution(_COARSE, _MERGED)
        self.merge_middle = _convolution(_MERGED, _MERGED, 5, groups=_MERGED)
        self.merge = nn.Sequential(_Block(_MERGED, _MERGED, 2, 5, 1), _Block(_MERGED, _MERGED, 2, 5, 1))
        self.hidden = _convolution(_MERGED, 64)
        self.heads = nn.Conv2d(64, VALUES, 1)
        with torch.no_grad():
            assert self.heads.bias is not None
            # Nearly all cells are empty, and a person is about so large, when nothing is known.
            self.heads.weight.mul_(0.3)
            self.heads.bias.copy_(torch.tensor([-4.0, 0.0, 0.0, 3.0, -2.0]))

    def say_half_for(self, presence: float) -> None:
        """From now on say 0.5 where it said `presence`, and for all others more or less alike."""
        assert self.heads.bias is not None
        with torch.no_grad():
            self.heads.bias[0] -= math.log(presence / (1 - presence))

    def forward(self, frames: Tensor) -> Tensor:
        """See the class."""
        x = frames.permute(0, 3, 1, 2).float() * (1 / 128)
        x = functional.relu(self.stem(x))
        for stage in self.stages[:2]:
            x = stage(x)
        middle = self.stages[2](x)
        coarse = self.of_coarse(self.stages[3](middle))
        wide = functional.interpolate(coarse, scale_factor=2.0, mode="nearest")[:, :, : middle.shape[2]]
        middle = functional.relu(self.of_middle(middle) + wide)
        middle = functional.relu(self.merge_middle(middle)) + middle
        merged = self.of_fine(x) + functional.interpolate(middle, scale_factor=2.0, mode="nearest")
        merged = self.merge(functional.relu(merged))
        return cast(Tensor, self.heads(functional.relu(self.hidden(merged))))


class ExportedPeopleNetwork(nn.Module):
    """The same with presence and raised hand from 0 to 1, as the exported graph answers."""

    def __init__(self, network: PeopleNetwork) -> None:
        super().__init__()
        self.network = fused(network)

    def forward(self, frame: Tensor) -> Tensor:
        """(1, 144, 192, 3) uint8 BGR -> (1, 5, 18, 24)."""
        told = self.network(frame)
        return torch.cat([told[:, :1].sigmoid(), told[:, 1:4], told[:, 4:].sigmoid()], 1)


def fused(network: PeopleNetwork) -> PeopleNetwork:
    """A copy whose convolutions do what was left to their batch normalisations."""
    whole = copy.deepcopy(network).eval()
    for module in list(whole.modules()):
        if isinstance(module, nn.Sequential) and len(module) == 2 and isinstance(module[1], nn.BatchNorm2d):
            module[0] = fuse_conv_bn_eval(cast(nn.Conv2d, module[0]), module[1])
            module[1] = nn.Identity()
    return whole
