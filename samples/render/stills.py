"""Labelled training pictures of other streets than the demo's. Usage: stills.py --out DIR --seed N [--cameras N]

One run builds one random street and photographs it from several random cameras, each time with another share of its things.
Labels are YOLO text; a thing gets one when at least 45 % of it can be seen and it is 8 pixels wide and high at 416.
"""
import argparse
import math
import os
import random
import sys

import bpy

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from town import furniture, materials, random_street  # noqa: E402
from town.rain import add_rain  # noqa: E402
from town.stage import frame_size, place_camera, set_up, to_box, to_visible_share  # noqa: E402

CLASSES = ['person', 'bicycle', 'motorcycle', 'car', 'bus', 'truck', 'garbage', 'garbage_bin', 'overflowing_bin']
LEAST_VISIBLE, LEAST_PX_AT_416, LEAST_INSIDE = .45, 8, .35


def write_labels(actors, static, path):
    bpy.context.view_layer.update()
    names = {actor.name: {thing.name for thing, _joint in actor.parts.values()} for actor in actors}
    lines = []
    for actor in actors:
        box, inside = to_box(actor.world_points(actor.truth_parts))
        if not box or inside < LEAST_INSIDE or actor.kind not in CLASSES:
            continue
        wide, high = box[2] - box[0], box[3] - box[1]
        if wide * 416 < LEAST_PX_AT_416 or high * 416 * frame_size[1] / frame_size[0] < LEAST_PX_AT_416:
            continue
        others = set().union({static.name}, *(things for name, things in names.items() if name != actor.name))
        if to_visible_share(actor, box, others, 9) < LEAST_VISIBLE:
            continue
        lines.append(f'{CLASSES.index(actor.kind)} {(box[0] + box[2]) / 2:.6f} {(box[1] + box[3]) / 2:.6f} {wide:.6f} {high:.6f}')
    with open(path, 'w') as out:
        out.write(''.join(f'{line}\n' for line in lines))
    return len(lines)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument('--out', required=True)
    arguments.add_argument('--seed', type=int, required=True)
    arguments.add_argument('--cameras', type=int, default=8)
    arguments.add_argument('--samples', type=int, default=8)
    arguments.add_argument('--light', choices=['day', 'dusk', 'night', 'rain'])
    options = arguments.parse_args()
    rng = random.Random(90_000 + options.seed)
    light = options.light or rng.choices(['day', 'rain', 'dusk', 'night'], [45, 22, 22, 11])[0]
    for folder in ('images', 'labels'):
        os.makedirs(os.path.join(options.out, folder), exist_ok=True)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    frame_size[:] = [640, 360]
    furniture.lamps.clear()
    materials.begin(light)
    street = random_street.build(rng, light)
    set_up((0, -5, 5), (5, 8, 1), 60, rng.uniform(22, 65), rng.uniform(180, 350), options.samples, light, furniture.lamps)
    render = bpy.context.scene.render
    for k in range(options.cameras):
        name = f'synth-{options.seed:05d}-{k}'
        place_camera(*random_street.pick_camera(rng, street))
        shown = [actor for actor in street['actors'] if rng.random() < .8]
        for actor in street['actors']:
            actor.pose(0)
            for thing, _joint in actor.parts.values():
                thing.hide_render = thing.hide_viewport = actor not in shown
        count = write_labels(shown, street['static'], os.path.join(options.out, 'labels', f'{name}.txt'))
        part = os.path.join(options.out, f'.part-{os.getpid()}.png')
        render.filepath = part
        bpy.ops.render.render(write_still=True)
        from PIL import Image
        import numpy
        picture = numpy.asarray(Image.open(part).convert('RGB'))
        if light == 'rain':
            picture = add_rain(picture, rng.randrange(100_000), 120)
        half_done = os.path.join(options.out, f'.part-{os.getpid()}.webp')
        Image.fromarray(picture).save(half_done, quality=rng.randrange(70, 92))
        os.replace(half_done, os.path.join(options.out, 'images', f'{name}.webp'))
        os.remove(part)
        print(f'{name} {light} {count} labels', flush=True)


main()
