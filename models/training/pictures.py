"""Labelled pictures in memory: DIR/images, DIR/labels (YOLO text), DIR/classes.txt and, where a teacher was asked, DIR/taught."""
import collections
import json
import math
import os
from dataclasses import dataclass

import cv2
import numpy as np

from classes import CLASSES


@dataclass
class Picture:
    name: str
    group: str
    pixels: np.ndarray  # high x wide x 3, BGR
    labels: np.ndarray  # G, indices of CLASSES
    corners: np.ndarray  # G x 4, pixels
    spared_labels: np.ndarray  # I: what must not be judged, of this class and those alike
    spared_corners: np.ndarray  # I x 4
    weight: float = 1.


def read_lines(path, known, where):
    """Rows of a label file as index in CLASSES, cx, cy, w, h and what a sixth column says. `known`: the file's class names."""
    rows = []
    with open(path) as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                index, *numbers = line.split()
                values = [float(value) for value in numbers]
                name = known[int(index)]
            except (ValueError, IndexError):
                raise SystemExit(f'{path}:{number}: "{line.strip()}" is no label: class index, cx, cy, w, h as shares of the picture') from None
            if len(values) < 4 or not all(math.isfinite(value) for value in values):
                raise SystemExit(f'{path}:{number}: a label has a class index and four numbers')
            if name not in CLASSES:
                raise SystemExit(f'{where}: class "{name}" is none of {", ".join(CLASSES)}')
            rows.append([CLASSES.index(name), *values[:4], values[4] if len(values) > 4 else 1.])
    return np.array(rows, np.float32).reshape(-1, 6)


def to_corners(rows, wide, high):
    x, y, w, h = rows[:, 1:5].T
    return np.stack([(x - w / 2) * wide, (y - h / 2) * high, (x + w / 2) * wide, (y + h / 2) * high], 1)


def read_names(path):
    with open(path) as file:
        return file.read().split()


def read_folder(folder, wanted=None):
    """All pictures of a folder, or those that `wanted` (name → bool) takes."""
    classes_file = os.path.join(folder, 'classes.txt')
    known = read_names(classes_file) if os.path.exists(classes_file) else CLASSES
    names = sorted(name for name in os.listdir(os.path.join(folder, 'images')) if wanted is None or wanted(name))
    pictures = []
    for name in names:
        stem = os.path.splitext(name)[0]
        label_file = os.path.join(folder, 'labels', f'{stem}.txt')
        pixels = cv2.imread(os.path.join(folder, 'images', name)) if os.path.exists(label_file) else None
        if pixels is None:
            print(f'left out: {name} ({"not a readable picture" if os.path.exists(label_file) else "no label file"})')
            continue
        high, wide = pixels.shape[:2]
        rows = read_lines(label_file, known, classes_file)
        taught_file = os.path.join(folder, 'taught', f'{stem}.txt')
        taught = read_lines(taught_file, CLASSES, taught_file) if os.path.exists(taught_file) else np.zeros((0, 6), np.float32)
        if len(taught):
            sure = taught[:, 5] > .5
            rows = np.concatenate([rows, taught[sure]])
            taught = taught[~sure]
        pictures.append(Picture(
            stem, stem, pixels, rows[:, 0].astype(np.int64), to_corners(rows, wide, high),
            taught[:, 0].astype(np.int64), to_corners(taught, wide, high)))
    return pictures


def read_sets(folders, split_file):
    """What is learnt from and what is held back. A picture that no group of the split names is learnt from."""
    held, group_of = set(), {}
    if split_file:
        with open(split_file) as file:
            for group, entry in json.load(file).items():
                for name in entry['pictures']:
                    group_of[os.path.splitext(name)[0]] = group
                    if entry['held']:
                        held.add(os.path.splitext(name)[0])
    pictures = [picture for folder in folders for picture in read_folder(folder)]
    if not pictures:
        raise SystemExit('no pictures: each --data folder holds images/ and labels/')
    for picture in pictures:
        picture.group = group_of.get(picture.name, picture.name)
    learnt = [picture for picture in pictures if picture.name not in held]
    weigh(learnt)
    return learnt, [picture for picture in pictures if picture.name in held]


def weigh(pictures):
    """How often each is drawn: less where one camera gave many, more where it shows what few show (square roots of both)."""
    sizes = collections.Counter(picture.group for picture in pictures)
    shown = collections.Counter(label for picture in pictures for label in set(picture.labels.tolist()))
    for picture in pictures:
        rarest = min((shown[label] for label in set(picture.labels.tolist())), default=len(pictures))
        rare = min(4., max(1., (.15 * len(pictures) / rarest) ** .5))
        picture.weight = rare / max(1., sizes[picture.group] / 30) ** .5
