"""Divides pictures into those learnt from and those held back, never two of one camera or of one original on both sides.

Pictures of fixed cameras are grouped by their background, others by what survives a small turn, a crop and another exposure.
Which groups are held back is drawn by hash, until their share is reached: the same pictures always give the same split.

    python split.py --data DIR [--by camera|original] [--prefix road-] [--share 0.2] [--hold GROUP ...] --out split.json

    python split.py --data DIR --take split.json --out FOLDER       # a copy of what is held back, to be measured on

The first writes {group: {"held": whether it is held back, "pictures": [file name]}}; a group is named after its first picture.
"""
import argparse
import hashlib
import json
import os
import re
import shutil

import cv2
import numpy as np

CAMERA_SIZE, ORIGINAL_SIZE = (48, 27), 32
SAME_CAMERA, SAME_ORIGINAL = .5, .80
WIDE_ASPECT = 1.3
FIXED = 60  # so many alike pictures are a fixed camera; the others, when numbered one after another, one camera on the move


def normalise(rows):
    rows = rows - rows.mean(1, keepdims=True)
    return rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-6)


def describe_camera(picture):
    """Where the edges are and which way they run: the background, whatever passes and whatever the light."""
    grey = cv2.GaussianBlur(cv2.cvtColor(cv2.resize(picture, (384, 216), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY), (0, 0), 1.5).astype(np.float32)
    dx, dy = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    strength, double = np.hypot(dx, dy), 2 * np.arctan2(dy, dx)
    strength = strength / (cv2.blur(strength, (61, 61)) + 8)
    return np.concatenate([cv2.resize(strength * wave, CAMERA_SIZE, interpolation=cv2.INTER_AREA).ravel() for wave in (np.cos(double), np.sin(double))])


def describe_original(picture, degrees=0.):
    """The middle of the picture, coarse, in grey, turned by so many degrees."""
    high, wide = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, ORIGINAL_SIZE / (.7 * max(high, wide)))
    turn[:, 2] += ORIGINAL_SIZE / 2 - np.array([wide / 2, high / 2])
    grey = cv2.cvtColor(cv2.GaussianBlur(picture, (0, 0), max(high, wide) / 60), cv2.COLOR_BGR2GRAY)
    return cv2.warpAffine(grey, turn, (ORIGINAL_SIZE, ORIGINAL_SIZE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32).ravel()


def read_number(path):
    """Name up to its last number, and that number: `road-image-0012.webp` is `road-image-`, 12."""
    found = re.match(r'(.*?)(\d+)$', os.path.splitext(os.path.basename(path))[0])
    return (found[1], int(found[2])) if found else (path, 0)


def join_moving(paths, numbers):
    """Joins by their numbers the pictures that belong to no fixed camera: with the fixed camera between whose pictures they
    lie, and else with the picture before them (a camera on the move)."""
    fixed = {number for number in set(numbers) if numbers.count(number) >= FIXED}
    joined = list(numbers)

    def merge(old, new):
        joined[:] = [new if number == old else number for number in joined]

    for index, path in enumerate(paths):
        if numbers[index] in fixed:
            continue
        stem, at = read_number(path)
        before = next((i for i in range(index - 1, -1, -1) if numbers[i] in fixed and read_number(paths[i])[0] == stem), None)
        after = next((i for i in range(index + 1, len(paths)) if numbers[i] in fixed and read_number(paths[i])[0] == stem), None)
        if before is not None and after is not None and numbers[before] == numbers[after]:
            merge(joined[index], joined[before])
        elif index and numbers[index - 1] not in fixed and read_number(paths[index - 1])[0] == stem and at - read_number(paths[index - 1])[1] <= 3:
            merge(joined[index], joined[index - 1])
    return joined


def join(likeness, least):
    """Groups of rows joined by chains of likeness: each row's group number."""
    parent = list(range(len(likeness)))

    def find(index):
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for a, b in zip(*np.nonzero(np.triu(likeness >= least, 1))):
        parent[find(a)] = find(b)
    return [find(index) for index in range(len(likeness))]


def group_pictures(paths, by):
    """Lists of paths that must stay on one side."""
    pictures = [cv2.imread(path) for path in paths]
    for path, picture in zip(paths, pictures):
        if picture is None:
            raise SystemExit(f'{path}: not a picture that OpenCV can read')
    if by == 'camera':
        rows = normalise(np.stack([describe_camera(picture) for picture in pictures]))
        likeness, least = rows @ rows.T, SAME_CAMERA
    else:
        straight = normalise(np.stack([describe_original(picture) for picture in pictures]))
        likeness, least = straight @ straight.T, SAME_ORIGINAL
        for degrees in (-20, -15, -10, -5, 5, 10, 15, 20):
            turned = normalise(np.stack([describe_original(picture, degrees) for picture in pictures]))
            likeness = np.maximum(likeness, straight @ turned.T)
        likeness = np.maximum(likeness, likeness.T)
    numbers = join(likeness, least)
    groups = {}
    for path, number in zip(paths, join_moving(paths, numbers) if by == 'camera' else numbers):
        groups.setdefault(number, []).append(path)
    return list(groups.values())


def draw_split(groups, share, hold):
    """Names the groups after their first picture; holds back `hold` and then as many as the share asks for, by hash."""
    named = {os.path.splitext(os.path.basename(min(group)))[0]: sorted(group) for group in groups}
    total = sum(map(len, named.values()))
    held = [name for name in hold if name in named]
    missing = sorted(set(hold) - set(named))
    if missing:
        raise SystemExit(f'--hold {missing[0]}: no group begins with this picture')
    for name in sorted(named, key=lambda name: hashlib.sha256(name.encode()).digest()):
        size = sum(len(named[other]) for other in held)
        # a group that would overshoot by half the share again stays with the learnt ones
        if name not in held and size < share * total and size + len(named[name]) <= 1.5 * share * total:
            held.append(name)
    return named, held


def split_folders(folders, out, share=.2):
    """Draws the split of whole data sets, unless `out` is there: wide pictures by camera, others by original. Returns `out`."""
    if os.path.exists(out):
        return out
    split = {}
    for folder in folders:
        images = os.path.join(folder, 'images')
        kinds = {'camera': [], 'original': []}
        for name in sorted(os.listdir(images)):
            picture = cv2.imread(os.path.join(images, name))
            if picture is not None:
                kinds['camera' if picture.shape[1] > WIDE_ASPECT * picture.shape[0] else 'original'].append(os.path.join(images, name))
        for by, paths in kinds.items():
            if paths:
                named, held = draw_split(group_pictures(paths, by), share, [])
                split.update({name: {'held': name in held, 'pictures': [os.path.basename(path) for path in group]} for name, group in named.items()})
    with open(f'{out}.part', 'w') as file:
        json.dump(split, file, indent=1)
    os.replace(f'{out}.part', out)
    return out


def take_held(data, split_file, out):
    """Copies the held-back pictures and labels of a data set into a folder that `xunjie models eval --yolo` reads."""
    with open(split_file) as file:
        names = [name for entry in json.load(file).values() if entry['held'] for name in entry['pictures']]
    for folder in ('images', 'labels'):
        os.makedirs(os.path.join(out, folder), exist_ok=True)
    count = 0
    for name in names:
        label = f'{os.path.splitext(name)[0]}.txt'
        if os.path.exists(os.path.join(data, 'images', name)):
            shutil.copy(os.path.join(data, 'images', name), os.path.join(out, 'images', name))
            shutil.copy(os.path.join(data, 'labels', label), os.path.join(out, 'labels', label))
            count += 1
    shutil.copy(os.path.join(data, 'classes.txt'), os.path.join(out, 'classes.txt'))
    print(f'{count} pictures that are held back, in {out}')


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    arguments.add_argument('--data', required=True, help='folder with images/ and labels/')
    arguments.add_argument('--by', choices=['camera', 'original'], default='camera')
    arguments.add_argument('--prefix', default='', help='only pictures whose name begins so')
    arguments.add_argument('--share', type=float, default=.2)
    arguments.add_argument('--hold', nargs='*', default=[], help='groups held back whatever is drawn, by their first picture')
    arguments.add_argument('--out', required=True, help='JSON; an existing file is added to')
    arguments.add_argument('--take', metavar='SPLIT', help='copy what this split holds back into the folder --out, and stop')
    options = arguments.parse_args()
    if options.take:
        take_held(options.data, options.take, options.out)
        return
    folder = os.path.join(options.data, 'images')
    paths = [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.startswith(options.prefix)]
    if not paths:
        raise SystemExit(f'{folder}: no picture begins with "{options.prefix}"')
    named, held = draw_split(group_pictures(paths, options.by), options.share, options.hold)
    split = {}
    if os.path.exists(options.out):
        with open(options.out) as file:
            split = json.load(file)
    for name, group in named.items():
        split[name] = {'held': name in held, 'pictures': [os.path.basename(path) for path in group]}
    with open(options.out, 'w') as file:
        json.dump(split, file, indent=1)
    kept = sum(len(named[name]) for name in held)
    print(f'{len(paths)} pictures in {len(named)} groups; held back: {kept} pictures in {len(held)} groups')
    for name in sorted(named, key=lambda name: -len(named[name]))[:20]:
        print(f'  {name}: {len(named[name])}{" (held back)" if name in held else ""}')


if __name__ == '__main__':
    main()
