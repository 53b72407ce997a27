"""A street that no clip shows: random fronts, furniture, vehicles, people, bins and rubbish, none standing in another."""
import math

from .furniture import add_lamp, add_planter, add_tree, make_cart, make_parasol
from .large_vehicles import make_bus, make_truck
from .meshes import Builder
from .motion import Place
from .palette import add_opposite, shop, walls_by_name
from .people import make_person
from .rubbish import SHELLS, make_bin, make_goods, make_heap
from .stage import Actor
from .street import KERB_HEIGHT, add_ground, add_house
from .two_wheelers import make_bicycle, make_motorcycle, make_scooter
from .vehicles import HATCH, SALOON, VAN, make_vehicle

WORDS = ['TAILOR', 'FRUIT', 'NOODLES', 'RADIO', 'BOOKS', 'GROCER', 'TOOLS', 'CAFE', 'BARBER', 'SHOES', 'PAINT', 'FISH', 'TEA', 'KEYS', 'TOYS', 'PHONE', 'BANK', 'BAKERY']
PAINTS = [(.80, .80, .79), (.72, .72, .71), (.42, .43, .45), (.25, .26, .27), (.10, .105, .11), (.012, .012, .014), (.015, .05, .16), (.30, .012, .016),
          (.05, .10, .06), (.45, .33, .16), (.02, .16, .25), (.55, .25, .03)]


def _put(kind, name, parts, x, y, heading, z, pose='stand', phase=0.0, truth_parts=None):
    where = Place(x, y, heading, z, 0, pose, phase)
    return Actor(name, kind, parts, lambda _t: where, truth_parts)


def _shade(rng, colour, much=.25):
    return tuple(min(1, max(.004, c * rng.uniform(1 - much, 1 + much))) for c in colour)


class _Room:
    """Keeps things apart: each takes a circle-like oblong along the street."""

    def __init__(self):
        self.taken = []

    def find(self, rng, xs, ys, half_x, half_y):
        for _ in range(25):
            x, y = rng.uniform(*xs), rng.uniform(*ys)
            if all(abs(x - a) > half_x + c + .15 or abs(y - b) > half_y + d + .1 for a, b, c, d in self.taken):
                self.taken.append((x, y, half_x, half_y))
                return x, y
        return None


def _person(rng, name, x, y, heading, z, pose):
    shirt = (rng.uniform(.02, .7), rng.uniform(.02, .6), rng.uniform(.02, .6)) if rng.random() < .6 else (rng.uniform(.02, .7),) * 3
    low = rng.choice([(.03, .03, .035), (.05, .06, .12), (.14, .11, .08), (.25, .24, .22), (.08, .10, .2)])
    hat = (.55, .45, .25) if rng.random() < .15 else None
    parts = make_person(name, shirt, _shade(rng, low), hat=hat, apron=(.6, .58, .5) if rng.random() < .1 else None)
    own = list(parts)
    if rng.random() < .12:
        parts['umbrella'] = (make_parasol(f'{name}-umbrella', [(rng.random() * .4, rng.random() * .3, rng.random() * .4)], .56, 1.86, .2, 8, 1.0), (.12, -.08, 0))
    return _put('person', name, parts, x, y, heading, z, pose, rng.random(), own)


def _vehicle(rng, name, lights):
    """(kind, object, half length, half width)"""
    pick, paint = rng.random(), _shade(rng, rng.choice(PAINTS))
    if pick < .74:
        form, half = rng.choice([(SALOON, 2.35), (HATCH, 2.05), (VAN, 2.25)])
        return 'car', make_vehicle(name, form, paint, lights), half, .95
    if pick < .90:
        length = rng.uniform(5.2, 6.6)
        return 'truck', make_truck(name, paint, _shade(rng, rng.choice([(.72, .72, .70), (.05, .2, .34), (.4, .1, .05), (.3, .33, .36)])), length, rng.random() < .35), length / 2 + .1, 1.1
    length = rng.uniform(8.4, 10.5)
    return 'bus', make_bus(name, paint, rng.choice([(.75, .75, .74), (.05, .3, .15), (.5, .1, .05)]), length), length / 2, 1.3


def _two_wheeler(rng, name):
    paint = _shade(rng, rng.choice(PAINTS))
    pick = rng.random()
    if pick < .5:
        return 'motorcycle', make_scooter(name, paint, rng.choice([None, None, (.03, .2, .5), (.6, .35, .02)]))
    if pick < .72:
        return 'motorcycle', make_motorcycle(name, paint)
    return 'bicycle', make_bicycle(name, paint)


def build(rng, light):
    kerb_y = rng.choice([6.8, 7.2, 9.0])
    wall_y = kerb_y + rng.uniform(4.2, 6.5)
    b = Builder()
    bays = [(4 + 5.8 * k, 9.8 + 5.8 * k) for k in range(4)] if kerb_y > 8.5 else ()
    add_ground(b, kerb_y, wall_y, bays)
    walls = list(walls_by_name().values())
    x = -22.0
    while x < 62:
        wide = rng.uniform(9, 15)
        shops = [shop(rng.choice(WORDS), tuple(rng.uniform(.03, .5) for _ in range(3)), shutter=rng.random() < .15,
                      **({'awning': (tuple(rng.uniform(.03, .5) for _ in range(3)), (.75, .72, .65))} if rng.random() < .3 else {})) for _ in range(round(wide / 4.6))]
        add_house(b, rng, x, x + wide, wall_y + rng.uniform(0, .25), rng.randrange(2, 5), rng.choice(walls), shops)
        x += wide
    room = _Room()
    z = KERB_HEIGHT
    for k in range(rng.randrange(1, 5)):
        spot = room.find(rng, (-4, 40), (kerb_y + 1.1, kerb_y + 1.3), .7, .7)
        if spot:
            add_tree(b, rng, *spot, rng.uniform(5.5, 7.5), rng.uniform(1.3, 2))
    for x in (-9 + rng.uniform(0, 4), 5 + rng.uniform(0, 8), 22 + rng.uniform(0, 8)):
        add_lamp(b, x, kerb_y + .5)
        room.taken.append((x, kerb_y + .5, .3, .3))
    for _ in range(rng.randrange(0, 3)):
        spot = room.find(rng, (-8, 25), (wall_y - .75, wall_y - .7), .9, .3)
        if spot:
            add_planter(b, rng, *spot)
    add_opposite(b)
    static = b.finish('street')
    actors = _add_vehicles(rng, room, kerb_y, wall_y, z, light)
    actors += _add_rubbish(rng, room, kerb_y, wall_y, z)
    for k in range(rng.randrange(5, 12)):
        where = room.find(rng, (-8, 18), (kerb_y + .5, wall_y - .4), .3, .3) if rng.random() < .85 else room.find(rng, (-6, 14), (.6, kerb_y - .4), .3, .3)
        if where:
            actors.append(_person(rng, f'person-{k}', *where, rng.choice([0, 180, rng.uniform(0, 360)]), z if where[1] > kerb_y else 0, rng.choice(['walk', 'walk', 'stand', 'serve', 'push'])))
    return {'static': static, 'actors': actors, 'kerb_y': kerb_y, 'wall_y': wall_y}


def _add_vehicles(rng, room, kerb_y, wall_y, z, light):
    actors = []
    for k in range(rng.randrange(4, 8)):
        name = f'vehicle-{k}'
        on_pavement = rng.random() < .35
        kind, thing, half, wide = _vehicle(rng, name, not on_pavement and light != 'day')
        if on_pavement and kind != 'bus' and wall_y - kerb_y > 3.4:
            spot = room.find(rng, (-6, 24), (kerb_y + 1.3, wall_y - 1.4), half, wide)
            height, turn = z, rng.choice([0, 180]) + rng.uniform(-9, 9)
        else:
            lane = rng.choice([(1.7, 2.0), (4.9, 5.4)] + ([(8.0, 8.1)] if kerb_y > 8.5 else []))
            spot = room.find(rng, (-8, 34), lane, half, wide)
            height, turn = 0, (0 if lane[0] < 3 else 180) + rng.uniform(-2, 2)
        if spot:
            actors.append(_put(kind, name, thing, *spot, turn, height))
        else:
            thing.hide_render = thing.hide_viewport = True
    row_x, row_y = rng.uniform(-4, 10), rng.uniform(kerb_y + .9, wall_y - 1.2)
    for k in range(rng.randrange(3, 9)):
        kind, thing = _two_wheeler(rng, f'two-{k}')
        spot = (row_x + .75 * k, row_y) if rng.random() < .7 else room.find(rng, (-6, 18), (1.2, wall_y - 1), .9, .9)
        if spot and spot[0] == row_x + .75 * k:
            spot = room.find(rng, (spot[0], spot[0] + .01), (spot[1], spot[1] + .01), .3, .9)
        if not spot:
            thing.hide_render = thing.hide_viewport = True
            continue
        on_road = spot[1] < kerb_y
        turn = rng.choice([0, 180]) + rng.uniform(-6, 6) if on_road else 70 + rng.uniform(-14, 14)
        actors.append(_put(kind, f'two-{k}', thing, *spot, turn, 0 if on_road else z))
    return actors


def _add_rubbish(rng, room, kerb_y, wall_y, z):
    actors = []
    for k in range(rng.randrange(3, 7)):
        overflowing = rng.random() < .5
        form = rng.choice(['wheelie', 'wheelie', 'container', 'container', 'basket'])
        spot = room.find(rng, (-6, 14), (kerb_y + .9, wall_y - .6), .95 if form == 'container' else .6, .65)
        if spot:
            thing = make_bin(f'bin-{k}', rng, form, _shade(rng, rng.choice(SHELLS), .2), overflowing)
            actors.append(_put('overflowing_bin' if overflowing else 'garbage_bin', f'bin-{k}', thing, *spot, rng.choice([0, 0, 180, rng.uniform(-40, 40)]), z))
    for k in range(rng.randrange(1, 5)):
        wide = rng.uniform(.7, 2.2)
        spot = room.find(rng, (-6, 13), (kerb_y + .8, wall_y - .6), wide / 2 + .3, .6)
        if spot:
            actors.append(_put('garbage', f'heap-{k}', make_heap(f'heap-{k}', rng, wide, rng.uniform(.5, 1), rng.uniform(.25, .7)), *spot, rng.uniform(-20, 20), z))
    for make in (make_cart, make_goods):
        # no class of the model: pictures with them teach it to leave them alone
        if rng.random() < .3:
            spot = room.find(rng, (-4, 12), (kerb_y + 1, wall_y - 1), 1.2, .7)
            if spot:
                actors.append(_put(None, make.__name__, make(make.__name__, rng), *spot, rng.uniform(-20, 20), z))
    return actors


def pick_camera(rng, street):
    """A roadside camera 3 to 8 m up, near or far, that looks along or across the pavement from either side."""
    side = rng.choice([1, 1, -1])
    aim_x, aim_y = rng.uniform(-1, 8), rng.uniform(street['kerb_y'] - 1.5, street['wall_y'] - 1)
    far = rng.uniform(6, 20)
    angle = math.radians(rng.uniform(15, 85))
    x = aim_x - side * far * math.cos(angle)
    y = max(aim_y - far * math.sin(angle), -7)
    return (x, min(y, street['kerb_y'] - .5), rng.uniform(2.8, 8)), (aim_x, aim_y, rng.uniform(.2, 1.2)), rng.uniform(45, 72)
