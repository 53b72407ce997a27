"""Bins, tidy or overflowing, and rubbish that lies about. The origin is on the ground, the front looks along -y."""
import math

from mathutils import Matrix

from . import materials as m
from .meshes import Builder, ball, loft, place, tube

BAGS = [(.010, .010, .012), (.012, .013, .016), (.55, .56, .58), (.03, .10, .32), (.30, .26, .05), (.06, .20, .09)]
SHELLS = [(.02, .11, .05), (.03, .08, .28), (.10, .105, .11), (.02, .02, .022), (.34, .26, .02), (.20, .03, .03)]


def _sized(centre, radii, turn=0.0):
    return place(centre, (0, 0, turn)) @ Matrix.Diagonal((*radii, 1))


def _bag(b, rng, x, y, z, size):
    """A tied plastic bag: a lump with creases and its knot."""
    colour = rng.choice(BAGS)
    film = m.plain(f'bag-{colour}', colour, .28, 0, .4)
    vertices, faces = ball(18, 12)
    waves = [(rng.uniform(2, 5), rng.uniform(0, 6.3), rng.uniform(.03, .09)) for _ in range(4)]
    lump = []
    for v in vertices:
        angle, sink = math.atan2(v[1], v[0]), 1
        for count, shift, depth in waves:
            sink += depth * math.sin(round(count) * angle + shift + 3 * v[2])
        flat = max(v[2], -.62)
        pull = 1 - .55 * max(0, v[2] - .35)
        lump.append((v[0] * sink * pull, v[1] * sink * pull, (flat + .62) * (1 + .12 * max(0, v[2]))))
    wide = size * rng.uniform(.85, 1.15)
    b.add((lump, faces), film, _sized((x, y, z), (wide, size, size * rng.uniform(.6, .8)), rng.uniform(0, 360)), True)
    b.cylinder(film, size * .10, size * .3, (x, y, z + size * 1.12), (rng.uniform(-20, 20), rng.uniform(-20, 20), 0), top=size * .2, sides=8)


def _carton(b, rng, x, y, z, size):
    card = m.weathered(f'card-{rng.randrange(3)}', rng.choice([(.36, .24, .12), (.42, .29, .16), (.30, .21, .12)]), .9, .25, 4)
    turn = rng.uniform(-40, 40)
    height = size * rng.uniform(.5, 1)
    b.box(card, (size * rng.uniform(.9, 1.4), size, height), (x, y, z + height / 2), .008, (rng.uniform(-6, 6), rng.uniform(-6, 6), turn))
    b.box(m.plain('tape', (.5, .4, .22), .4), (size * 1.2, size * .12, .004), (x, y, z + height + .003), 0, (0, 0, turn))


def _litter(b, rng, x, y, z, reach, count):
    for _ in range(count):
        a, r = rng.uniform(0, 6.3), reach * rng.random() ** .6
        spot = (x + r * math.cos(a), y + r * math.sin(a) * .7, z)
        colour = rng.choice([(.6, .6, .58), (.5, .1, .05), (.1, .25, .5), (.55, .45, .1), (.35, .25, .15)])
        bit = m.plain(f'bit-{colour}', colour, .6)
        if rng.random() < .4:
            b.cylinder(bit, .035, .17, (spot[0], spot[1], z + .035), (90, 0, rng.uniform(0, 180)), sides=10)
        else:
            b.box(bit, (rng.uniform(.06, .2), rng.uniform(.05, .14), .02), (spot[0], spot[1], z + .012), 0, (rng.uniform(-12, 12), 0, rng.uniform(0, 180)))


def fill_heap(b, rng, x, y, z, wide, deep, high):
    """Bags and cartons heaped over an area; nothing floats, because the lowest ones carry the rest."""
    for layer in range(3):
        level = z + high * layer / 3.4
        share = 1 - layer / 3.2
        for _ in range(max(1, round(5 * wide * share * rng.uniform(1.2, 1.8)))):
            px, py = x + rng.uniform(-.5, .5) * wide * share, y + rng.uniform(-.5, .5) * deep * share
            if rng.random() < .72:
                _bag(b, rng, px, py, level, rng.uniform(.17, .30))
            else:
                _carton(b, rng, px, py, level, rng.uniform(.22, .42))


def make_heap(name, rng, wide=1.3, deep=.8, high=.6):
    b = Builder()
    fill_heap(b, rng, 0, 0, 0, wide, deep, high)
    _litter(b, rng, 0, 0, 0, max(wide, deep) * .75, rng.randrange(4, 12))
    return b.finish(name)


def make_goods(name, rng):
    """Goods left behind: cartons stacked on a pallet, strapped, with sacks against them."""
    b = Builder()
    wood = m.weathered('pallet', (.34, .23, .12), .9, .4, 6)
    for k in range(5):
        b.box(wood, (1.5, .13, .03), (0, -.42 + .21 * k, .13))
    for k in range(3):
        b.box(wood, (.12, 1.0, .11), (-.65 + .65 * k, 0, .06))
    card = [m.weathered(f'goods-{k}', c, .9, .18, 4) for k, c in enumerate([(.50, .36, .20), (.58, .44, .27), (.44, .30, .16)])]
    for floor in range(3):
        for column in range(3 if floor < 2 else 2):
            for row in range(2):
                b.box(card[(floor + column + row) % 3], (.46, .44, .36), (-.48 + .48 * column, -.24 + .48 * row, .335 + .37 * floor), .012, (0, 0, rng.uniform(-3, 3)))
                b.box(m.plain('goods-tape', (.62, .58, .45), .35), (.06, .45, .004), (-.48 + .48 * column, -.24 + .48 * row, .518 + .37 * floor))
    sack = m.weathered('sack', (.62, .58, .46), .95, .2, 8, .3)
    for k in range(4):
        b.add(ball(16, 10), sack, _sized((.95 + .06 * (k % 2), -.3 + .3 * (k // 2) + .05 * k, .16 + .27 * (k % 2)), (.24, .36, .17), 20 * k), True)
    return b.finish(name)


def _wheelie(b, colour, lid_turn):
    shell = m.weathered(f'bin-{colour}', colour, .5, .18, 3, .05)
    rubber = m.plain('rubber', (.012, .012, .013), .85)
    rings = []
    for z, w, d in ((.08, .21, .23), (.12, .225, .25), (.94, .285, .345), (.97, .31, .37), (1.02, .31, .37)):
        rings.append([(w * sx, d * sy, z) for sx, sy in ((-1, -.86), (-.86, -1), (.86, -1), (1, -.86), (1, .86), (.86, 1), (-.86, 1), (-1, .86))])
    b.add(loft(rings), shell)
    b.box(shell, (.40, .02, .28), (0, -.345, .62), .008, (-7, 0, 0))
    lid = place((0, .36, 1.03), (lid_turn, 0, 0))
    b.add(_box_part((.64, .78, .055), (0, -.39, .03)), shell, lid)
    b.add(_box_part((.5, .6, .04), (0, -.38, .07)), shell, lid)
    b.cylinder(shell, .022, .5, (0, .44, .98), (0, 90, 0), sides=10)
    for side in (1, -1):
        b.cylinder(rubber, .11, .06, (side * .27, .26, .11), (0, 90, 0), sides=20)


def _box_part(size, centre):
    from .meshes import box
    vertices, faces = box(size, .015)
    return [tuple(v[k] + centre[k] for k in range(3)) for v in vertices], faces


def _container(b, colour, lid_turn):
    shell = m.weathered(f'bin-{colour}', colour, .5, .18, 3, .05)
    rings = []
    for z, w, d in ((.20, .55, .38), (.26, .58, .40), (1.08, .66, .52), (1.12, .70, .56), (1.18, .70, .56)):
        rings.append([(w * sx, d * sy, z) for sx, sy in ((-1, -.9), (-.95, -1), (.95, -1), (1, -.9), (1, .9), (.95, 1), (-.95, 1), (-1, .9))])
    b.add(loft(rings), shell)
    for k in range(4):
        b.box(shell, (.05, .03, .8), (-.45 + .3 * k, -.47, .68), .01, (-7, 0, 0))
    lid = place((0, .54, 1.20), (lid_turn, 0, 0))
    b.add(_box_part((1.42, 1.12, .06), (0, -.56, .03)), shell, lid)
    rubber = m.plain('rubber', (.012, .012, .013), .85)
    for sx in (1, -1):
        for sy in (1, -1):
            b.cylinder(rubber, .1, .06, (sx * .5, sy * .3, .1), (0, 90, 0), sides=18)
            b.cylinder(shell, .03, .14, (sx * .5, sy * .3, .2), sides=8)


def _basket(b, colour):
    shell, steel = m.weathered(f'bin-{colour}', colour, .5, .18, 3, .05), m.plain('bin-steel', (.35, .36, .37), .35, .8)
    b.add(tube([(.24, .04), (.25, .08), (.30, .86), (.32, .88), (.32, .93), (.27, .93)], 24), shell, None, True)
    b.add(tube([(.26, .92), (.26, .90)], 24), m.plain('bin-mouth', (.004, .004, .004), .95))
    b.cylinder(steel, .325, .03, (0, 0, .80), sides=24)
    b.cylinder(steel, .275, .03, (0, 0, .30), sides=24)


FORMS = {'wheelie': (_wheelie, .5, .6, .98), 'container': (_container, 1.1, .8, 1.12), 'basket': (_basket, .36, .36, .84)}


def make_bin(name, rng, form='wheelie', colour=SHELLS[0], overflowing=False):
    """A bin; overflowing means that its rubbish stands above the rim, the lid open, and bags lean on its foot."""
    b = Builder()
    build, wide, deep, rim = FORMS[form]
    lid = rng.choice([-78, -62, -102]) if overflowing else 0
    if form == 'basket':
        build(b, colour)
    else:
        build(b, colour, lid)
    if overflowing:
        for layer in range(3):
            share = 1 - layer * .27
            for _ in range(max(3, round(7 * wide * share))):
                x, y = rng.uniform(-.5, .5) * wide * share, rng.uniform(-.5, .4) * deep * share
                if rng.random() < .7:
                    _bag(b, rng, x, y, rim - .1 + .17 * layer, rng.uniform(.14, .22))
                else:
                    _carton(b, rng, x, y, rim - .05 + .16 * layer, rng.uniform(.15, .26))
        for _ in range(rng.randrange(2, 5)):
            side = rng.choice((-1, 1))
            _bag(b, rng, side * (wide / 2 + rng.uniform(.16, .36)), rng.uniform(-.45, .1), 0, rng.uniform(.2, .3))
        _litter(b, rng, 0, -deep / 2 - .15, 0, wide / 2 + .2, 6)
    return b.finish(name)
