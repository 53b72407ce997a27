"""Scene, truth and recorded detections, from what the renderer knows."""
import json
import os

import bpy

from .stage import FPS, to_box, to_picture, to_visible_share

SCORE, LEAST_VISIBLE, LEAST_INSIDE, LEAST_SIDE = .9, .45, .5, .02


def write(clip, folder):
    zones = {name: [[round(min(max(v, 0), 1), 4) for v in (p if len(p) == 2 else to_picture(p))] for p in points] for name, points in clip['zones'].items()}
    name = clip['name']
    with open(os.path.join(folder, f'{name}.scene.yaml'), 'w') as out:
        out.write(_scene(name, zones, clip['rules']))
    rests = {actor.name: _rest(actor, clip['durationS']) for actor in clip['actors']}
    kinds = {actor.name: actor.kind for actor in clip['actors']}
    def stay(offence, zone, who):
        return {'offence': offence, 'zone': zone, 'class': kinds[who], 'fromS': rests[who][0], 'toS': rests[who][1]}
    expected = [stay(*entry) for entry in clip['expected']]
    held = [{**stay(*entry), 'reason': reason} for *entry, reason in clip.get('held', [])]
    with open(os.path.join(folder, f'{name}.truth.json'), 'w') as out:
        json.dump({'clip': f'{name}.mp4', 'durationS': clip['durationS'], 'zones': zones, 'expected': expected, 'held': held}, out, indent=2)
        out.write('\n')
    with open(os.path.join(folder, f'{name}.detections.jsonl'), 'w') as out:
        for second in range(clip['durationS']):
            out.write(json.dumps({'ptsMs': second * 1000, 'detections': _detections(clip, second)}, separators=(',', ':')) + '\n')


def _scene(name, zones, rules):
    lines = ['# yaml-language-server: $schema=../../docs/scene.schema.json',
             f'# {name}: written by samples/render; points are 0-1 of the picture', 'zones:']
    for zone, points in zones.items():
        lines += [f'  {zone}:'] + [f'    - [{x}, {y}]' for x, y in points]
    lines.append('rules:')
    for rule in rules:
        for k, (key, value) in enumerate(rule.items()):
            text = f'[{", ".join(value)}]' if isinstance(value, list) else value
            lines.append(f'  {"- " if k == 0 else "  "}{key}: {text}')
    return '\n'.join(lines) + '\n'


def _rest(actor, duration_s):
    """From when to when the actor stands still (to the frame); the end is None when it still does at the clip's end."""
    still = [t / FPS for t in range(duration_s * FPS) if (now := actor.motion(t / FPS)) and not now.moving]
    if not still:
        return None
    return still[0], None if still[-1] >= duration_s - 1 / FPS - 1e-9 else round(still[-1] + 1 / FPS, 3)


def _detections(clip, t):
    on_stage = [actor for actor in clip['actors'] if actor.pose(t)]
    bpy.context.view_layer.update()
    names = {actor.name: {thing.name for thing, _joint in actor.parts.values()} for actor in on_stage}
    names['street'] = {clip['static'].name}
    found = []
    for actor in on_stage:
        if actor.kind is None:
            continue
        box, inside = to_box(actor.world_points(actor.truth_parts))
        if not box or inside < LEAST_INSIDE or min(box[2] - box[0], box[3] - box[1]) < LEAST_SIDE:
            continue
        others = set().union(*(things for name, things in names.items() if name != actor.name))
        if to_visible_share(actor, box, others) < LEAST_VISIBLE:
            continue
        found.append({'class': actor.kind, 'score': SCORE, 'box': [round(v, 4) for v in box]})
    return found
