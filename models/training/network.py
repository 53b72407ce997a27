"""street-nano: an anchor-free one-stage detector for roadside cameras.

Dense 3x3 convolutions throughout: on CPUs with wide vector units they run several times nearer to peak than
depthwise ones, so that a network with more multiplications takes no longer. Three levels at strides 8, 16 and 32; box
sides are predicted as distributions over `BINS` distances (Li et al. 2020, Generalized Focal Loss).
"""
import math

import torch
from torch import nn
from torch.nn import functional as F

STRIDES = (8, 16, 32)
BINS = 16  # a box reaches at most BINS - 1 strides to each side of its anchor


class Conv(nn.Module):
    """Convolution without bias, batch normalisation, SiLU."""

    def __init__(self, inputs, outputs, size=1, stride=1, groups=1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(outputs, eps=1e-3, momentum=.03)

    def forward(self, x):
        return F.silu(self.norm(self.conv(x)), inplace=True)


class Split(nn.Module):
    """Half of the channels pass through `depth` residual pairs of 3x3; all stages are joined (a cross-stage partial block)."""

    def __init__(self, inputs, outputs, depth=1, residual=True):
        super().__init__()
        self.half = outputs // 2
        self.enter = Conv(inputs, 2 * self.half)
        self.pairs = nn.ModuleList(nn.Sequential(Conv(self.half, self.half, 3), Conv(self.half, self.half, 3)) for _ in range(depth))
        self.leave = Conv((2 + depth) * self.half, outputs)
        self.residual = residual

    def forward(self, x):
        stages = list(self.enter(x).split(self.half, 1))
        for pair in self.pairs:
            made = pair(stages[-1])
            stages.append(stages[-1] + made if self.residual else made)
        return self.leave(torch.cat(stages, 1))


class Pool(nn.Module):
    """Three chained 5x5 maxima beside the input: context at no cost."""

    def __init__(self, channels):
        super().__init__()
        self.enter = Conv(channels, channels // 2)
        self.leave = Conv(channels * 2, channels)

    def forward(self, x):
        stages = [self.enter(x)]
        for _ in range(3):
            stages.append(F.max_pool2d(stages[-1], 5, 1, 2))
        return self.leave(torch.cat(stages, 1))


class Head(nn.Module):
    """For one level: class logits and the distance distributions of the four sides."""

    def __init__(self, channels, classes, stride):
        super().__init__()
        self.box = nn.Sequential(Conv(channels, 48, 3), Conv(48, 48, 3), nn.Conv2d(48, 4 * BINS, 1))
        self.score = nn.Sequential(
            Conv(channels, channels, 3, groups=channels), Conv(channels, 64),
            Conv(64, 64, 3, groups=64), Conv(64, 64), nn.Conv2d(64, classes, 1))
        nn.init.constant_(self.box[-1].bias, 1.)
        # about five things in a picture of 416: the prior with which training begins
        nn.init.constant_(self.score[-1].bias, math.log(5 / classes / (416 / stride) ** 2))

    def forward(self, x):
        return torch.cat([self.box(x), self.score(x)], 1)


class StreetNano(nn.Module):
    """Input: N x 3 x H x W, RGB 0-1, H and W multiples of 32. Output while training: per level N x (4 BINS + classes) x h x w."""

    def __init__(self, classes):
        super().__init__()
        self.classes = classes
        self.stem = nn.Sequential(Conv(3, 16, 3, 2), Conv(16, 32, 3, 2))
        self.to8 = nn.Sequential(Conv(32, 64, 3, 2), Split(64, 64, 2))
        self.to16 = nn.Sequential(Conv(64, 112, 3, 2), Split(112, 112, 2))
        self.to32 = nn.Sequential(Conv(112, 160, 3, 2), Split(160, 160), Pool(160))
        self.join16 = Split(160 + 112, 96, residual=False)
        self.join8 = Split(96 + 64, 64, residual=False)
        self.down8 = Conv(64, 64, 3, 2)
        self.back16 = Split(64 + 96, 96, residual=False)
        self.down16 = Conv(96, 96, 3, 2)
        self.back32 = Split(96 + 160, 128, residual=False)
        self.heads = nn.ModuleList(Head(channels, classes, stride) for channels, stride in zip((64, 96, 128), STRIDES))

    def forward(self, x):
        at8 = self.to8(self.stem(x))
        at16 = self.to16(at8)
        at32 = self.to32(at16)
        mid16 = self.join16(torch.cat([F.interpolate(at32, scale_factor=2.), at16], 1))
        out8 = self.join8(torch.cat([F.interpolate(mid16, scale_factor=2.), at8], 1))
        out16 = self.back16(torch.cat([self.down8(out8), mid16], 1))
        out32 = self.back32(torch.cat([self.down16(out16), at32], 1))
        return [head(level) for head, level in zip(self.heads, (out8, out16, out32))]


def make_anchors(shapes):
    """Centres (N x 2, pixels) and strides (N) of the cells of levels with these (h, w), level after level, row after row."""
    points, strides = [], []
    for (high, wide), stride in zip(shapes, STRIDES):
        y, x = torch.meshgrid(torch.arange(high) + .5, torch.arange(wide) + .5, indexing='ij')
        points.append(torch.stack([x, y], -1).reshape(-1, 2) * stride)
        strides.append(torch.full((high * wide,), float(stride)))
    return torch.cat(points), torch.cat(strides)


def flatten(levels):
    """Levels as one N x cells x (4 BINS + classes)."""
    return torch.cat([level.flatten(2) for level in levels], 2).transpose(1, 2)


def to_sides(distributions):
    """... x 4 BINS logits to ... x 4 expected distances, in strides."""
    shares = distributions.unflatten(-1, (4, BINS)).softmax(-1)
    return shares @ torch.arange(BINS, dtype=shares.dtype, device=shares.device)


def to_boxes(sides, points, strides):
    """Distances left, top, right, bottom in strides to corners x1 y1 x2 y2 in pixels."""
    sides = sides * strides[:, None]
    return torch.cat([points - sides[..., :2], points + sides[..., 2:]], -1)


class Export(nn.Module):
    """The network as it is shipped, in the layout of `yolov8`: N x (4 + classes) x cells; cx, cy, w, h in pixels, then scores 0-1."""

    def __init__(self, network, size):
        super().__init__()
        self.network = network
        points, strides = make_anchors([(size // stride, size // stride) for stride in STRIDES])
        self.register_buffer('points', points)
        self.register_buffer('strides', strides)

    def forward(self, images):
        flat = flatten(self.network(images))
        sides = to_sides(flat[..., :4 * BINS]) * self.strides[:, None]
        before, after = sides[..., :2], sides[..., 2:]
        boxes = torch.cat([self.points + (after - before) / 2, before + after], -1)
        return torch.cat([boxes, flat[..., 4 * BINS:].sigmoid()], -1).transpose(1, 2)


def fuse(network):
    """Folds each normalisation into the convolution before it; the results stay the same. Changes `network`."""
    for module in list(network.modules()):
        if isinstance(module, Conv) and isinstance(module.norm, nn.BatchNorm2d):
            conv, norm = module.conv, module.norm
            scale = norm.weight / (norm.running_var + norm.eps).sqrt()
            conv.weight.data = conv.weight.data * scale[:, None, None, None].data
            conv.bias = nn.Parameter((norm.bias - norm.running_mean * scale).data)
            module.norm = nn.Identity()
    return network


def unfuse(network, tensors):
    """Loads an exported file's tensors into a fresh network: each bias becomes its normalisation's shift."""
    own = dict(network.named_modules())
    with torch.no_grad():
        for name, module in own.items():
            if isinstance(module, Conv):
                module.conv.weight.copy_(tensors[f'{name}.conv.weight'])
                module.norm.bias.copy_(tensors[f'{name}.conv.bias'])
                module.norm.running_var.fill_(1 - module.norm.eps)
            elif isinstance(module, nn.Conv2d) and module.bias is not None:
                module.weight.copy_(tensors[f'{name}.weight'])
                module.bias.copy_(tensors[f'{name}.bias'])
    return network
