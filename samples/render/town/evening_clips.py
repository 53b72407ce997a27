"""The clips at dusk and in rain: what stands where, who moves when, what is an offence and what is held.

Things move at five pictures a second here (`step`): half the work, and as many cameras at night send no more.
"""
import math
import random

from .furniture import add_bin, add_lamp, add_planter, add_tree, make_parasol
from .large_vehicles import make_truck
from .meshes import Builder
from .motion import Path, Place, drive, stand, walk
from .palette import BLUE, GREY, RED, SILVER, WHITE, add_opposite, shop, walls_by_name
from .people import make_person
from .rubbish import make_bin, make_goods
from .stage import Actor, add_beams
from .street import KERB_HEIGHT, add_ground, add_house
from .vehicles import HATCH, SALOON, VAN, make_vehicle


def _with_lights(name, form, colour, motion):
    return Actor(name, 'car', make_vehicle(name, form, colour, True), motion, beams=add_beams(name, (form['nose'][0], .6, form['nose'][1])))


def _push(t, z):
    """The goods and the shopkeeper who pushes them out of the shop, leaves them on the pavement and goes in again: a Place or None for each."""
    way = Path([(14.2, 13.0), (13.6, 12.2), (12.3, 10.2), (9.6, 9.6), (6.6, 9.5)])
    begins_s, stands_s, turns_s, inside_s = 6.4, 13.6, 14.4, 20.6
    whole, behind = way.along[-1], 1.5
    if t < begins_s:
        return None, None
    if t < stands_s:
        step = math.floor(t * 5 + 1e-6) / 5
        s = whole * (step - begins_s) / (stands_s - begins_s)
        x, y = way.at(s)
        px, py = way.at(max(s - behind, 0))
        person = Place(px, py, math.degrees(math.atan2(y - py, x - px)), z, 0, 'push', s / 1.45 % 1, True) if s > behind else None
        return Place(x, y, -10, z, 0, 'stand', 0, True), person
    goods = Place(6.6, 9.5, -10, z)
    if t >= inside_s:
        return goods, None
    step = math.floor(t * 5 + 1e-6) / 5
    s = (whole - behind) * (1 - max(step - turns_s, 0) / (inside_s - turns_s))
    px, py = way.at(s)
    bx, by = way.at(max(s - .1, 0))
    heading = 184 if step < turns_s else math.degrees(math.atan2(by - py, bx - px))
    return goods, Place(px, py, heading, z, 0, 'stand' if step < turns_s else 'walk', s / 1.45 % 1, True)


def ferry_lane(seed):
    rng = random.Random(seed + 2)
    kerb_y, wall_y, duration = 7.0, 12.2, 60
    kerb = (kerb_y, KERB_HEIGHT)
    b = Builder()
    add_ground(b, kerb_y, wall_y)
    walls = walls_by_name()
    add_house(b, rng, -14, -2.5, wall_y + .1, 3, walls['ochre'], [shop('CLOCKS', (.05, .10, .25)), shop('DUMPLINGS', (.45, .05, .03), awning=((.5, .04, .03), (.75, .72, .65)))])
    add_house(b, rng, -2.5, 9.5, wall_y, 3, walls['green'], [shop('FERRY BAR', (.03, .20, .32)), shop('RICE', (.40, .20, .03), awning=((.45, .22, .04), (.75, .72, .65))), shop('LOCKS', (.09, .09, .10), shutter=True)])
    add_house(b, rng, 9.5, 23, wall_y + .2, 2, walls['brick'], [shop('TEA HOUSE', (.04, .16, .09)), shop('RECORDS', (.12, .05, .15))])
    add_house(b, rng, 23.5, 40, wall_y, 3, walls['cream'], [shop('HOTEL', (.30, .05, .08)), shop('KITCHEN', (.5, .36, .03), (.05, .05, .05)), shop('DENTIST', (.70, .72, .72), (.03, .2, .4))])
    add_house(b, rng, 40, 62, wall_y + .15, 3, walls['pale'], [shop('TICKETS', (.05, .15, .25)), shop('BAGS', (.3, .1, .05))])
    add_house(b, rng, 62, 88, wall_y, 4, walls['ochre'], [shop('BANK', (.04, .08, .25)), shop('TOYS', (.4, .06, .16))])
    for x in (13, 21, 33, 46):
        add_tree(b, rng, x, 8.2, 6.0 + rng.random(), 1.6)
    for x in (-5.5, 9.8, 26, 42):
        add_lamp(b, x, 7.5)
    add_planter(b, rng, 10.8, 11.5)
    add_opposite(b)
    static = b.finish('street')
    far = [(80, 5.2), (40, 5.2), (20, 5.2), (0, 5.2), (-20, 5.2), (-40, 5.2)]

    def join_queue(starts_s, stop_x):
        return drive(far, [(starts_s, 52 + stop_x), (starts_s + 5.2, stop_x + 3.2), (starts_s + 6.6, stop_x), (duration + 2, stop_x)], kerb)
    z = KERB_HEIGHT
    actors = [
        Actor('full-bin', 'overflowing_bin', make_bin('full-bin', rng, 'container', (.02, .11, .05), True), stand(.9, 9.9, -14, z)),
        Actor('goods', 'object', make_goods('goods', rng), lambda t: _push(t, z)[0]),
        Actor('shopkeeper', 'person', make_person('shopkeeper', (.10, .22, .40), (.05, .05, .06), apron=(.42, .40, .34)), lambda t: _push(t, z)[1]),
        _with_lights('queue-1', SALOON, SILVER, join_queue(21.0, -.5)),
        _with_lights('queue-2', HATCH, RED, join_queue(22.2, 6.0)),
        _with_lights('queue-3', VAN, WHITE, join_queue(23.4, 12.3)),
        _with_lights('queue-4', SALOON, BLUE, join_queue(24.6, 18.8)),
        Actor('passer-by', 'person', make_person('passer-by', (.50, .32, .10), (.05, .06, .12)),
              walk([(-20, 11.1), (-9, 11.1), (0, 11.2), (14, 11.1), (32, 11.0), (40, 11.0)], [(32.0, -6.5), (46.0, 13)], z)),
    ]
    return {
        'name': 'ferry-lane', 'durationS': duration, 'step': 2, 'static': static, 'actors': actors, 'wall_y': wall_y,
        'camera': ((-6.4, .2, 5.6), (4.6, 7.9, .7), 60), 'sun': (60, 232),
        'zones': {'pavement': [(-2.2, 7.6, z), (11, 7.6, z), (11, 11.8, z), (-2.2, 11.8, z)],
                  # drawn in the picture: the lane leaves it below
                  'kerbside': [(.12, 1), (.70, .36), (.93, .40), (.80, .72), (.62, 1)]},
        'rules': [{'offence': 'overflowing_bin', 'zone': 'pavement', 'onset': '4s', 'legal': '20s', 'gap': '15s'},
                  {'offence': 'clutter', 'zone': 'pavement', 'classes': ['object'], 'onset': '6s', 'legal': '20s', 'gap': '15s'},
                  {'offence': 'sidewalk_parking', 'zone': 'kerbside', 'onset': '4s', 'legal': '15s', 'gap': '10s'}],
        'expected': [('overflowing_bin', 'pavement', 'full-bin'), ('clutter', 'pavement', 'goods')],
        'held': [('sidewalk_parking', 'kerbside', f'queue-{k}', 'congestion') for k in (1, 2, 3)],
    }


def _walker(name, shirt, trousers, canopy, motion):
    """A person under an umbrella; only the figure is the person."""
    parts = make_person(name, shirt, trousers)
    own = list(parts)
    parts['umbrella'] = (make_parasol(f'{name}-umbrella', [canopy], .56, 1.86, .2, 8, 1.0), (.12, -.08, 0))
    return Actor(name, 'person', parts, motion, own)


def station_road(seed):
    rng = random.Random(seed + 3)
    kerb_y, wall_y, duration = 9.3, 15.0, 60
    kerb = (kerb_y, KERB_HEIGHT)
    b = Builder()
    add_ground(b, kerb_y, wall_y, bays=[(-.2, 8.4), (14, 19.6), (19.6, 25.2)])
    walls = walls_by_name()
    add_house(b, rng, -18, -4.4, wall_y + .1, 3, walls['brick'], [shop('PARCELS', (.5, .36, .03), (.05, .05, .05)), shop('STATION CAFE', (.20, .08, .04))])
    add_house(b, rng, -4.4, 10, wall_y, 3, walls['pale'], [shop('MUSIC', (.12, .05, .15)), shop('SUPERMARKET', (.03, .20, .10)), shop('PHOTO', (.75, .76, .74), (.30, .05, .03))])
    add_house(b, rng, 10, 24, wall_y + .2, 2, walls['ochre'], [shop('HERBS', (.05, .22, .07)), shop('BICYCLES', (.05, .15, .25)), shop('SOUP', (.42, .03, .03), awning=((.5, .04, .03), (.75, .72, .65)))])
    add_house(b, rng, 24.5, 41, wall_y, 3, walls['green'], [shop('STATION HALL', (.04, .08, .25)), shop('PAPERS', (.4, .38, .3), (.1, .1, .1))])
    add_house(b, rng, 41, 62, wall_y + .15, 3, walls['cream'], [shop('SILK', (.30, .05, .14)), shop('TOOLS', (.09, .09, .10))])
    add_house(b, rng, 62, 90, wall_y, 4, walls['brick'], [shop('OFFICES', (.05, .05, .06)), shop('LAMPS', (.55, .40, .03), (.05, .05, .05))])
    for x in (11.2, 22, 34, 47):
        add_tree(b, rng, x, 10.5, 6.2 + rng.random(), 1.6)
    for x in (9.2, 28):
        add_lamp(b, x, 9.8)
    add_bin(b, 10.0, 10.0)
    add_planter(b, rng, 4.6, 14.4)
    add_opposite(b)
    static = b.finish('street')
    z = KERB_HEIGHT
    bay = [(80, 5.2), (40, 5.2), (22, 5.25), (15, 5.5), (11.5, 6.7), (8, 7.95), (4.6, 8.15), (1, 8.15), (-6, 8.15), (-20, 8.15)]
    near = [(-60, 1.8), (-20, 1.8), (0, 1.8), (20, 1.8), (60, 1.8), (80, 1.8)]
    way = [(-24, 14.0), (-9, 14.0), (0, 14.0), (14, 13.9), (32, 13.9), (44, 13.9)]
    actors = [
        Actor('grey-saloon', 'car', make_vehicle('grey-saloon', SALOON, GREY), stand(-1.4, 11.9, 4, z)),
        Actor('loading-truck', 'truck', make_truck('loading-truck', (.55, .56, .56), (.05, .20, .34)),
              drive(bay, [(2.0, 44), (7.0, 14), (10.5, 5.6), (11.6, 4.4), (duration + 2, 4.4)], kerb, 3.4)),
        _walker('walker-1', (.10, .12, .16), (.04, .04, .05), (.30, .02, .03), walk(way, [(17.0, -6.8), (28.0, 6.0), (33.0, 12)], z)),
        _walker('walker-2', (.40, .36, .30), (.05, .06, .12), (.02, .08, .25), walk(way[::-1], [(36.0, 13), (42.0, 5.0), (53.0, -7)], z)),
        Actor('white-hatch', 'car', make_vehicle('white-hatch', HATCH, WHITE, True), drive(near, [(44.0, -14), (47.6, 30)], kerb)),
    ]
    return {
        'name': 'station-road', 'durationS': duration, 'step': 2, 'static': static, 'actors': actors, 'wall_y': wall_y,
        'camera': ((-9.2, -1.2, 6.0), (2.6, 10.2, 1.0), 54), 'sun': (70, 205),
        'zones': {'pavement': [(-4.6, 9.6, z), (2.2, 9.6, z), (2.2, 13.9, z), (-4.6, 13.9, z)],
                  'loading-bay': [(.0, 5.6, 0), (8.4, 5.6, 0), (8.4, 9.2, 0), (.0, 9.2, 0)]},
        'rules': [{'offence': 'sidewalk_parking', 'zone': 'pavement', 'onset': '4s', 'legal': '15s', 'gap': '10s'},
                  {'offence': 'sidewalk_parking', 'zone': 'loading-bay', 'onset': '4s', 'legal': '15s', 'gap': '10s',
                   'schedule': '{permitted: [{days: mon-sun, hours: 00:00-24:00, reason: loading bay}]}'}],
        'expected': [('sidewalk_parking', 'pavement', 'grey-saloon')],
        'held': [('sidewalk_parking', 'loading-bay', 'loading-truck', 'permitted')],
    }
