"""Street furniture: trees, lamps, bins, benches, the vendor's cart with its parasol."""
import math

from mathutils import Vector

from . import materials as m
from .meshes import Builder, ball, loft, place


def add_tree(b, rng, x, y, height=6.5, spread=2.0):
    bark = m.weathered('bark', (.12, .085, .06), .95, .5, 5, .6)
    leaf_kinds = [m.plain('leaf-a', (.035, .11, .018), .55), m.plain('leaf-b', (.06, .16, .03), .55),
                  m.plain('leaf-c', (.022, .075, .016), .6)]
    fork = height * .5
    rings = []
    for k in range(7):
        t = k / 6
        r = .17 * (1 - .5 * t) * (1.5 if k == 0 else 1)
        bend = .12 * math.sin(t * 3 + x)
        rings.append([(x + bend + r * math.cos(a), y + r * math.sin(a), fork * t) for a in [2 * math.pi * i / 10 for i in range(10)]])
    b.add(loft(rings), bark, smooth=True)
    clumps = []
    for k in range(11):
        a = 2 * math.pi * rng.random()
        r = spread * (.25 + .55 * rng.random())
        centre = Vector((x + r * math.cos(a), y + r * math.sin(a), fork + (height - fork) * rng.random()))
        clumps.append((centre, .55 + .45 * rng.random()))
        base = Vector((x, y, fork * .93))
        way = centre - base
        side = way.orthogonal().normalized() * .035
        other = way.normalized().cross(side)
        b.add(loft([[tuple(base + way * t + (side * math.cos(w) + other * math.sin(w)) * (1.6 - t)) for w in (0, 2.1, 4.2)] for t in (0, 1)]), bark)
    for centre, size in clumps:
        for _ in range(230):
            direction = Vector((rng.gauss(0, 1), rng.gauss(0, 1), rng.gauss(0, .8))).normalized()
            spot = centre + direction * size * (rng.random() ** .4)
            a = Vector((rng.gauss(0, 1), rng.gauss(0, 1), rng.gauss(0, .6))).normalized() * .13
            c = a.orthogonal().normalized() * .075
            b.add(([spot - a, spot + c, spot + a, spot - c], [[0, 1, 2, 3]]), rng.choice(leaf_kinds))
    b.box(m.plain('tree-pit', (.06, .045, .035), .95), (1.2, 1.2, .03), (x, y, .135))
    rim = m.weathered('pit-rim', (.35, .34, .33))
    for dx, dy, sx, sy in ((.65, 0, .1, 1.4), (-.65, 0, .1, 1.4), (0, .65, 1.4, .1), (0, -.65, 1.4, .1)):
        b.box(rim, (sx, sy, .07), (x + dx, y + dy, .15), .015)


lamps = []


def add_lamp(b, x, y, arm=-1.6):
    lamps.append((x, y + arm, 6.9))
    steel = m.plain('lamp-post', (.16, .17, .18), .4, .7)
    b.cylinder(steel, .13, .5, (x, y, .38))
    b.cylinder(steel, .075, 7, (x, y, 3.6), top=.05)
    b.cylinder(steel, .035, abs(arm), (x, y + arm / 2, 7.05), (90, 0, 0))
    b.box(m.plain('lamp-head', (.5, .51, .52), .4, .4), (.26, .7, .1), (x, y + arm, 7.02), .04)


def add_bin(b, x, y):
    green = m.plain('street-bin', (.02, .10, .05), .45)
    b.cylinder(green, .26, .8, (x, y, .53), top=.29)
    b.cylinder(m.plain('bin-lid', (.015, .05, .03), .4), .30, .08, (x, y, .97), top=.2)


def add_planter(b, rng, x, y, length=1.6):
    b.box(m.weathered('planter', (.36, .33, .30)), (length, .5, .5), (x, y, .37), .04)
    for _ in range(420):
        spot = Vector((x + (rng.random() - .5) * length, y + (rng.random() - .5) * .5, .62 + .3 * rng.random() ** 1.5))
        a = Vector((rng.gauss(0, 1), rng.gauss(0, 1), rng.gauss(0, 1))).normalized() * .09
        c = a.orthogonal().normalized() * .05
        b.add(([spot - a, spot + c, spot + a, spot - c], [[0, 1, 2, 3]]), m.plain('leaf-b', (.06, .16, .03), .55) if rng.random() < .8 else m.plain('flower', (.6, .05, .12), .6))


def make_parasol(name, colours, radius=1.35, rim=1.98, rise=.52, panels=8, foot=0.0):
    """A parasol on its pole; canopy panels in alternating colours with a hanging valance. Origin at the pole's foot."""
    b = Builder()
    cloth = [m.weathered(f'{name}-cloth-{i}', c, .85, .12, 2, .1) for i, c in enumerate(colours)]
    steps = 7
    for k in range(panels):
        a0, a1 = 2 * math.pi * k / panels, 2 * math.pi * (k + 1) / panels
        material = cloth[k % len(cloth)]
        vertices, faces = [], []
        for s in range(steps + 1):
            t = s / steps
            r = radius * t
            z = rim + rise * (1 - t ** 1.7)
            for u in (0, .25, .5, .75, 1):
                a = a0 + (a1 - a0) * u
                pull = 1 - .10 * t * math.sin(math.pi * u)
                sag = -.05 * math.sin(math.pi * t) * math.sin(math.pi * u)
                vertices.append((r * pull * math.cos(a), r * pull * math.sin(a), z + sag))
        for u in (0, .25, .5, .75, 1):
            a = a0 + (a1 - a0) * u
            pull = 1 - .10 * math.sin(math.pi * u)
            vertices.append((radius * pull * math.cos(a), radius * pull * math.sin(a), rim - .15 - .05 * math.sin(math.pi * u)))
        for s in range(steps + 1):
            for u in range(4):
                i = s * 5 + u
                faces.append([i, i + 1, i + 6, i + 5])
        b.add((vertices, faces), material, smooth=True)
        rib = m.plain('rib', (.5, .5, .5), .3, .8)
        b.cylinder(rib, .012, radius * .98, (radius * .5 * math.cos(a0), radius * .5 * math.sin(a0), rim + rise * .42),
                   (0, 90 + 21, math.degrees(a0)), sides=6)
    pole = m.plain('parasol-pole', (.62, .62, .60), .35, .4)
    b.cylinder(pole, .026 if foot == 0 else .011, rim + rise - foot, (0, 0, (rim + rise + foot) / 2), sides=12)
    b.cylinder(pole, .035, .14, (0, 0, rim + rise + .05), top=.01, sides=12)
    return b.finish(name)


def make_cart(name, rng):
    """A vendor's cart: steel top with trays of fruit, a coloured skirt, two big wheels, a handle at -x."""
    b = Builder()
    steel = m.plain('cart-steel', (.5, .51, .52), .3, .9)
    skirt = m.weathered('cart-skirt', (.42, .05, .03), .7, .25, 3)
    wood = m.weathered('crate', (.38, .24, .12), .85, .4, 6)
    b.box(skirt, (1.5, .8, .5), (0, 0, .62), .02)
    b.box(steel, (1.6, .9, .05), (0, 0, .90), .015)
    rubber = m.plain('rubber', (.012, .012, .013), .85)
    for side in (1, -1):
        b.cylinder(rubber, .3, .06, (.25, side * .47, .3), (90, 0, 0), sides=28)
        b.cylinder(steel, .22, .07, (.25, side * .47, .3), (90, 0, 0), sides=28)
        b.cylinder(steel, .02, .62, (-1.0, side * .32, .86), (0, 90, 0))
        b.cylinder(steel, .02, .4, (-.62, side * .35, .2))
    b.cylinder(steel, .02, .66, (-1.3, 0, .86), (90, 0, 0))
    fruits = [(.75, .18, .01), (.6, .03, .02), (.72, .5, .03), (.25, .42, .05), (.35, .03, .10), (.7, .35, .05)]
    fruit_ball = ball(10, 6)
    for k in range(6):
        cx, cy = -.5 + .5 * (k % 3), -.2 + .4 * (k // 3)
        b.box(wood, (.46, .36, .12), (cx, cy, .98), .01)
        fruit = m.plain(f'fruit-{k}', fruits[k], .35)
        for _ in range(34):
            spot = (cx + (rng.random() - .5) * .36, cy + (rng.random() - .5) * .27, 1.05 + rng.random() * .06)
            b.add(fruit_ball, fruit, place(spot) @ _size(.045))
    b.box(m.plain('price-card', (.85, .83, .75), .8), (.02, .3, .18), (.7, 0, 1.18), .004)
    return b.finish(name)


def _size(radius):
    from mathutils import Matrix
    return Matrix.Diagonal((radius, radius, radius, 1))
