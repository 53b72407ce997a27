"""Buses and trucks, built from a few measures. Forward is +x, the origin lies on the ground in the middle."""
from . import materials as m
from .meshes import Builder, loft
from .vehicles import _wheel


def _shell(b, material, stations, round_by=.14):
    """A box with rounded upright edges and roof through stations (x, half width, low, high)."""
    rings = []
    for x, w, low, high in stations:
        r = min(round_by, w * .3)
        half = [(w * .96, low), (w, low + .1), (w, high - 1.6 * r), (w - .3 * r, high - .5 * r), (w - r, high)]
        rings.append([(x, y, z) for y, z in half] + [(x, -y, z) for y, z in half[::-1]])
    b.add(loft(rings), material)


def _front(b, x, width, z, face):
    lamp, trim = m.plain('lamp', (.85, .88, .9), .08, .3, 1.0), m.plain('trim', (.02, .02, .022), .5)
    b.box(trim, (.08, width * 1.9, .3), (x - .01 * face, 0, .48), .04)
    for side in (1, -1):
        b.box(lamp, (.06, .34, .17), (x + .02 * face, side * (width - .32), z), .04)
        b.box(trim, (.10, .10, .40), (x - .05 * face, side * (width + .05), z + .95), .03)
    b.box(m.plain('plate', (.02, .06, .26), .4), (.02, .44, .14), (x + .05 * face, 0, .5), .005)


def _rear(b, x, width, z):
    red, trim = m.plain('tail-lamp', (.5, .01, .01), .12, 0, 1.0), m.plain('trim', (.02, .02, .022), .5)
    b.box(trim, (.08, width * 1.8, .18), (x, 0, .45), .03)
    for side in (1, -1):
        b.box(red, (.05, .16, .32), (x - .02, side * (width - .16), z), .03)
    b.box(m.plain('plate', (.02, .06, .26), .4), (.02, .44, .14), (x - .04, 0, .62), .005)


def make_bus(name, colour, band=(.75, .75, .74), length=9.2):
    b = Builder()
    paint, glass = m.car_paint(name, colour), m.glass()
    stripe, trim = m.plain(f'band-{band}', band, .35, 0, .8), m.plain('trim', (.02, .02, .022), .5)
    h, w = length / 2, 1.23
    _shell(b, paint, [(-h, w - .1, .5, 2.8), (-h + .08, w, .36, 2.95), (h - .35, w, .34, 2.95), (h - .06, w - .03, .36, 2.82), (h, w - .10, .42, 2.6)])
    for side in (1, -1):
        b.box(stripe, (length - .5, .012, .34), (-.05, side * (w + .004), 1.0))
        b.box(glass, (length - .9, .012, .95), (-.15, side * (w + .006), 1.92))
        count = round(length / 1.35)
        for k in range(count + 1):
            b.box(trim, (.055, .02, .98), (-h + .3 + (length - .9) * k / count, side * (w + .008), 1.92))
        for axle in (h - 2.3, -h + 2.2):
            _wheel(b, (axle, side * (w + .0), .47), .47, side)
    for x in (h - 1.1, -.4):
        b.box(trim, (1.15, .016, 2.2), (x, -(w + .008), 1.5))
        for dx in (-.28, .28):
            b.box(glass, (.48, .02, 1.9), (x + dx, -(w + .012), 1.55))
    b.box(glass, (.03, w * 1.84, 1.35), (h - .03, 0, 1.82), .01, (0, 2, 0))
    b.box(m.plain('blind', (.008, .008, .008), .6), (.03, 1.7, .24), (h - .045, 0, 2.66))
    b.box(m.plain('blind-text', (.85, .45, .04), .6, 0, 0, 1.5), (.03, .95, .1), (h - .035, .1, 2.66))
    b.box(glass, (.03, w * 1.6, .8), (-h - .005, 0, 2.1))
    b.box(m.weathered('bus-roof', (.6, .6, .58), .6, .15), (2.4, 1.5, .22), (-.8, 0, 3.03), .08)
    _front(b, h, w, .82, 1)
    _rear(b, -h, w, 1.0)
    return b.finish(name)


def make_truck(name, cab, box=(.72, .72, .70), length=5.9, open_bed=False):
    """A light delivery truck: cab over the front axle, closed box or open bed."""
    b = Builder()
    paint, glass = m.car_paint(name, cab), m.glass()
    shell, trim = m.weathered(f'truck-box-{box}', box, .5, .10, 1.5, .03), m.plain('trim', (.02, .02, .022), .5)
    h, w = length / 2, .98
    front = h - 1.55
    _shell(b, paint, [(front, w, .42, 2.05), (front + .1, w, .40, 2.12), (h - .5, w, .40, 2.12), (h - .12, w - .02, .42, 1.35), (h, w - .06, .46, 1.15)])
    b.box(glass, (.03, w * 1.75, .80), (h - .34, 0, 1.70), .01, (0, -27, 0))
    for side in (1, -1):
        b.box(glass, (.78, .015, .58), (front + .62, side * (w + .003), 1.66))
        b.box(trim, (.03, .02, 1.5), (front + .18, side * (w + .003), 1.3))
        b.box(m.plain('chrome', (.7, .7, .72), .15, 1.0), (.16, .02, .03), (front + .35, side * (w + .01), 1.2))
    bed = length - 1.65
    middle = -h + bed / 2
    b.box(trim, (length - .3, .8, .16), (-.1, 0, .62), .01)
    if open_bed:
        b.box(shell, (bed, w * 2.1, .10), (middle, 0, .86), .01)
        for side in (1, -1):
            b.box(shell, (bed, .05, .42), (middle, side * w * 1.03, 1.1), .01)
        b.box(shell, (.05, w * 2.06, .42), (-h + .02, 0, 1.1), .01)
        b.box(shell, (.05, w * 2.06, .7), (front - .12, 0, 1.25), .01)
    else:
        high = 1.95
        b.box(shell, (bed, w * 2.14, high), (middle, 0, .80 + high / 2), .03)
        for k in range(9):
            for side in (1, -1):
                b.box(shell, (.05, .03, high - .1), (-h + .25 + (bed - .5) * k / 8, side * w * 1.075, .80 + high / 2))
        b.box(trim, (.02, .02, high - .06), (-h - .006, 0, .80 + high / 2))
    radius = .37
    for side in (1, -1):
        _wheel(b, (h - .85, side * (w - .02), radius), radius, side)
        _wheel(b, (-h + 1.25, side * (w - .02), radius), radius, side)
        b.box(trim, (1.3, .04, .2), (.1, side * (w - .05), .55), .01)
    _front(b, h, w, .78, 1)
    _rear(b, -h, w, .68)
    return b.finish(name)
