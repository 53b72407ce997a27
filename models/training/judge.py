"""Average precision of a network on held-back pictures: AP at IoU 0.5, 101 points, all sizes together.

The figures of the model card come from `xunjie models eval`; these are the learning curve's.
"""
import cv2
import numpy as np
import torch

from classes import CLASSES
from network import Export

SIZE, LEAST_SCORE, NMS_IOU, MOST = 416, .01, .6, 200


def letterbox(pixels, size=SIZE):
    """The picture fitted into the middle of a grey square, and how to get back: scale, left, top."""
    high, wide = pixels.shape[:2]
    scale = min(size / wide, size / high)
    new_wide, new_high = round(wide * scale), round(high * scale)
    left, top = (size - new_wide) // 2, (size - new_high) // 2
    square = np.full((size, size, 3), 114, np.uint8)
    square[top:top + new_high, left:left + new_wide] = cv2.resize(pixels, (new_wide, new_high), interpolation=cv2.INTER_LINEAR)
    return square, scale, left, top


def suppress(corners, scores):
    """Indices kept by non-maximum suppression, best first."""
    order, kept = np.argsort(-scores), []
    areas = (corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1])
    while len(order) and len(kept) < MOST:
        best, order = order[0], order[1:]
        kept.append(best)
        sides = np.minimum(corners[best, 2:], corners[order, 2:]) - np.maximum(corners[best, :2], corners[order, :2])
        shared = sides.clip(0).prod(1)
        order = order[shared / (areas[best] + areas[order] - shared + 1e-9) <= NMS_IOU]
    return kept


@torch.no_grad()
def find_things(network, pictures, device, batch=16):
    """Per picture: labels, corners in the picture's pixels, scores."""
    export = Export(network, SIZE).to(device).eval()
    found = []
    for start in range(0, len(pictures), batch):
        part = [letterbox(picture.pixels) for picture in pictures[start:start + batch]]
        tensor = torch.from_numpy(np.stack([square[:, :, ::-1].transpose(2, 0, 1) for square, *_ in part]).copy()).to(device)
        with torch.autocast(device.type, torch.bfloat16):
            rows = export(tensor.float().div(255).contiguous(memory_format=torch.channels_last)).float().cpu().numpy()
        for (_, scale, left, top), row in zip(part, rows):
            labels, corners, scores = [], [], []
            centre, half = row[:2].T, row[2:4].T / 2
            boxes = (np.concatenate([centre - half, centre + half], 1) - [left, top, left, top]) / scale
            for label in range(len(CLASSES)):
                good = np.flatnonzero(row[4 + label] > LEAST_SCORE)
                kept = good[suppress(boxes[good], row[4 + label][good])]
                labels += [label] * len(kept)
                corners.append(boxes[kept])
                scores.append(row[4 + label][kept])
            found.append((np.array(labels), np.concatenate(corners), np.concatenate(scores)))
    return found


def to_average_precision(pictures, found, label, least_iou=.5):
    """AP of one class, or `None` where no picture shows it. Matches best score first, one thing each."""
    rows, total = [], 0
    for picture, (labels, corners, scores) in zip(pictures, found):
        real = picture.corners[picture.labels == label]
        total += len(real)
        taken = np.zeros(len(real), bool)
        mine = np.flatnonzero(labels == label)
        for index in mine[np.argsort(-scores[mine])]:
            hit = False
            if len(real):
                sides = np.minimum(corners[index, 2:], real[:, 2:]) - np.maximum(corners[index, :2], real[:, :2])
                shared = sides.clip(0).prod(1)
                areas = (real[:, 2:] - real[:, :2]).prod(1) + (corners[index, 2:] - corners[index, :2]).prod()
                iou = np.where(taken, 0, shared / (areas - shared + 1e-9))
                if iou.max() >= least_iou:
                    taken[iou.argmax()] = hit = True
            rows.append((scores[index], hit))
    if not total:
        return None
    if not rows:
        return 0.
    hits = np.array([hit for _, hit in sorted(rows, key=lambda row: -row[0])])
    right = hits.cumsum()
    recall, precision = right / total, right / np.arange(1, len(hits) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(recall, np.linspace(0, 1, 101))
    return float(np.mean([precision[index] if index < len(precision) else 0. for index in at]))


def judge(network, pictures, device):
    """AP50 by class name, and `mean` over the classes that are shown. What a teacher added counts as labelled."""
    found = find_things(network, pictures, device)
    result = {name: to_average_precision(pictures, found, label) for label, name in enumerate(CLASSES)}
    known = [value for value in result.values() if value is not None]
    result['mean'] = sum(known) / len(known) if known else 0.
    return result
