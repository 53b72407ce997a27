"""Writes a trained network as ONNX in the layout of `yolov8`, and reads such a file's tensors back.

    python export.py --run RUN --out street-nano.onnx
"""
import argparse
import copy
import os

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from classes import CLASSES
from network import Export, StreetNano, fuse

SIZE, OPSET = 416, 17
PREFIX = 'network.'


def export(network, path, size=SIZE):
    """Writes `network` (not changed): input `images` 1 x 3 x size x size, RGB 0-1; output `output0` 1 x (4 + classes) x cells."""
    whole = Export(fuse(copy.deepcopy(network).cpu().float().eval()), size).eval()
    torch.onnx.export(whole, (torch.zeros(1, 3, size, size),), f'{path}.part', input_names=['images'], output_names=['output0'],
                      opset_version=OPSET, dynamo=False)
    model = onnx.load(f'{path}.part')
    for key, value in (('names', repr(dict(enumerate(CLASSES)))), ('stride', '32'), ('imgsz', f'[{size}, {size}]'), ('task', 'detect')):
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    model.doc_string = ''
    onnx.checker.check_model(model)
    onnx.save(model, f'{path}.part')
    os.replace(f'{path}.part', path)


def read_tensors(path):
    """The tensors of an exported file by their names in the network."""
    if not os.path.exists(path):
        raise SystemExit(f'{path}: no such file')
    tensors = {item.name.removeprefix(PREFIX): torch.from_numpy(np.array(numpy_helper.to_array(item))) for item in onnx.load(path).graph.initializer}
    missing = [name for name, module in StreetNano(len(CLASSES)).named_modules() if isinstance(module, torch.nn.Conv2d) and f'{name}.weight' not in tensors]
    if missing:
        raise SystemExit(f'{path}: not an export of this network ("{missing[0]}.weight" is missing)')
    return tensors


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    arguments.add_argument('--run', required=True, help='folder with last.pt')
    arguments.add_argument('--out', required=True)
    options = arguments.parse_args()
    network = StreetNano(len(CLASSES))
    network.load_state_dict(torch.load(os.path.join(options.run, 'last.pt'), map_location='cpu', weights_only=True)['average'])
    export(network, options.out)


if __name__ == '__main__':
    main()
