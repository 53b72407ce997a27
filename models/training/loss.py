"""What training minimises: which cells answer for which thing, and how wrong they are.

Cells are chosen by how well they already do (Feng et al. 2021, TOOD: alignment = score^0.5 IoU^6, the ten best of each
thing); boxes are judged by complete IoU (Zheng et al. 2020) and by the distribution of their sides.
"""
import math

import torch
from torch.nn import functional as F

from network import BINS, flatten, make_anchors, to_boxes, to_sides

BEST, SCORE_POWER, IOU_POWER = 10, .5, 6.
BOX_WEIGHT, CLASS_WEIGHT, SIDE_WEIGHT = 7.5, .5, 1.5


def to_iou(a, b, complete=False):
    """IoU of corners a and b (... x 4, broadcast); `complete` also counts distance and aspect, and may be below 0."""
    left_top, right_bottom = torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])
    shared = (right_bottom - left_top).clamp(min=0).prod(-1)
    size_a, size_b = a[..., 2:] - a[..., :2], b[..., 2:] - b[..., :2]
    iou = shared / (size_a.prod(-1) + size_b.prod(-1) - shared + 1e-7)
    if not complete:
        return iou
    hull = torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])
    apart = ((a[..., :2] + a[..., 2:] - b[..., :2] - b[..., 2:]) / 2).square().sum(-1)
    skew = 4 / math.pi ** 2 * (torch.atan(size_b[..., 0] / (size_b[..., 1] + 1e-7)) - torch.atan(size_a[..., 0] / (size_a[..., 1] + 1e-7))).square()
    with torch.no_grad():
        share = skew / (1 - iou + skew + 1e-7)
    return iou - apart / (hull.square().sum(-1) + 1e-7) - share * skew


@torch.no_grad()
def assign(scores, boxes, points, strides, labels, corners, present):
    """Which thing each cell answers for. All of a batch at once.

    scores N x A x C (0-1), boxes N x A x 4, labels N x G, corners N x G x 4 (pixels), present N x G (bool; the rest is padding).
    Returns thing N x A (index), chosen N x A (bool), worth N x A (the score a chosen cell should reach, 0-1).
    """
    inside = torch.cat([points[None, None] - corners[..., None, :2], corners[..., None, 2:] - points[None, None]], -1).amin(-1) > 1e-3
    # a thing narrower than a cell of the finest level may hold no centre: the nearest centres answer then
    near = ((corners[..., None, :2] + corners[..., None, 2:]) / 2 - points).abs().amax(-1) < strides[0]
    possible = (inside | (near & (strides == strides[0]))) & present[..., None]
    iou = to_iou(corners[:, :, None], boxes[:, None]).clamp(min=0) * possible
    own = scores.transpose(1, 2).gather(1, labels[..., None].expand(-1, -1, scores.shape[1]))
    fit = own.pow(SCORE_POWER) * iou.pow(IOU_POWER) * possible
    best = torch.zeros_like(possible).scatter_(2, fit.topk(BEST, 2).indices, True) & possible
    # a cell wanted by several things goes to the one it overlaps most
    wanted = iou.masked_fill(~best, -1.)
    thing = wanted.argmax(1)
    chosen = best.any(1)
    kept = F.one_hot(thing, labels.shape[1]).transpose(1, 2).bool() & best
    fit = fit * kept
    worth = fit / (fit.amax(2, keepdim=True) + 1e-9) * (iou * kept).amax(2, keepdim=True)
    return thing, chosen, worth.amax(1)


def to_loss(levels, targets, classes):
    """Loss of a batch (a scalar; the sum of its weighted parts) and its parts as floats.

    targets: `labels` N x G, `corners` N x G x 4, `present` N x G, and what is not to be judged: `ignored_corners` N x I x 4
    with `ignored_classes` N x I x C (bool): cells whose centre lies there are not blamed for these classes.
    """
    points, strides = make_anchors([level.shape[2:] for level in levels])
    flat = flatten(levels).float()
    logits = flat[..., 4 * BINS:]
    sides = to_sides(flat[..., :4 * BINS])
    boxes = to_boxes(sides, points, strides)
    thing, chosen, worth = assign(logits.detach().sigmoid(), boxes.detach(), points, strides, targets['labels'], targets['corners'], targets['present'])

    label = targets['labels'].gather(1, thing)
    wanted = torch.zeros_like(logits).scatter_(2, label[..., None], (worth * chosen)[..., None])
    blame = F.binary_cross_entropy_with_logits(logits, wanted, reduction='none')
    if targets['ignored_corners'].shape[1]:
        spared = targets['ignored_corners']
        within = torch.cat([points[None, None] - spared[..., None, :2], spared[..., None, 2:] - points[None, None]], -1).amin(-1) > 0
        spare = torch.einsum('nia,nic->nac', within.float(), targets['ignored_classes'].float()) > 0
        blame = blame * ~(spare & (wanted == 0))
    total = wanted.sum().clamp(min=1)
    class_loss = blame.sum() / total

    box_loss = side_loss = flat.sum() * 0
    if chosen.any():
        goal = targets['corners'].gather(1, thing[..., None].expand(-1, -1, 4))[chosen]
        share = worth[chosen]
        box_loss = ((1 - to_iou(boxes[chosen], goal, complete=True)) * share).sum() / total
        at = points.expand(chosen.shape[0], -1, -1)[chosen]
        unit = strides.expand(chosen.shape[0], -1)[chosen][:, None]
        reach = (torch.cat([at - goal[:, :2], goal[:, 2:] - at], 1) / unit).clamp(0, BINS - 1.01)
        low = reach.long()
        part = reach - low
        shares = flat[..., :4 * BINS][chosen].unflatten(-1, (4, BINS)).log_softmax(-1)
        off = -(shares.gather(2, low[..., None])[..., 0] * (1 - part) + shares.gather(2, low[..., None] + 1)[..., 0] * part)
        side_loss = (off.mean(1) * share).sum() / total
    loss = BOX_WEIGHT * box_loss + CLASS_WEIGHT * class_loss + SIDE_WEIGHT * side_loss
    return loss, {'box': box_loss.item(), 'class': class_loss.item(), 'side': side_loss.item()}
