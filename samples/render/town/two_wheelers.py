"""Motor scooters, motorcycles and bicycles. Forward is +x, the origin lies on the ground in the middle."""
import math

from mathutils import Vector

from . import materials as m
from .meshes import Builder, loft, place, subdivide


def _rod(b, material, start, end, radius, sides=8):
    a, c = Vector(start), Vector(end)
    way = (c - a).normalized()
    side = way.orthogonal().normalized()
    other = way.cross(side)
    ring = [side * math.cos(2 * math.pi * k / sides) + other * math.sin(2 * math.pi * k / sides) for k in range(sides)]
    b.add(loft([[tuple(p + v * radius) for v in ring] for p in (a, c)]), material, None, True)


def _tyre(b, x, radius, thick, spokes):
    """A standing wheel at x: tyre as a turned ring, rim and spokes."""
    rubber, steel = m.plain('rubber', (.012, .012, .013), .85), m.plain('spoke', (.5, .5, .52), .3, .9)
    rings = []
    for k in range(29):
        a = 2 * math.pi * k / 28
        ring = []
        for j in range(8):
            w = 2 * math.pi * j / 8
            r = radius - thick + thick * math.cos(w)
            ring.append((x + r * math.cos(a), thick * math.sin(w), radius + r * math.sin(a)))
        rings.append(ring)
    b.add(loft(rings), rubber, None, True)
    for k in range(spokes):
        a = 2 * math.pi * k / spokes
        reach = radius - 1.6 * thick
        _rod(b, steel, (x, 0, radius), (x + reach * math.cos(a), 0, radius + reach * math.sin(a)), .006 if spokes > 8 else .022, 5)
    b.cylinder(steel, .05, .12, (x, 0, radius), (90, 0, 0), sides=12)


def _skin(b, material, stations):
    """A rounded body through stations (x, half width, low, high)."""
    rings = []
    for x, w, low, high in stations:
        middle = (low + high) / 2
        rings.append([(x, 0, low), (x, w * .8, low + .02), (x, w, middle), (x, w * .7, high - .01), (x, 0, high), (x, -w * .7, high - .01), (x, -w, middle), (x, -w * .8, low + .02)])
    b.add(subdivide(loft(rings), 1), material, None, True)


def make_scooter(name, colour, box=False):
    b = Builder()
    paint, trim = m.car_paint(name, colour), m.plain('trim', (.02, .02, .022), .5)
    seat, lamp = m.plain('seat', (.012, .012, .013), .6), m.plain('lamp', (.85, .88, .9), .08, .3, 1.0)
    chrome = m.plain('chrome', (.7, .7, .72), .15, 1.0)
    _tyre(b, .64, .25, .055, 5)
    _tyre(b, -.60, .25, .06, 5)
    _skin(b, paint, [(-.88, .06, .58, .68), (-.75, .15, .42, .72), (-.45, .19, .36, .73), (-.15, .17, .30, .68), (.0, .10, .27, .40)])
    _skin(b, seat, [(-.80, .10, .70, .78), (-.45, .16, .70, .82), (-.05, .13, .66, .79), (.02, .06, .66, .72)])
    b.box(trim, (.5, .36, .06), (.18, 0, .27), .02)
    _skin(b, paint, [(.38, .16, .26, .85), (.44, .20, .30, .95), (.50, .13, .40, .98), (.54, .06, .55, .9)])
    _skin(b, paint, [(.44, .07, .46, .53), (.64, .09, .50, .56), (.80, .06, .44, .50)])
    _rod(b, trim, (.62, 0, .28), (.42, 0, 1.02), .035)
    _rod(b, trim, (.40, -.34, 1.06), (.40, .34, 1.06), .018)
    b.box(paint, (.18, .3, .14), (.46, 0, 1.03), .05)
    b.box(lamp, (.06, .18, .09), (.55, 0, 1.02), .03)
    b.box(m.plain('tail-lamp', (.5, .01, .01), .12, 0, 1.0), (.04, .16, .06), (-.89, 0, .66), .015)
    b.box(m.plain('plate', (.02, .06, .26), .4), (.02, .2, .14), (-.92, 0, .5), .005)
    for side in (1, -1):
        _rod(b, chrome, (.42, side * .26, 1.07), (.38, side * .32, 1.24), .007, 6)
        b.ball(trim, (.02, .06, .04), (.37, side * .33, 1.27))
        b.cylinder(trim, .022, .12, (.39, side * .32, 1.06), (90, 0, 0), sides=10)
    _rod(b, chrome, (-.1, -.14, .2), (-.75, -.17, .26), .04)
    if box:
        b.box(m.plain(f'top-box-{box}', box, .5), (.42, .44, .4), (-.84, 0, 1.0), .03)
    return b.finish(name)


def make_motorcycle(name, colour):
    b = Builder()
    paint, trim = m.car_paint(name, colour), m.plain('trim', (.02, .02, .022), .5)
    seat, chrome = m.plain('seat', (.012, .012, .013), .6), m.plain('chrome', (.7, .7, .72), .15, 1.0)
    _tyre(b, .70, .30, .06, 5)
    _tyre(b, -.64, .30, .07, 5)
    _skin(b, paint, [(-.05, .10, .68, .80), (.12, .17, .68, .92), (.32, .16, .70, .94), (.45, .08, .74, .86)])
    _skin(b, seat, [(-.82, .09, .76, .84), (-.5, .14, .70, .80), (-.05, .13, .68, .79)])
    _skin(b, paint, [(-.92, .04, .72, .80), (-.7, .11, .62, .76), (-.4, .12, .56, .72)])
    b.box(trim, (.46, .30, .32), (.08, 0, .45), .06)
    b.cylinder(chrome, .1, .34, (.16, 0, .56), (90, 0, 0), sides=14)
    for side in (1, -1):
        _rod(b, chrome, (.70, side * .09, .30), (.46, side * .09, .98), .025)
        _rod(b, trim, (-.64, side * .1, .30), (.0, side * .1, .40), .025)
        _rod(b, trim, (-.60, side * .12, .34), (-.46, side * .12, .70), .03)
        _rod(b, chrome, (.42, side * .3, 1.07), (.38, side * .34, 1.24), .007, 6)
        b.ball(trim, (.02, .06, .04), (.37, side * .35, 1.27))
    _rod(b, trim, (.42, -.36, 1.05), (.42, .36, 1.05), .018)
    _skin(b, paint, [(.52, .06, .60, .64), (.70, .08, .63, .67), (.90, .06, .56, .60)])
    b.ball(m.plain('lamp', (.85, .88, .9), .08, .3, 1.0), (.09, .10, .10), (.55, 0, .95))
    _rod(b, chrome, (.1, -.17, .3), (-.8, -.2, .4), .045)
    b.box(m.plain('tail-lamp', (.5, .01, .01), .12, 0, 1.0), (.05, .14, .06), (-.92, 0, .74), .015)
    b.box(m.plain('plate', (.02, .06, .26), .4), (.02, .2, .14), (-.95, 0, .58), .005)
    return b.finish(name)


def make_bicycle(name, colour):
    b = Builder()
    paint, trim = m.car_paint(name, colour), m.plain('trim', (.02, .02, .022), .5)
    steel = m.plain('spoke', (.5, .5, .52), .3, .9)
    _tyre(b, .54, .33, .022, 14)
    _tyre(b, -.52, .33, .022, 14)
    pedal, saddle, head = (-.08, 0, .30), (-.24, 0, .84), (.36, 0, .80)
    for a, c, r in ((pedal, saddle, .018), (pedal, head, .02), ((-.2, 0, .74), (.36, 0, .84), .018), (head, (.33, 0, .98), .018)):
        _rod(b, paint, a, c, r)
    for side in (1, -1):
        _rod(b, paint, (-.52, side * .05, .33), pedal, .011)
        _rod(b, paint, (-.52, side * .05, .33), (-.2, side * .02, .74), .010)
        _rod(b, steel, (.54, side * .05, .33), (.37, side * .03, .80), .013)
        _rod(b, steel, (.33, 0, .98), (.22, side * .28, 1.0), .012)
    _rod(b, paint, saddle, (-.26, 0, .92), .014)
    b.box(trim, (.27, .16, .06), (-.27, 0, .94), .025)
    b.box(trim, (.1, .32, .02), (-.08, 0, .30), .005)
    b.cylinder(steel, .09, .02, (-.08, -.05, .30), (90, 0, 0), sides=18)
    b.box(m.plain('basket', (.18, .18, .19), .6), (.28, .34, .22), (.56, 0, .88), .02)
    b.box(trim, (.34, .06, .02), (-.56, 0, .69), .005)
    return b.finish(name)
