"""The classes the bundled weights know, in the order of their output, and how COCO's names map to them."""

CLASSES = ['person', 'bicycle', 'motorcycle', 'car', 'bus', 'truck', 'garbage', 'garbage_bin', 'overflowing_bin']

# Indices of COCO's 80 classes (0-based, as detectors put them out) that are also ours.
FROM_COCO = {0: 'person', 1: 'bicycle', 2: 'car', 3: 'motorcycle', 5: 'bus', 7: 'truck'}

# Taken for each other often enough that an unlabelled one must not count as an error of the other.
ALIKE = [{'car', 'bus', 'truck'}, {'bicycle', 'motorcycle'}, {'garbage', 'garbage_bin', 'overflowing_bin'}]


def to_alike(name):
    """Every class that a thing called `name` may also be called."""
    return next((group for group in ALIKE if name in group), {name})


def use_classes(path):
    """Learns other names instead, one a line."""
    with open(path) as file:
        names = file.read().split()
    if not names or len(set(names)) < len(names):
        raise SystemExit(f'{path}: expected class names, one a line, each once')
    CLASSES[:] = names
