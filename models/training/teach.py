"""Fills in what the labels of a data set leave out, as a published detector sees it (distillation).

Needs a model of the DETR family with inputs `images` and `orig_target_sizes` and COCO's 80 classes. What the teacher is sure
of becomes a label; what it only suspects, and what it takes a labelled kind of thing for, is not judged in training.

    python teach.py --data DIR --teacher FILE.onnx --fill person --doubt bicycle,motorcycle,car,bus,truck --prefix road-

writes DIR/taught/NAME.txt: `class cx cy w h score` for labels (score 1) and for what is not to be judged (score 0), YOLO style.
"""
import argparse
import os

import cv2
import numpy as np
import onnxruntime

from classes import CLASSES, FROM_COCO, to_alike

SURE, SUSPECT, SAME = .5, .22, .45


def open_teacher(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(path, options, providers=['CPUExecutionProvider'])
    size = session.get_inputs()[0].shape[-1]

    def see(picture):
        """Class names, corners in 0-1 and scores of what the teacher sees in a BGR picture."""
        rgb = cv2.cvtColor(cv2.resize(picture, (size, size)), cv2.COLOR_BGR2RGB)
        tensor = rgb.transpose(2, 0, 1)[None].astype(np.float32) / 255
        labels, boxes, scores = session.run(['labels', 'boxes', 'scores'], {'images': tensor, 'orig_target_sizes': np.array([[1, 1]], np.int64)})
        return [(FROM_COCO[label], box, score) for label, box, score in zip(labels[0].tolist(), boxes[0], scores[0].tolist()) if label in FROM_COCO]

    return see


def to_overlap(a, b):
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or high <= 0:
        return 0.
    return wide * high / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - wide * high)


def read_labels(path):
    """Class names and corners (0-1) of a YOLO text file."""
    things = []
    for line in open(path):
        index, x, y, wide, high = map(float, line.split()[:5])
        things.append((int(index), [x - wide / 2, y - high / 2, x + wide / 2, y + high / 2]))
    return things


def judge(seen, labelled, fill, doubt):
    """Lines of what is to be added: taken as labels, or not judged."""
    lines, taken = [], []
    for name, box, score in sorted(seen, key=lambda thing: -thing[2]):
        box = np.clip(box, 0, 1).tolist()
        alike = to_alike(name)
        if score < SUSPECT or box[2] <= box[0] or box[3] <= box[1]:
            continue
        if any(to_overlap(box, other) >= SAME and label in alike for label, other in labelled + taken):
            continue
        sure = name in fill and score >= SURE
        if not sure and name not in fill and name not in doubt:
            continue
        taken.append((name, box))
        numbers = ' '.join(f'{value:.5f}' for value in ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, box[2] - box[0], box[3] - box[1]))
        lines.append(f'{CLASSES.index(name)} {numbers} {int(sure)}')
    return lines


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    arguments.add_argument('--data', required=True)
    arguments.add_argument('--teacher', required=True, help='ONNX file, DETR family, COCO classes')
    arguments.add_argument('--fill', default='', help='classes that the labels lack: taken over where the teacher is sure')
    arguments.add_argument('--doubt', default='', help='classes labelled in part: what else the teacher sees of them is not judged')
    arguments.add_argument('--prefix', default='')
    options = arguments.parse_args()
    fill, doubt = (set(filter(None, text.split(','))) for text in (options.fill, options.doubt))
    for name in fill | doubt:
        if name not in FROM_COCO.values():
            raise SystemExit(f'"{name}": a teacher of COCO knows {", ".join(FROM_COCO.values())}')
    see = open_teacher(options.teacher)
    with open(os.path.join(options.data, 'classes.txt')) as file:
        names = file.read().split()
    os.makedirs(os.path.join(options.data, 'taught'), exist_ok=True)
    pictures = [name for name in sorted(os.listdir(os.path.join(options.data, 'images'))) if name.startswith(options.prefix)]
    added = 0
    for count, picture in enumerate(pictures, 1):
        stem = os.path.splitext(picture)[0]
        labelled = [(names[index], box) for index, box in read_labels(os.path.join(options.data, 'labels', f'{stem}.txt'))]
        lines = judge(see(cv2.imread(os.path.join(options.data, 'images', picture))), labelled, fill, doubt)
        added += sum(line.endswith(' 1') for line in lines)
        with open(os.path.join(options.data, 'taught', f'{stem}.txt'), 'w') as out:
            out.write(''.join(f'{line}\n' for line in lines))
        if count % 500 == 0 or count == len(pictures):
            print(f'{count} of {len(pictures)} pictures, {added} labels added', flush=True)


if __name__ == '__main__':
    main()
