"""Renders the demo town's clips. Usage: render.py CLIP --work DIR [--seed N] [--still T] [--night] [--rain] [--shake PX] [--occlusion]"""
import argparse
import math
import os
import sys
import time

import bpy
import numpy
from PIL import Image

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from town import truth  # noqa: E402
from town.clips import CLIPS  # noqa: E402
from town import furniture, materials
from town.large_vehicles import make_bus
from town.motion import drive
from town.rain import add_rain
from town.stage import FPS, Actor, frame_size, set_up, to_region  # noqa: E402

MARGIN_PX, FEATHER_PX = 14, 6


def shoot(path, samples, region=None):
    """Renders the picture, or only `region` (x1, y1, x2, y2 in pixels), as an array of RGB bytes."""
    render = bpy.context.scene.render
    width, height = frame_size
    bpy.context.scene.cycles.samples = samples
    render.use_border = render.use_crop_to_border = region is not None
    if region:
        # a quarter of a pixel more, so that rounding down in single precision meets the pixel that is meant
        render.border_min_x, render.border_max_x = (region[0] + .25) / width, (region[2] + .25) / width
        render.border_min_y, render.border_max_y = (height - region[3] + .25) / height, (height - region[1] + .25) / height
    render.filepath = path
    bpy.ops.render.render(write_still=True)
    return numpy.asarray(Image.open(path).convert('RGB'))


def to_pixels(box):
    width, height = frame_size
    x1, y1 = int(box[0] * width) - MARGIN_PX, int(box[1] * height) - MARGIN_PX
    x2, y2 = int(box[2] * width) + MARGIN_PX, int(box[3] * height) + MARGIN_PX
    return [max(x1, 0), max(y1, 0), min(x2, width), min(y2, height)]


def merge(regions):
    """Regions that overlap become one."""
    regions = [list(r) for r in regions]
    changed = True
    while changed:
        changed = False
        for i in range(len(regions)):
            for j in range(i + 1, len(regions)):
                a, b = regions[i], regions[j]
                if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]:
                    regions[i] = [min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])]
                    del regions[j]
                    changed = True
                    break
            if changed:
                break
    return regions


def paste(picture, crop, region):
    """Lays the crop over the picture with a soft edge, so that no seam shows."""
    x1, y1, x2, y2 = region
    height, width = y2 - y1, x2 - x1
    crop = crop[:height, :width].astype(numpy.float32)
    rows, columns = numpy.arange(height), numpy.arange(width)
    far = 10 ** 6
    top = rows if y1 > 0 else numpy.full(height, far)
    bottom = rows[::-1] if y2 < frame_size[1] else numpy.full(height, far)
    left = columns if x1 > 0 else numpy.full(width, far)
    right = columns[::-1] if x2 < frame_size[0] else numpy.full(width, far)
    edge = numpy.minimum(numpy.minimum(top, bottom)[:, None], numpy.minimum(left, right)[None, :])
    weight = numpy.clip(edge / FEATHER_PX, 0, 1)[..., None]
    picture[y1:y2, x1:x2] = picture[y1:y2, x1:x2] * (1 - weight) + crop * weight


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument('clip', choices=sorted(CLIPS))
    arguments.add_argument('--work', required=True)
    arguments.add_argument('--out', help='folder for scene, truth and recorded detections')
    arguments.add_argument('--seed', type=int, default=7)
    arguments.add_argument('--samples', type=int, default=6)
    arguments.add_argument('--plate-samples', type=int, default=40)
    arguments.add_argument('--still', type=float, action='append', help='only this second, as a whole picture')
    arguments.add_argument('--night', action='store_true', help='the same scene at night, its lamps and windows lit')
    arguments.add_argument('--rain', action='store_true', help='the same scene in rain: grey light, wet ground, streaks')
    arguments.add_argument('--shake', type=float, default=0, metavar='PX', help='the mast sways by up to so many pixels')
    arguments.add_argument('--occlusion', action='store_true', help='a bus stops before the camera for ten seconds')
    arguments.add_argument('--truth-only', action='store_true')
    options = arguments.parse_args()
    os.makedirs(options.work, exist_ok=True)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    builder, size, light = CLIPS[options.clip]
    light = 'night' if options.night else 'rain' if options.rain else light
    frame_size[:] = size
    furniture.lamps.clear()
    materials.begin(light)
    clip = builder(options.seed)
    clip['light'] = light
    if options.occlusion:
        add_occluder(clip, options.seed)
    if options.shake:
        clip['shake_px'] = options.shake
    camera, target, fov = clip['camera']
    sun = set_up(camera, target, fov, *clip['sun'], options.samples, light, furniture.lamps)
    if options.out:
        truth.write(clip, options.out)
    if options.truth_only:
        return
    if options.still:
        for t in options.still:
            for actor in clip['actors']:
                actor.pose(t)
            start = time.time()
            path = os.path.join(options.work, f'{clip["name"]}-still-{t:g}.png')
            finish(shoot(path, options.plate_samples), clip, round(t * FPS)).save(path)
            print(f'STILL {t:g}s in {time.time() - start:.0f}s', flush=True)
        return
    render_frames(clip, sun, options)


def finish(picture, clip, frame):
    """What lies over a finished picture: falling rain, and a mast that sways."""
    if clip['light'] == 'rain':
        picture = add_rain(picture, frame)
    image = Image.fromarray(picture)
    if clip.get('shake_px'):
        t = frame / FPS
        dx = clip['shake_px'] * (.7 * math.sin(6.1 * t) + .3 * math.sin(14.3 * t + 1))
        dy = clip['shake_px'] * (.5 * math.sin(7.7 * t + 2) + .3 * math.sin(17.9 * t))
        image = image.transform(image.size, Image.Transform.AFFINE, (1, 0, dx, 0, 1, dy), Image.Resampling.BICUBIC)
    return image


def add_occluder(clip, seed):
    """A bus that comes along the near lane, stands before the scene for ten seconds and drives on."""
    far = [(-60, 1.9), (-20, 1.9), (0, 1.9), (20, 1.9), (60, 1.9), (80, 1.9)]
    middle = (clip['camera'][0][0] + clip['camera'][1][0]) / 2
    clip['actors'].append(Actor('occluder', 'bus', make_bus('occluder', (.05, .22, .30)),
                                drive(far, [(16, -40), (21, middle - 1), (22, middle), (32, middle), (38, 50)], (7, .13), 5)))


def shoot_plate(clip, folder, resting, samples):
    path = os.path.join(folder, f'plate-{"+".join(resting)}.png')
    if os.path.exists(path):
        return numpy.asarray(Image.open(path).convert('RGB'))
    for actor in clip['actors']:
        for thing, _joint in actor.parts.values():
            thing.hide_render = actor.name not in resting
    start = time.time()
    picture = shoot(path, samples)
    print(f'PLATE {resting} {time.time() - start:.0f}s', flush=True)
    return picture


def render_frames(clip, sun, options):
    """Every frame = a plate (all that rests) + fresh crops where something moves. Finished frames are kept."""
    folder = os.path.join(options.work, clip['name'])
    os.makedirs(folder, exist_ok=True)
    crop_path = os.path.join(folder, 'crop.png')
    plates, cycles = {}, {}
    for frame in range(clip['durationS'] * FPS):
        path = os.path.join(folder, f'frame-{frame:04d}.png')
        t = (frame - frame % clip.get('step', 1)) / FPS
        now = {actor.name: actor.pose(t) for actor in clip['actors']}
        resting = tuple(name for name, where in now.items() if where and not where.moving)
        moving = tuple((name, where) for name, where in now.items() if where and where.moving)
        if os.path.exists(path):
            continue
        if resting not in plates:
            plates[resting] = shoot_plate(clip, folder, resting, options.plate_samples)
            for actor in clip['actors']:
                actor.pose(t)
        key = (resting, moving)
        if key not in cycles:
            bpy.context.view_layer.update()
            boxes = [to_region(actor, sun, clip['wall_y'], clip['light'], furniture.lamps) for actor in clip['actors'] if now[actor.name] and now[actor.name].moving]
            picture = plates[resting].astype(numpy.float32).copy()
            start = time.time()
            regions = merge([to_pixels(box) for box in boxes if box])
            for region in regions:
                paste(picture, shoot(crop_path, options.samples, region), region)
            cycles[key] = picture.round().astype(numpy.uint8)
            if regions:
                print(f'FRAME {frame} {regions} {time.time() - start:.1f}s', flush=True)
        finish(cycles[key], clip, frame).save(path, compress_level=1)


main()
