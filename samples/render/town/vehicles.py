"""Vehicles, built from a few measures. Forward is +x, the origin lies on the ground in the middle."""
from . import materials as m
from .meshes import Builder, inset, loft, outward, place, subdivide, tube

# stations of the lower body: x, half width, underside z, top z
SALOON = {
    'body': [(-2.28, .62, .42, .82), (-2.24, .76, .30, .98), (-2.0, .86, .24, 1.02), (-1.4, .90, .22, 1.0),
             (-.5, .91, .21, .96), (.5, .91, .21, .95), (1.0, .90, .21, .95), (1.5, .89, .22, .90),
             (2.0, .85, .24, .80), (2.24, .74, .28, .70), (2.30, .58, .36, .58)],
    'belt': [(1.22, .42), (.98, .76), (.15, .84), (-.85, .84), (-1.55, .78), (-1.82, .5)],
    'roof': [(.30, .36), (.22, .58), (-.05, .62), (-.75, .62), (-1.05, .56), (-1.18, .4)],
    'belt_z': .93, 'roof_z': 1.44, 'axles': (1.38, -1.36), 'wheel': .32, 'nose': (2.29, .60), 'tail': (-2.28, .80),
}
HATCH = {
    'body': [(-1.98, .64, .40, .80), (-1.95, .76, .30, .98), (-1.75, .83, .24, 1.0), (-1.2, .86, .22, .98),
             (-.4, .87, .21, .96), (.5, .87, .21, .96), (.95, .86, .21, .96), (1.4, .85, .22, .90),
             (1.75, .81, .24, .80), (1.95, .70, .28, .68), (2.0, .56, .36, .58)],
    'belt': [(1.18, .42), (.95, .73), (.15, .80), (-.8, .80), (-1.6, .76), (-1.86, .55)],
    'roof': [(.32, .36), (.24, .56), (-.05, .60), (-.8, .60), (-1.45, .56), (-1.6, .45)],
    'belt_z': .94, 'roof_z': 1.50, 'axles': (1.2, -1.2), 'wheel': .30, 'nose': (1.99, .60), 'tail': (-1.98, .80),
}
VAN = {
    'body': [(-2.2, .72, .40, 1.05), (-2.18, .82, .32, 1.16), (-2.0, .86, .28, 1.18), (-1.2, .87, .26, 1.18),
             (0, .87, .26, 1.18), (1.0, .87, .26, 1.17), (1.55, .86, .26, 1.10), (1.95, .83, .28, .98),
             (2.15, .74, .30, .86), (2.2, .6, .38, .7)],
    'belt': [(1.75, .45), (1.52, .77), (.7, .82), (-.8, .82), (-2.0, .80), (-2.12, .6)],
    'roof': [(1.02, .42), (.92, .64), (.45, .68), (-.8, .68), (-1.9, .66), (-2.0, .55)],
    'belt_z': 1.15, 'roof_z': 1.92, 'axles': (1.35, -1.35), 'wheel': .31, 'nose': (2.19, .74), 'tail': (-2.19, 1.0),
}


def _body(stations):
    rings = []
    for x, w, low, high in stations:
        rise = high - low
        half = [(0, low), (w * .8, low), (w * .97, low + rise * .16), (w, low + rise * .5),
                (w * .97, low + rise * .8), (w * .86, high), (w * .45, high + .012)]
        ring = half + [(0, high + .015)] + [(-y, z) for y, z in half[:0:-1]]
        rings.append([(x, y, z) for y, z in ring])
    return subdivide(loft(rings), 2)


def _cabin(form):
    """(roof and pillars, panes): the panes are insets of the cabin's sides."""
    low = [(x, y, form['belt_z']) for x, y in form['belt']]
    high = [(x, y, form['roof_z'] - .05) for x, y in form['roof']]
    ring_low = low + [(x, -y, z) for x, y, z in low[::-1]]
    ring_high = high + [(x, -y, z) for x, y, z in high[::-1]]
    count = len(ring_low)
    sides = []
    for i in range(count):
        j = (i + 1) % count
        sides.append([i, j, count + j, count + i])
    frames, panes = inset(outward((ring_low + ring_high, sides + [list(range(count))[::-1], list(range(count, 2 * count))])),
                          .045, -.012)
    # the last two faces are floor and ceiling: no panes there
    panes = (panes[0], [f for f in panes[1] if len(f) == 4])
    middle = sum(x for x, _y in form['roof']) / len(form['roof'])
    rings = []
    for grow, z in ((1.0, -.06), (1.0, -.03), (.97, -.01), (.86, .012), (.5, .025)):
        rings.append([(middle + (x - middle) * grow, y * grow, form['roof_z'] + z) for x, y, _z in ring_high])
    return frames, panes, loft(rings)


def _wheel(builder, centre, radius, side):
    turn = (90 * -side, 0, 0)
    rubber, alloy = m.plain('rubber', (.012, .012, .013), .85), m.plain('alloy', (.55, .56, .58), .3, .9)
    dark = m.plain('arch', (.006, .006, .006), .95)
    x, y, z = centre
    builder.add(tube([(radius * 1.17, -.02), (radius * 1.17, .0)], 28), dark, place((x, y - side * .02, z + .02), turn))
    builder.add(tube([(radius * .9, -.1), (radius, -.06), (radius, .015), (radius * .93, .04), (radius * .68, .042)], 28),
                rubber, place(centre, turn), True)
    builder.add(tube([(radius * .66, .0), (radius * .64, .044), (radius * .5, .03), (.05, .036)], 20), dark, place(centre, turn), True)
    for k in range(5):
        builder.add(tube([(.03, 0), (.03, .02)], 8), alloy, place((x, y + side * .035, z), turn) @ place((0, 0, 0), (0, 0, 72 * k)) @ _stretch(radius))
    builder.add(tube([(radius * .68, .03), (radius * .68, .046), (radius * .58, .046), (radius * .58, .03)], 28), alloy, place(centre, turn), True)


def _stretch(radius):
    from mathutils import Matrix
    return Matrix.Translation((radius * .32, 0, 0)) @ Matrix.Diagonal((radius * .32 / .03, 1.1, 1, 1))


def make_vehicle(name, form, colour, lights=False):
    """One vehicle object; `colour` is linear RGB, `lights`: its lamps are on."""
    lit = '-lit' if lights else ''
    paint, glass = m.car_paint(name, colour), m.glass()
    trim, chrome = m.plain('trim', (.02, .02, .022), .5), m.plain('chrome', (.7, .7, .72), .15, 1.0)
    lamp, red = m.plain(f'lamp{lit}', (.85, .88, .9), .08, .3, 1.0), m.plain(f'tail-lamp{lit}', (.5, .01, .01), .12, 0, 1.0)
    plate = m.plain('plate', (.02, .06, .26), .4)
    b = Builder()
    b.add(_body(form['body']), paint, smooth=True)
    frames, panes, roof = _cabin(form)
    b.add(frames, paint)
    b.add(panes, glass)
    b.add(roof, paint, smooth=True)
    width = max(w for _x, w, _l, _h in form['body'])
    radius = form['wheel']
    front, front_z = form['nose']
    rear, rear_z = form['tail']
    for side in (1, -1):
        for axle in form['axles']:
            _wheel(b, (axle, side * (width * .985), radius), radius, side)
        b.box(trim, (.20, .34, .15), (front - .20, side * .60, front_z + .07), .06, (0, 24, side * -27), 4)
        b.box(lamp, (.19, .29, .11), (front - .19, side * .60, front_z + .08), .05, (0, 24, side * -27), 4)
        b.box(red, (.14, .24, .13), (rear + .10, side * .60, rear_z + .06), .04, (0, 0, side * -14))
        b.box(paint, (.14, .2, .12), (form['belt'][1][0] - .12, side * (width + .05), form['belt_z'] + .06), .04)
        b.box(trim, (form['axles'][0] - form['axles'][1] - .75, .03, .09), (0, side * width * .985, .27), .012)
        for door in (form['belt'][2][0] + .62, form['belt'][2][0] - .42, form['belt'][3][0] - .12):
            b.box(trim, (.012, .012, form['belt_z'] - .42), (door, side * (width - .012), (form['belt_z'] + .36) / 2))
        for door in (form['belt'][2][0] - .22, form['belt'][2][0] - 1.18):
            b.box(chrome, (.16, .02, .025), (door, side * (width - .008), form['belt_z'] - .17), .008)
        b.box(trim, (form['belt'][1][0] - form['belt'][4][0], .02, .022), ((form['belt'][1][0] + form['belt'][4][0]) / 2, side * (width * .925), form['belt_z'] + .012))
    b.box(trim, (.06, .98, .13), (front - .035, 0, front_z - .17), .02)
    b.box(trim, (.10, .62, .10), (front - .10, 0, front_z + .05), .03, (0, 20, 0))
    b.box(chrome, (.03, .6, .02), (front - .05, 0, front_z + .075), .008)
    b.box(plate, (.02, .42, .12), (front + .01, 0, front_z - .10), .005)
    b.box(plate, (.02, .44, .14), (rear - .005, 0, rear_z - .06), .005)
    b.box(trim, (.06, 1.3, .16), (rear + .03, 0, .42), .03)
    return b.finish(name)
