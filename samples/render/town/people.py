"""People: simple clothed figures with turning limbs, so that they can walk, stand and shift their weight."""
import math

from . import materials as m
from .meshes import Builder, place

HEIGHT = 1.70


def _limb(material, skin, radii, length, end):
    """A limb that hangs down from its joint at the origin; `end` = what closes it (hand or shoe)."""
    b = Builder()
    top, low = radii
    b.ball(material, (top, top, top), (0, 0, 0))
    b.cylinder(material, low, length, (0, 0, -length / 2), top=top)
    b.ball(material, (low, low, low), (0, 0, -length))
    if end == 'hand':
        b.ball(skin, (.045, .035, .075), (.01, 0, -length - .07))
    else:
        b.box(m.plain('shoe', (.02, .018, .016), .5), (.27, .10, .09), (.05, 0, -length - .04), .04)
    return b


def make_person(name, shirt, trousers, hair=(.012, .01, .009), hat=None, apron=None):
    """Parts by name -> (object, joint in the person's space). The figure looks along +x."""
    top = m.weathered(f'shirt-{name}', shirt, .9, .2, 6, .1)
    low = m.weathered(f'trousers-{name}', trousers, .9, .25, 6, .1)
    skin = m.plain('skin', (.55, .33, .22), .5)
    dark = m.plain(f'hair-{name}', hair, .6)
    body = Builder()
    from .meshes import loft, subdivide
    outline = [(.84, .10, .15), (.90, .125, .18), (1.02, .115, .155), (1.18, .125, .175), (1.34, .12, .20), (1.42, .095, .19), (1.46, .05, .07)]
    rings = [[(depth * math.cos(a), wide * math.sin(a), z) for a in [2 * math.pi * i / 12 for i in range(12)]]
             for z, depth, wide in outline]
    body.add(subdivide(loft(rings[1:]), 1), top, smooth=True)
    body.add(subdivide(loft(rings[:3]), 1), low, smooth=True)
    body.cylinder(skin, .055, .12, (0, 0, 1.47))
    if apron:
        body.box(m.weathered(f'apron-{name}', apron, .9), (.02, .3, .62), (.125, 0, .98), .01)
    head = Builder()
    head.ball(skin, (.10, .082, .125), (.01, 0, .12))
    head.ball(skin, (.02, .015, .02), (.115, 0, .105))
    head.ball(dark, (.108, .092, .105), (-.018, 0, .165))
    if hat:
        cloth = m.weathered(f'hat-{name}', hat, .9)
        head.cylinder(cloth, .30, .02, (0, 0, .19), top=.28)
        head.cylinder(cloth, .13, .12, (0, 0, .24), top=.10)
    parts = {'body': (body.finish(f'{name}-body'), (0, 0, 0)), 'head': (head.finish(f'{name}-head'), (0, 0, 1.50))}
    for side, word in ((1, 'left'), (-1, 'right')):
        parts[f'{word}-arm'] = (_limb(top, skin, (.062, .045), .50, 'hand').finish(f'{name}-{word}-arm'), (0, side * .215, 1.36))
        parts[f'{word}-leg'] = (_limb(low, skin, (.095, .065), .80, 'shoe').finish(f'{name}-{word}-leg'), (0, side * .09, .89))
    return parts


def to_pose(kind, phase):
    """Turns of the limbs (x, y, z in degrees) and the body's lift for a phase in 0-1."""
    swing = math.sin(2 * math.pi * phase)
    slow = math.sin(2 * math.pi * phase + 1.3)
    if kind == 'walk':
        return {'left-leg': (0, 26 * swing, 0), 'right-leg': (0, -26 * swing, 0),
                'left-arm': (6, -20 * swing, 0), 'right-arm': (-6, 20 * swing, 0), 'lift': -.035 * abs(swing)}
    if kind == 'push':
        return {'left-leg': (0, 22 * swing, 0), 'right-leg': (0, -22 * swing, 0),
                'left-arm': (0, -58, 0), 'right-arm': (0, -58, 0), 'lift': -.03 * abs(swing)}
    if kind == 'serve':
        return {'left-arm': (4, -48 - 14 * swing, 0), 'right-arm': (-4, -52 + 16 * slow, 0), 'head': (0, 8, 14 * slow), 'lift': 0}
    return {'left-arm': (7, -6 - 4 * swing, 0), 'right-arm': (-7, -38 - 10 * slow, 0), 'head': (0, 4, 16 * swing), 'lift': 0}


def joint_matrix(joint, turn, lift):
    return place((joint[0], joint[1], joint[2] + lift), turn)
