"""The peer of `bench/peer.ts`: OpenCV's VideoCapture and dnn, as its own documentation uses them, on one thread.

peer-opencv.py CLIP MODEL INSTANTS.json: reads the clip from its start, looks at the frames whose times (ms) are listed, prints one JSON
line per frame: {"ptsMs": ..., "detections": [[label, score, x1, y1, x2, y2], ...]} with boxes 0-1.
"""

import json
import sys

import cv2
import numpy as np

SIDE = 416
PADDING = 114
MIN_SCORE = 0.1
NMS_IOU = 0.45


def make_grid():
    cells, strides = [], []
    for stride in (8, 16, 32):
        ys, xs = np.meshgrid(np.arange(SIDE // stride), np.arange(SIDE // stride), indexing="ij")
        cells.append(np.stack([xs, ys], -1).reshape(-1, 2))
        strides.append(np.full((xs.size, 1), stride))
    return np.concatenate(cells), np.concatenate(strides)


def letterbox(frame):
    height, width = frame.shape[:2]
    ratio = min(SIDE / height, SIDE / width)
    size = (round(width * ratio), round(height * ratio))
    padded = np.full((SIDE, SIDE, 3), PADDING, np.uint8)
    padded[: size[1], : size[0]] = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    return padded, size


def decode(rows, grid, strides, size):
    centres = (rows[:, :2] + grid) * strides
    sizes = np.exp(rows[:, 2:4]) * strides
    scores = rows[:, 4:5] * rows[:, 5:]
    labels = scores.argmax(1)
    best = scores[np.arange(len(labels)), labels]
    found = []
    for label in np.unique(labels[best >= MIN_SCORE]):
        chosen = np.flatnonzero((labels == label) & (best >= MIN_SCORE))
        corners = centres[chosen] - sizes[chosen] / 2
        boxes = np.concatenate([corners, sizes[chosen]], 1)
        kept = cv2.dnn.NMSBoxes(boxes.tolist(), best[chosen].tolist(), MIN_SCORE, NMS_IOU)
        for i in np.array(kept).flatten():
            x, y, w, h = boxes[i]
            edges = np.clip([x / size[0], y / size[1], (x + w) / size[0], (y + h) / size[1]], 0, 1)
            found.append([int(label), float(best[chosen][i]), *map(float, edges)])
    return found


def main():
    clip, model, instants_file = sys.argv[1:4]
    with open(instants_file) as file:
        wanted = json.load(file)
    cv2.setNumThreads(1)
    net = cv2.dnn.readNetFromONNX(model)
    grid, strides = make_grid()
    capture = cv2.VideoCapture(clip, cv2.CAP_FFMPEG)
    rate = capture.get(cv2.CAP_PROP_FPS)
    indexes = [round(at * rate / 1000) for at in wanted]
    next_index = 0
    for index in range(indexes[-1] + 1):
        if not capture.grab():
            sys.exit(f"the clip ends at frame {index}")
        if index != indexes[next_index]:
            continue
        _, frame = capture.retrieve()
        picture, size = letterbox(frame)
        net.setInput(cv2.dnn.blobFromImage(picture, 1.0, (SIDE, SIDE), swapRB=False))
        rows = net.forward()[0]
        print(json.dumps({"ptsMs": wanted[next_index], "detections": decode(rows, grid, strides, size)}))
        next_index += 1


main()
