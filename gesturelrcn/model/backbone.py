"""The convolutions: EfficientNet-Lite0 up to stride 16 (Tan & Le 2019, arXiv:1905.11946; Lite variant 2020).

Squeeze-and-excitation and swish are left out in the Lite variant, which is what makes it quick on a CPU.
Layer names follow the plan of the network; `gesturelrcn.training.tasks.initial_weights` maps published
weights.
"""

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class Stage:
    """A row of inverted residual blocks.

    Attributes:
        blocks: how many.
        kernel: size of the depthwise filter.
        stride: of the first block.
        expansion: factor by which the channels grow inside a block.
        channels: channels of the output.
    """

    blocks: int
    kernel: int
    stride: int
    expansion: int
    channels: int


STEM_CHANNELS = 32
STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
)
"""The five first stages of seven; the last two (stride 32) see the whole picture, not where a hand is."""

FINE_CHANNELS = 40
"""Channels of the map at stride 8."""

COARSE_CHANNELS = 112
"""Channels of the map at stride 16."""

_FINE_STAGE = 2
_NORM_EPSILON = 1e-3


class SameConvolution(nn.Conv2d):
    """Convolution with TensorFlow's "same" padding, for which the published weights were trained.

    At stride 2 an even picture is padded at its right and bottom only.
    """

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C', ceil(H / stride), ceil(W / stride)); H and W even where stride is 2."""
        kernel, stride = self.kernel_size[0], self.stride[0]
        total = kernel - stride
        before, after = total // 2, total - total // 2
        if before == after:
            return functional.conv2d(x, self.weight, self.bias, self.stride, before, groups=self.groups)
        x = functional.pad(x, (before, after, before, after))
        return functional.conv2d(x, self.weight, self.bias, self.stride, 0, groups=self.groups)


def _convolution(
    inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1
) -> nn.Sequential:
    return nn.Sequential(
        SameConvolution(inputs, outputs, kernel, stride, groups=groups, bias=False),
        nn.BatchNorm2d(outputs, eps=_NORM_EPSILON, momentum=0.01),
    )


class InvertedResidual(nn.Module):
    """Expand, filter each channel, project back; add the input where shapes agree (Sandler et al. 2018)."""

    def __init__(self, inputs: int, stage: Stage, stride: int) -> None:
        super().__init__()
        inner = inputs * stage.expansion
        self.expand = _convolution(inputs, inner) if stage.expansion != 1 else None
        self.depthwise = _convolution(inner, inner, stage.kernel, stride, groups=inner)
        self.project = _convolution(inner, stage.channels)
        self.residual = stride == 1 and inputs == stage.channels

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C', H / stride, W / stride)."""
        y: Tensor = x if self.expand is None else functional.relu6(self.expand(x))
        y = self.project(functional.relu6(self.depthwise(y)))
        return x + y if self.residual else y


class Backbone(nn.Module):
    """Picture -> two feature maps with positions kept."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = _convolution(3, STEM_CHANNELS, 3, 2)
        self.stages = nn.ModuleList()
        channels = STEM_CHANNELS
        for stage in STAGES:
            blocks = []
            for number in range(stage.blocks):
                blocks.append(InvertedResidual(channels, stage, stage.stride if number == 0 else 1))
                channels = stage.channels
            self.stages.append(nn.Sequential(*blocks))

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 3, S, S) normalised RGB -> fine (N, 40, S/8, S/8), coarse (N, 112, S/16, S/16)."""
        x = self.early(pictures)
        return x, self.late(x)

    def early(self, pictures: Tensor) -> Tensor:
        """Up to stride 8: edges and textures, which need no retraining."""
        x: Tensor = functional.relu6(self.stem(pictures))
        for stage in self.stages[: _FINE_STAGE + 1]:
            x = stage(x)
        return x

    def late(self, fine: Tensor) -> Tensor:
        """From stride 8 to stride 16."""
        x: Tensor = fine
        for stage in self.stages[_FINE_STAGE + 1 :]:
            x = stage(x)
        return x
