"""Trains the detector from nothing, or on from an exported file.

    python train.py --data DIR [--data DIR ...] --out RUN

DIR holds images/, labels/ (YOLO text) and classes.txt. RUN gets split.json (what is held back, unless --split says it),
last.pt (everything needed to go on; written whole or not at all), curve.csv (AP50 on what is held back) and the best weights so
far as street-nano.onnx. The same command goes on where a run was stopped or killed; a larger --steps prolongs it. A GPU is
used where PyTorch finds one.
"""
import argparse
import copy
import csv
import os
import time

import numpy as np
import torch
from torch.utils.data import DataLoader

from batches import Batches, From
from classes import CLASSES, use_classes
from export import export, read_tensors
from judge import judge
from loss import to_loss
from network import StreetNano, unfuse
from pictures import read_sets
from split import split_folders

WARM_UP, COOL_DOWN, LAST_RATE = 300, .35, .02  # steps; share of the run; share of the rate


def to_rate(step, steps):
    """Share of the learning rate: up, flat, down in a straight line. Only the last part depends on where the run ends."""
    begin = int(steps * (1 - COOL_DOWN))
    if step < WARM_UP:
        return (step + 1) / WARM_UP
    return 1. if step < begin else max(LAST_RATE, 1 - (1 - LAST_RATE) * (step - begin) / max(1, steps - begin))


def group_parameters(network, decay):
    """Matrices and kernels decay, shifts and scales don't."""
    heavy = [parameter for parameter in network.parameters() if parameter.ndim > 1]
    light = [parameter for parameter in network.parameters() if parameter.ndim <= 1]
    return [{'params': heavy, 'weight_decay': decay}, {'params': light, 'weight_decay': 0.}]


@torch.no_grad()
def follow(average, network, step):
    """The slow mean of all weights, which is what is judged and shipped."""
    keep = min(.9995, (step + 1) / (step + 20))
    for slow, fast in zip(average.state_dict().values(), network.state_dict().values()):
        if slow.dtype.is_floating_point:
            slow.lerp_(fast, 1 - keep)
        else:
            slow.copy_(fast)


def save(path, state):
    torch.save(state, f'{path}.part')
    os.replace(f'{path}.part', path)


def note(path, row):
    new = not os.path.exists(path)
    with open(path, 'a', newline='') as file:
        writer = csv.DictWriter(file, list(row))
        if new:
            writer.writeheader()
        writer.writerow(row)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument('--data', action='append', required=True, help='folder with images/, labels/, classes.txt; may be repeated')
    arguments.add_argument('--split', help='from split.py: what is held back; default: drawn, a fifth, by camera and original')
    arguments.add_argument('--classes', metavar='FILE', help='names to learn, one a line; default: the bundled weights\' own')
    arguments.add_argument('--out', required=True)
    arguments.add_argument('--steps', type=int, default=30_000)
    arguments.add_argument('--batch', type=int, default=32)
    arguments.add_argument('--rate', type=float, default=2e-3)
    arguments.add_argument('--decay', type=float, default=.03)
    arguments.add_argument('--seed', type=int, default=1)
    arguments.add_argument('--judge-every', type=int, default=1500, help='steps between points of the learning curve')
    arguments.add_argument('--save-every', type=int, default=250, help='steps between checkpoints')
    arguments.add_argument('--workers', type=int, default=2, help='processes that make pictures')
    arguments.add_argument('--start-from', metavar='FILE.onnx', help='weights of an earlier export instead of random ones')
    options = arguments.parse_args()
    if options.steps < 1 or options.batch < 1:
        raise SystemExit('--steps and --batch are at least 1')
    if options.classes:
        use_classes(options.classes)
    os.makedirs(options.out, exist_ok=True)
    split = options.split or split_folders(options.data, os.path.join(options.out, 'split.json'))
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    torch.manual_seed(options.seed)
    learnt, held = read_sets(options.data, split)
    print(f'{len(learnt)} pictures to learn from, {len(held)} held back, on {device}', flush=True)
    if not learnt:
        raise SystemExit('the split holds every picture back: nothing is left to learn from')

    network = StreetNano(len(CLASSES))
    if options.start_from:
        unfuse(network, read_tensors(options.start_from))
    network = network.to(device, memory_format=torch.channels_last)
    average = copy.deepcopy(network).eval()
    optimiser = torch.optim.AdamW(group_parameters(network, options.decay), options.rate, betas=(.9, .98))
    checkpoint, curve = os.path.join(options.out, 'last.pt'), os.path.join(options.out, 'curve.csv')
    step, best = 0, -1.
    if os.path.exists(checkpoint):
        state = torch.load(checkpoint, map_location=device, weights_only=True)
        if state['classes'] != CLASSES:
            raise SystemExit(f'{checkpoint} knows other classes ({", ".join(state["classes"])}): choose another --out')
        network.load_state_dict(state['network'])
        average.load_state_dict(state['average'])
        optimiser.load_state_dict(state['optimiser'])
        step, best = state['step'], state['best']
        print(f'goes on after step {step}', flush=True)

    batches = Batches(learnt, options.batch, options.seed, options.steps, int(options.steps * .9))
    # two processes hold pictures ready; PyTorch's own threads stay as many as there are cores
    loader = DataLoader(batches, batch_size=None, sampler=From(step, options.steps), num_workers=options.workers,
                        prefetch_factor=4 if options.workers else None)
    began, sums, count = time.monotonic(), {}, 0
    for batch in loader:
        rate = options.rate * to_rate(step, options.steps)
        for group in optimiser.param_groups:
            group['lr'] = rate
        network.train()
        batch = {name: tensor.to(device) for name, tensor in batch.items()}
        images = batch.pop('images').float().div_(255).contiguous(memory_format=torch.channels_last)
        with torch.autocast(device.type, torch.bfloat16):
            levels = network(images)
        loss, parts = to_loss(levels, batch, len(CLASSES))
        if not torch.isfinite(loss):
            raise SystemExit(f'step {step}: the loss is {loss.item()}; the last good state is in {checkpoint}; try a lower --rate')
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 10.)
        optimiser.step()
        follow(average, network, step)
        step += 1
        count += 1
        for name, value in parts.items():
            sums[name] = sums.get(name, 0.) + value
        if step % options.save_every == 0 or step == options.steps:
            pace = count * options.batch / (time.monotonic() - began)
            print(f'step {step} rate {rate:.5f} ' + ' '.join(f'{name} {value / count:.3f}' for name, value in sums.items()) + f' {pace:.0f} pictures/s', flush=True)
            began, sums, count = time.monotonic(), {}, 0
            state = {'network': network.state_dict(), 'average': average.state_dict(), 'optimiser': optimiser.state_dict(), 'step': step, 'best': best, 'classes': CLASSES}
            if held and (step % options.judge_every == 0 or step == options.steps):
                result = judge(average, held, device)
                note(curve, {'step': step, **{name: '' if value is None else f'{value:.4f}' for name, value in result.items()}})
                print('AP50 ' + ' '.join(f'{name} {value:.3f}' for name, value in result.items() if value is not None), flush=True)
                if result['mean'] > best:
                    best = state['best'] = result['mean']
                    export(average, os.path.join(options.out, 'street-nano.onnx'))
                began = time.monotonic()
            save(checkpoint, state)
    if not held:
        export(average, os.path.join(options.out, 'street-nano.onnx'))


if __name__ == '__main__':
    np.seterr(over='ignore')
    main()
