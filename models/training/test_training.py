"""Checks of the recipe itself: python -m unittest discover -s models/training. Takes a few seconds; needs requirements.txt."""
import os
import subprocess
import sys
import tempfile
import unittest

import cv2
import numpy as np
import torch

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from augment import choose_view, lay, make_single, move_corners, Canvas  # noqa: E402
from classes import CLASSES  # noqa: E402
from judge import letterbox, suppress, to_average_precision  # noqa: E402
from loss import assign, to_iou, to_loss  # noqa: E402
from network import BINS, Export, StreetNano, fuse, make_anchors, to_boxes, to_sides  # noqa: E402
from pictures import Picture, read_lines  # noqa: E402
from split import draw_split, group_pictures  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


def paint(seed, wide=320, high=180):
    """A street of noise with one bright block, and the block's corners."""
    rng = np.random.default_rng(seed)
    pixels = cv2.resize(rng.integers(40, 160, (9, 16, 3), dtype=np.uint8), (wide, high), interpolation=cv2.INTER_CUBIC)
    left, top = int(rng.integers(20, wide - 80)), int(rng.integers(20, high - 60))
    pixels[top:top + 40, left:left + 60] = (250, 250, 250)
    return pixels, [left, top, left + 60, top + 40]


def to_picture(seed):
    pixels, box = paint(seed)
    return Picture(f'p{seed}', f'p{seed}', pixels, np.array([3]), np.array([box], np.float32), np.zeros(0, np.int64), np.zeros((0, 4), np.float32))


class Boxes(unittest.TestCase):
    def test_iou(self):
        a = torch.tensor([0., 0, 10, 10])
        self.assertAlmostEqual(to_iou(a, torch.tensor([0., 0, 10, 10])).item(), 1, 5)
        self.assertAlmostEqual(to_iou(a, torch.tensor([5., 0, 15, 10])).item(), 1 / 3, 5)
        self.assertEqual(to_iou(a, torch.tensor([20., 0, 30, 10])).item(), 0)
        self.assertLess(to_iou(a, torch.tensor([20., 0, 30, 10]), complete=True).item(), 0)

    def test_boxes_from_distances(self):
        points, strides = make_anchors([(4, 4), (2, 2), (1, 1)])
        self.assertEqual(points.shape, (21, 2))
        peaks = torch.full((21, 4, BINS), -50.)
        peaks[..., 2] = 50.
        boxes = to_boxes(to_sides(peaks.flatten(1)), points, strides)
        self.assertTrue(torch.allclose(boxes[0], torch.tensor([4. - 16, 4 - 16, 4 + 16, 4 + 16])))
        self.assertTrue(torch.allclose(boxes[-1], torch.tensor([16. - 64, 16 - 64, 16 + 64, 16 + 64])))

    def test_a_labelled_block_stays_on_its_block(self):
        for seed in range(40):
            rng = np.random.default_rng(seed)
            picture = to_picture(seed)
            canvas = Canvas(416, 256)
            lay(canvas, picture, choose_view(rng, picture, 416, 256, float(rng.uniform(.6, 1.6))), 0, 0, 416, 256)
            for box in canvas.corners:
                bright = canvas.pixels.min(2) > 225
                rows, columns = np.flatnonzero(bright.any(1)), np.flatnonzero(bright.any(0))
                seen = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
                self.assertLess(np.abs(np.array(seen) - box).max(), 6, f'seed {seed}')

    def test_mirrored_corners_keep_their_order(self):
        view = np.array([[-1., 0, 100], [0, 1., 0]])
        self.assertEqual(move_corners(np.array([[10., 5, 30, 25]]), view).tolist(), [[70., 5, 90, 25]])

    def test_half_hidden_is_not_judged(self):
        picture, canvas = to_picture(3), Canvas(416, 256)
        x1 = picture.corners[0, 0]
        lay(canvas, picture, np.array([[1., 0, -x1 - 50], [0, 1., 0]]), 0, 0, 416, 256)
        self.assertEqual((canvas.labels, canvas.spared_labels), ([], [3]))


class Loss(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)

    def target(self, **more):
        empty = {'ignored_corners': torch.zeros(1, 0, 4), 'ignored_classes': torch.zeros(1, 0, len(CLASSES), dtype=torch.bool)}
        return {'labels': torch.tensor([[3]]), 'corners': torch.tensor([[[20., 20, 60, 50]]]), 'present': torch.tensor([[True]]), **empty, **more}

    def test_cells_inside_answer(self):
        points, strides = make_anchors([(16, 16), (8, 8), (4, 4)])
        boxes = torch.cat([points - 15, points + 15], 1)[None]
        thing, chosen, worth = assign(torch.rand(1, len(points), len(CLASSES)), boxes, points, strides, *(self.target()[key] for key in ('labels', 'corners', 'present')))
        self.assertEqual(int(chosen.sum()), 10)
        inside = points[chosen[0]]
        self.assertTrue(bool(((inside > 20) & (inside < torch.tensor([60., 50]))).all()))
        self.assertTrue(bool((worth[chosen] > 0).any() and (worth <= 1).all()))

    def test_padding_answers_for_nothing(self):
        points, strides = make_anchors([(16, 16), (8, 8), (4, 4)])
        none = torch.tensor([[False]])
        _, chosen, _ = assign(torch.rand(1, len(points), len(CLASSES)), torch.rand(1, len(points), 4), points, strides, self.target()['labels'], self.target()['corners'], none)
        self.assertFalse(bool(chosen.any()))

    def test_what_is_spared_costs_nothing(self):
        network = StreetNano(len(CLASSES)).eval()
        levels = [level.detach().requires_grad_() for level in network(torch.rand(1, 3, 128, 128))]
        everything = {'present': torch.tensor([[False]]), 'ignored_corners': torch.tensor([[[-1., -1, 200, 200]]]), 'ignored_classes': torch.ones(1, 1, len(CLASSES), dtype=torch.bool)}
        blamed, _ = to_loss(levels, self.target(present=torch.tensor([[False]])), len(CLASSES))
        spared, _ = to_loss(levels, self.target(**everything), len(CLASSES))
        self.assertGreater(blamed.item(), 0)
        self.assertEqual(spared.item(), 0)

    def test_it_learns_one_picture(self):
        network = StreetNano(len(CLASSES)).train()
        optimiser = torch.optim.AdamW(network.parameters(), 3e-3)
        pixels, box = paint(1, 128, 128)
        images = torch.from_numpy(pixels.transpose(2, 0, 1).copy()).float()[None] / 255
        target = self.target(corners=torch.tensor([[box]], dtype=torch.float32))
        losses = []
        for _ in range(25):
            loss, _ = to_loss(network(images.repeat(2, 1, 1, 1)), {name: tensor.repeat(2, *[1] * (tensor.ndim - 1)) for name, tensor in target.items()}, len(CLASSES))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        self.assertLess(losses[-1], losses[0] * .75)


class Judging(unittest.TestCase):
    def test_fused_is_the_same(self):
        network = StreetNano(len(CLASSES)).train()
        network(torch.rand(2, 3, 64, 64))
        network.eval()
        images = torch.rand(1, 3, 64, 64)
        before = Export(network, 64)(images)
        self.assertTrue(torch.allclose(before, Export(fuse(network), 64)(images), atol=1e-3))

    def test_suppression_keeps_the_best(self):
        corners = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [50, 50, 60, 60]], float)
        self.assertEqual(suppress(corners, np.array([.5, .9, .1])), [1, 2])

    def test_average_precision(self):
        picture = to_picture(1)
        right, wrong = picture.corners[0], picture.corners[0] + 200
        found = [(np.array([3, 3]), np.array([wrong, right]), np.array([.9, .8]))]
        self.assertAlmostEqual(to_average_precision([picture], found, 3), .5, 5)
        self.assertIsNone(to_average_precision([picture], found, 2))

    def test_letterbox_is_in_the_middle(self):
        square, scale, left, top = letterbox(np.zeros((270, 480, 3), np.uint8))
        self.assertEqual((square.shape, left, top), ((416, 416, 3), 0, 91))
        self.assertAlmostEqual(scale, 416 / 480)


class Files(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        for name in ('images', 'labels'):
            os.makedirs(os.path.join(self.folder.name, name))

    def fill(self, count):
        for seed in range(count):
            pixels, (x1, y1, x2, y2) = paint(seed)
            cv2.imwrite(os.path.join(self.folder.name, 'images', f'p{seed}.png'), pixels)
            with open(os.path.join(self.folder.name, 'labels', f'p{seed}.txt'), 'w') as out:
                out.write(f'0 {(x1 + x2) / 640} {(y1 + y2) / 360} {60 / 320} {40 / 180}\n')
        with open(os.path.join(self.folder.name, 'classes.txt'), 'w') as out:
            out.write('car\n')

    def test_a_bad_label_is_named(self):
        path = os.path.join(self.folder.name, 'labels', 'a.txt')
        for text in ('0 .5 .5 .1\n', 'x .5 .5 .1 .1\n', '7 .5 .5 .1 .1\n', '0 .5 nan .1 .1\n'):
            with open(path, 'w') as out:
                out.write('0 .5 .5 .2 .2\n' + text)
            with self.assertRaisesRegex(SystemExit, 'a.txt:2: '):
                read_lines(path, ['car'], 'classes.txt')

    def test_one_camera_stays_together(self):
        scene, _ = paint(100)
        paths = []
        for index in range(6):
            pixels = (scene if index < 3 else paint(index)[0]).copy()
            cv2.circle(pixels, (40 * index + 30, 90), 10, (0, 0, 255), -1)
            paths.append(os.path.join(self.folder.name, 'images', f'{"abcdef"[index]}.png'))
            cv2.imwrite(paths[-1], pixels)
        groups = group_pictures(paths, 'original')
        self.assertIn(sorted(paths[:3]), [sorted(group) for group in groups])
        named, held = draw_split(groups, .3, [])
        self.assertEqual(draw_split(groups, .3, [])[1], held)
        with self.assertRaisesRegex(SystemExit, 'nothing'):
            draw_split(groups, .3, ['nothing'])

    def test_a_killed_run_goes_on_to_the_same_weights(self):
        self.fill(6)
        environment = {**os.environ, 'OMP_NUM_THREADS': '1'}

        def start(out):
            return subprocess.Popen([sys.executable, os.path.join(HERE, 'train.py'), '--data', self.folder.name, '--out', out, '--steps', '5', '--batch', '2', '--workers', '0',
                                     '--save-every', '1', '--judge-every', '1000'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)

        def finish(run):
            self.assertEqual((run.communicate(timeout=300), run.returncode)[1], 0)

        whole, parts = (os.path.join(self.folder.name, name) for name in ('whole', 'parts'))
        finish(start(whole))
        killed = start(parts)
        with killed.stdout:
            for line in killed.stdout:
                if line.startswith('step 3 '):  # step 2 is saved, step 3 perhaps
                    killed.kill()
                    break
        killed.wait(timeout=60)
        self.assertIn(torch.load(os.path.join(parts, 'last.pt'), weights_only=True)['step'], (2, 3, 4, 5))
        finish(start(parts))
        wanted, got = (torch.load(os.path.join(out, 'last.pt'), weights_only=True) for out in (whole, parts))
        self.assertEqual((wanted['step'], got['step']), (5, 5))
        for name, tensor in wanted['average'].items():
            if tensor.dtype.is_floating_point:
                self.assertTrue(torch.allclose(tensor, got['average'][name], atol=1e-4), name)
        self.assertTrue(os.path.exists(os.path.join(parts, 'street-nano.onnx')))


if __name__ == '__main__':
    unittest.main()
