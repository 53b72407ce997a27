"""The street itself: carriageway, kerb, pavement, house fronts. x runs along it, y across it away from the camera."""
from . import materials as m
from .meshes import Builder, letters, place

KERB_HEIGHT = .13


def add_ground(b, kerb_y, wall_y, bays=(), x0=-30, x1=90, lanes=7.0):
    b.box(m.asphalt(), (x1 - x0, kerb_y + 14, .1), ((x0 + x1) / 2, (kerb_y - 14) / 2, -.05))
    stone = m.tiled('kerb-stone', [(.40, .40, .39), (.35, .35, .345)], (.15, .15, .15), (1.0, 10), 0)
    b.box(stone, (x1 - x0, .16, KERB_HEIGHT + .1), ((x0 + x1) / 2, kerb_y + .08, KERB_HEIGHT / 2 - .05), .02)
    tiles = m.tiled('pavement', [(.36, .33, .30), (.29, .265, .25)], (.12, .115, .11), (.6, .3))
    b.box(tiles, (x1 - x0, wall_y - kerb_y + .5, .1), ((x0 + x1) / 2, (kerb_y + wall_y + .6) / 2, KERB_HEIGHT - .055))
    guide = m.tiled('guide', [(.52, .36, .05), (.46, .31, .05)], (.2, .14, .03), (.3, .06), 0, mortar=.25)
    b.box(guide, (x1 - x0, .36, .01), ((x0 + x1) / 2, wall_y - 1.5, KERB_HEIGHT))
    b.box(m.tiled('near-pavement', [(.36, .33, .30), (.30, .275, .26)], (.12, .115, .11), (.6, .3)), (x1 - x0, 9, .1), ((x0 + x1) / 2, -4.75, KERB_HEIGHT - .055))
    b.box(stone, (x1 - x0, .16, KERB_HEIGHT + .1), ((x0 + x1) / 2, -.18, KERB_HEIGHT / 2 - .05), .02)
    white, yellow = m.paint_mark('paint-white', (.62, .62, .6)), m.paint_mark('paint-yellow', (.62, .42, .06))
    x = x0
    while x < x1:
        b.box(yellow, (2.4, .13, .006), (x, lanes / 2, .003))
        x += 5.4
    b.box(white, (x1 - x0, .12, .006), ((x0 + x1) / 2, .35, .003))
    if not bays:
        b.box(yellow, (x1 - x0, .11, .006), ((x0 + x1) / 2, kerb_y - .35, .003))
    for start, end in bays:
        b.box(white, (end - start, .1, .006), ((start + end) / 2, lanes, .003))
        for x in (start, end):
            b.box(white, (.1, kerb_y - lanes, .006), (x, (lanes + kerb_y) / 2, .003))
    iron = m.plain('iron', (.03, .03, .03), .6, .6)
    for x, y in ((1.5, 5.2), (17, 1.9)):
        b.cylinder(iron, .36, .012, (x, y, .004), sides=28)


def _window(b, x, y, z, width, height, frame):
    b.box(m.window(round(x * 5 + z * 3)), (width, .04, height), (x, y + .12, z))
    b.box(m.plain(f'curtain-{round(x * 7 + z) % 3}', [(.55, .52, .45), (.35, .38, .42), (.5, .4, .35)][round(x * 7 + z) % 3], .9),
          (width * .32, .02, height * .92), (x - width * .3, y + .09, z))
    for dx, w in ((-width / 2, .07), (0, .05), (width / 2, .07)):
        b.box(frame, (w, .1, height), (x + dx, y + .07, z), .01)
    for dz in (-height / 2, height / 2, height * .2):
        b.box(frame, (width + .07, .1, .06), (x, y + .07, z + dz), .01)
    b.box(m.weathered('sill', (.42, .41, .39)), (width + .25, .22, .07), (x, y - .02, z - height / 2 - .06), .015)


def _cooler(b, x, y, z):
    shell = m.weathered('cooler', (.6, .6, .58), .6, .2)
    b.box(shell, (.85, .34, .6), (x, y - .22, z), .03)
    b.cylinder(m.plain('grill', (.05, .05, .05), .7), .23, .02, (x - .12, y - .395, z), (90, 0, 0), sides=24)
    b.box(m.plain('bracket', (.15, .15, .15), .6), (.8, .4, .04), (x, y - .2, z - .33))


def _shop(b, x, y, width, shop):
    frame = m.plain(f'frame-{shop["frame"]}', shop['frame'], .4, .3)
    height = 2.75
    inside = m.plain('inside', (1.0, .74, .42), .9, 0, 0, 1.6 if m.is_night() else .7) if m.is_lit() else m.plain('inside', (.025, .022, .02), .9)
    b.box(inside, (width, .1, height), (x, y + .9, height / 2 + .13))
    if shop.get('shutter'):
        rows = m.tiled('shutter', [(.34, .35, .36), (.30, .31, .32)], (.12, .12, .12), (20, .09), 0, .45, .14, True)
        b.box(rows, (width, .06, height), (x, y + .25, height / 2 + .13))
    else:
        b.box(m.plain('floor-inside', (.2, .17, .13), .7), (width, .8, .02), (x, y + .5, .14))
        for k in range(4):
            b.box(m.plain(f'shelf-{k}', [(.5, .3, .1), (.15, .3, .4), (.5, .45, .3), (.3, .1, .1)][k], .7),
                  (width * .2, .3, 1.2 + .25 * (k % 2)), (x - width * .36 + k * width * .24, y + .72, .8))
        if not m.is_lit():
            b.add(_pane(width, height), m.plain('shop-glass', (.03, .04, .045), .04, 0, .5), place((x, y + .28, height / 2 + .13)))
    b.box(frame, (width, .14, .35), (x, y + .25, .3), .01)
    for k in range(5):
        b.box(frame, (.07, .16, height), (x - width / 2 + k * width / 4, y + .25, height / 2 + .13), .01)
    b.box(frame, (width, .16, .08), (x, y + .25, 2.3), .01)
    board = m.plain(f'sign-lit-{shop["sign"]}', shop['sign'], .5, 0, 0, .9) if m.is_night() else m.weathered(f'sign-{shop["sign"]}', shop['sign'], .5, .12, 2, .05)
    b.box(board, (width + .2, .22, .75), (x, y - .06, 3.25), .03)
    b.add(letters(shop['name'], .52), m.plain(f'ink-{shop["ink"]}', shop['ink'], .5, 0, 0, 1.4 if m.is_night() else 0), place((x, y - .18, 3.23)))
    if shop.get('awning'):
        stripes = [m.weathered(f'awning-{c}', c, .85, .12, 3, .05) for c in shop['awning']]
        count = int(width / .45)
        for k in range(count):
            left = x - width / 2 + k * width / count
            right = left + width / count
            material = stripes[k % 2]
            b.add(([(left, y - .1, 2.85), (right, y - .1, 2.85), (right, y - 1.15, 2.45), (left, y - 1.15, 2.45), (right, y - 1.15, 2.25), (left, y - 1.15, 2.25)],
                   [[0, 1, 2, 3], [3, 2, 4, 5]]), material)


def _pane(width, height):
    w, h = width / 2, height / 2
    return ([(-w, 0, -h), (w, 0, -h), (w, 0, h), (-w, 0, h)], [[0, 1, 2, 3]])


def add_house(b, rng, x0, x1, y, floors, wall, shops, frame=(.55, .55, .53)):
    """A house front from x0 to x1 with shops at street level and `floors` storeys above."""
    width = x1 - x0
    storey, base = 3.1, 3.75
    top = base + floors * storey
    frame_material = m.plain(f'window-frame-{frame}', frame, .5)
    pillar = m.weathered(f'pillar-{wall.name}', (.30, .29, .28), .8)
    each = width / len(shops)
    b.box(wall, (width, .26, .15), ((x0 + x1) / 2, y + .15, 3.675))
    b.box(m.plain('core', (.05, .05, .05), .9), (width, 6, top), ((x0 + x1) / 2, y + 4.2, top / 2))
    for k, shop in enumerate(shops):
        centre = x0 + each * (k + .5)
        _shop(b, centre, y, each - .6, shop)
    for k in range(len(shops) + 1):
        left, right = max(x0, x0 + each * k - .3), min(x1, x0 + each * k + .3)
        b.box(pillar, (right - left, .5, 3.6), ((left + right) / 2, y + .2, 1.8), .02)
    columns = max(2, int(width / 2.9))
    gap = width / columns
    for floor in range(floors):
        z = base + floor * storey
        b.box(wall, (width, .3, .95), ((x0 + x1) / 2, y + .15, z + .475))
        b.box(wall, (width, .3, .65), ((x0 + x1) / 2, y + .15, z + storey - .325))
        for c in range(columns + 1):
            # the wall between two windows; at either end half as wide
            left = max(x0, x0 + gap * c - (gap - 1.5) / 2)
            right = min(x1, x0 + gap * c + (gap - 1.5) / 2)
            b.box(wall, (right - left, .3, storey - 1.6), ((left + right) / 2, y + .15, z + .95 + (storey - 1.6) / 2))
        b.box(m.weathered('ledge', (.46, .45, .42)), (width, .46, .12), ((x0 + x1) / 2, y + .1, z + .0), .02)
        for c in range(columns):
            x = x0 + gap * (c + .5)
            _window(b, x, y + .08, z + 1.72, 1.5, 1.5, frame_material)
            if rng.random() < .5:
                _cooler(b, x + gap * .5, y, z + .75)
    b.box(m.weathered('parapet', (.4, .39, .37)), (width + .2, .6, .5), ((x0 + x1) / 2, y + .1, top + .25), .03)
    pipe = m.plain('pipe', (.32, .32, .31), .5)
    b.cylinder(pipe, .06, top, (x1 - .35, y - .08, top / 2))
