"""Batches, each made from the seed and its own number alone: a run that was stopped goes on as if it never had been."""
import numpy as np
import torch
from torch.utils.data import Dataset, Sampler

from augment import make_mosaic, make_single
from classes import CLASSES, to_alike
from split import WIDE_ASPECT

WIDE, SQUARE = (416, 256), (352, 352)  # what a camera's picture fills of a square input of 416; and about as many pixels


class Batches(Dataset):
    """Item i is the whole batch of step i. Steps alternate between wide pictures alone and square mosaics of all kinds."""

    def __init__(self, pictures, size, seed, last_step, calm_from):
        self.pictures, self.size, self.seed = pictures, size, seed
        self.last_step, self.calm_from = last_step, calm_from
        self.wide = [picture for picture in pictures if picture.pixels.shape[1] > WIDE_ASPECT * picture.pixels.shape[0]]
        self.other = [picture for picture in pictures if picture.pixels.shape[1] <= WIDE_ASPECT * picture.pixels.shape[0]]
        self.sums = {id(group): np.cumsum([picture.weight for picture in group]) for group in (self.wide, self.other)}

    def __len__(self):
        return self.last_step

    def draw(self, rng, group):
        sums = self.sums[id(group)]
        return group[min(len(group) - 1, int(np.searchsorted(sums, rng.random() * sums[-1])))]

    def __getitem__(self, step):
        rng = np.random.default_rng([self.seed, step])
        calm = step >= self.calm_from
        both = self.wide and self.other

        def draw():
            return self.draw(rng, (self.wide if rng.random() < .5 else self.other) if both else self.wide or self.other)

        if self.wide and (step % 2 == 0 or not self.other):
            wide, high = WIDE
            canvases = [make_mosaic(rng, draw, wide, high) if not calm and rng.random() < .15
                        else make_single(rng, self.draw(rng, self.wide), wide, high, .5 if calm else 1.) for _ in range(self.size)]
        else:
            wide, high = SQUARE
            mosaics = .2 if calm else .6
            canvases = [make_mosaic(rng, draw, wide, high) if rng.random() < mosaics
                        else make_single(rng, self.draw(rng, self.other or self.wide), wide, high, .5 if calm else 1.) for _ in range(self.size)]
        return collate(canvases)


def collate(canvases):
    """Canvases as tensors: `images` N x 3 x H x W (uint8, RGB) and the targets that `to_loss` takes."""
    count = len(canvases)
    most = max(1, *(len(canvas.labels) for canvas in canvases))
    spared = max(len(canvas.spared_labels) for canvas in canvases)
    labels = torch.zeros(count, most, dtype=torch.long)
    corners, present = torch.zeros(count, most, 4), torch.zeros(count, most, dtype=torch.bool)
    ignored_corners = torch.zeros(count, spared, 4)
    ignored_classes = torch.zeros(count, spared, len(CLASSES), dtype=torch.bool)
    for row, canvas in enumerate(canvases):
        for column, (label, box) in enumerate(zip(canvas.labels, canvas.corners)):
            labels[row, column], corners[row, column], present[row, column] = label, torch.from_numpy(np.asarray(box, np.float32)), True
        for column, (label, box) in enumerate(zip(canvas.spared_labels, canvas.spared_corners)):
            ignored_corners[row, column] = torch.from_numpy(np.asarray(box, np.float32))
            for name in to_alike(CLASSES[label]) & set(CLASSES):
                ignored_classes[row, column, CLASSES.index(name)] = True
    pixels = np.stack([canvas.pixels[:, :, ::-1] for canvas in canvases])
    images = torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2)
    return {'images': images, 'labels': labels, 'corners': corners, 'present': present,
            'ignored_corners': ignored_corners, 'ignored_classes': ignored_classes}


class From(Sampler):
    """The steps that are left."""

    def __init__(self, first, end):
        self.first, self.end = first, end

    def __iter__(self):
        return iter(range(self.first, self.end))

    def __len__(self):
        return self.end - self.first
