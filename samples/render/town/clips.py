"""The demo town's clips: what stands where, who moves when, and what counts as an offence."""
import random

from .furniture import add_bin, add_lamp, add_planter, add_tree, make_cart, make_parasol
from .meshes import Builder
from .motion import drive, stand, there_and_back, walk
from .people import make_person
from .palette import BLUE, GREY, RED, SILVER, WHITE, add_opposite, shop, walls_by_name
from .stage import Actor
from .street import KERB_HEIGHT, add_ground, add_house
from .evening_clips import ferry_lane, station_road
from .vehicles import HATCH, SALOON, VAN, make_vehicle

def harbour_road(seed):
    rng = random.Random(seed)
    kerb_y, wall_y = 7.0, 12.4
    kerb = (kerb_y, KERB_HEIGHT)
    b = Builder()
    add_ground(b, kerb_y, wall_y)
    walls = walls_by_name()
    add_house(b, rng, -18, -4.2, wall_y + .1, 3, walls['pale'], [shop('HARDWARE', (.05, .13, .30)), shop('NOODLES', (.42, .03, .03), awning=((.5, .04, .03), (.75, .72, .65)))])
    add_house(b, rng, -4.2, 9.5, wall_y, 3, walls['brick'], [shop('HARBOUR TEA', (.04, .16, .09)), shop('PHARMACY', (.75, .76, .74), (.02, .30, .12), (.5, .5, .5)), shop('BAKERY', (.50, .27, .06), awning=((.06, .18, .11), (.75, .72, .65)))])
    add_house(b, rng, 9.5, 24, wall_y + .25, 2, walls['cream'], [shop('REPAIRS', (.09, .09, .10), shutter=True), shop('BOOKS', (.12, .05, .15)), shop('FISH', (.03, .20, .32), awning=((.04, .16, .34), (.75, .74, .7)))])
    add_house(b, rng, 24.6, 38, wall_y + .05, 3, walls['green'], [shop('PRINT', (.55, .40, .03), (.05, .05, .05)), shop('CAFE', (.20, .08, .04))])
    add_house(b, rng, 38, 56, wall_y + .2, 3, walls['ochre'], [shop('MARKET', (.40, .03, .03)), shop('BICYCLES', (.05, .15, .25)), shop('PAINT', (.45, .42, .38), (.2, .02, .02))])
    add_house(b, rng, 56, 85, wall_y, 4, walls['pale'], [shop('HOTEL', (.05, .05, .06)), shop('BANK', (.04, .08, .25)), shop('SHOES', (.3, .1, .05))])
    for x in (15.5, 24.5, 34, 45):
        add_tree(b, rng, x, 8.3, 6.2 + rng.random(), 1.7)
    for x in (-9.2, 20.2, 40):
        add_lamp(b, x, 7.5)
    add_tree(b, rng, -20, -2.2, 6.5, 2.0)
    add_tree(b, rng, 3.5, -4.5, 7.5, 2.3)
    add_bin(b, 13.4, 7.75)
    add_planter(b, rng, 3.6, 11.7)
    add_planter(b, rng, -4.6, 11.7)
    add_opposite(b)
    static = b.finish('street')
    far = [(70, 5.25), (40, 5.25), (20, 5.25), (0, 5.25), (-20, 5.25), (-40, 5.25)]
    near = [(-60, 1.8), (-20, 1.8), (0, 1.8), (20, 1.8), (60, 1.8), (80, 1.8)]
    parking = [(70, 5.25), (40, 5.25), (20, 5.25), (10, 5.28), (6.6, 5.9), (3.6, 7.6), (1.2, 8.9), (-1.2, 9.3), (-3.4, 9.25), (-5.6, 8.5),
               (-8, 6.6), (-10.5, 5.5), (-14, 5.25), (-40, 5.25)]
    actors = [
        Actor('white-saloon', 'car', make_vehicle('white-saloon', SALOON, WHITE), stand(8.7, 9.6, 186, KERB_HEIGHT)),
        Actor('red-hatch', 'car', make_vehicle('red-hatch', HATCH, RED),
              drive(parking, [(4.6, 42), (6.6, 18), (8.0, 6.2), (9.4, -.2), (10.0, -1.0), (44.0, -1.0), (45.6, -3.0), (47.0, -7.5), (48.6, -17)], kerb, 2.4)),
        Actor('blue-saloon', 'car', make_vehicle('blue-saloon', SALOON, BLUE), drive(far, [(15.5, 46), (21.4, -16)], kerb)),
        Actor('silver-van', 'car', make_vehicle('silver-van', VAN, SILVER), drive(near, [(26.0, -18), (30.6, 32)], kerb)),
        Actor('grey-van', 'car', make_vehicle('grey-van', VAN, GREY), drive(far, [(36.0, 46), (42.0, -16)], kerb)),
    ]
    return {
        'name': 'harbour-road', 'durationS': 60, 'static': static, 'actors': actors, 'wall_y': wall_y,
        'camera': ((-12, -6, 7.0), (3.4, 9.0, .9), 60), 'sun': (40, 232),
        'zones': {'pavement': [(-6.5, 7.15, .13), (14.4, 7.15, .13), (14.4, 12.0, .13), (-6.5, 12.0, .13)]},
        'rules': [{'offence': 'sidewalk_parking', 'zone': 'pavement', 'onset': '4s', 'legal': '15s', 'gap': '10s'}],
        'expected': [('sidewalk_parking', 'pavement', 'white-saloon'), ('sidewalk_parking', 'pavement', 'red-hatch')],
    }


def market_street(seed):
    rng = random.Random(seed + 1)
    kerb_y, wall_y = 9.3, 15.4
    kerb = (kerb_y, KERB_HEIGHT)
    b = Builder()
    add_ground(b, kerb_y, wall_y, bays=[(5.4, 11.0), (11.0, 16.6), (16.6, 22.2), (22.2, 27.8)])
    walls = walls_by_name()
    add_house(b, rng, -20, -5, wall_y + .1, 3, walls['ochre'], [shop('TAILOR', (.25, .05, .08)), shop('FRESH FRUIT', (.05, .22, .07), awning=((.06, .26, .1), (.75, .72, .65)))])
    add_house(b, rng, -5, 9, wall_y, 3, walls['cream'], [shop('OPTICIAN', (.05, .10, .25)), shop('GROCER', (.45, .10, .03), awning=((.45, .22, .04), (.75, .72, .65))), shop('KEYS', (.10, .10, .11), shutter=True)])
    add_house(b, rng, 9, 23, wall_y + .2, 2, walls['green'], [shop('FLOWERS', (.40, .06, .16)), shop('LAUNDRY', (.70, .72, .72), (.03, .2, .4)), shop('RADIO', (.08, .08, .09))])
    add_house(b, rng, 23.5, 40, wall_y, 3, walls['brick'], [shop('MARKET HALL', (.04, .16, .09)), shop('COFFEE', (.2, .08, .04))])
    add_house(b, rng, 40, 60, wall_y + .15, 3, walls['pale'], [shop('TOOLS', (.5, .36, .03), (.05, .05, .05)), shop('CLOTH', (.1, .05, .2))])
    add_house(b, rng, 60, 88, wall_y, 4, walls['ochre'], [shop('SCHOOL', (.05, .05, .06)), shop('POST', (.03, .2, .1))])
    for x in (-8.5, 13.6, 24, 36, 48):
        add_tree(b, rng, x, 10.6, 6.2 + rng.random(), 1.6)
    for x in (10.2, 30):
        add_lamp(b, x, 9.8)
    add_tree(b, rng, 8, -4.8, 7.5, 2.4)
    add_bin(b, 8.4, 10.0)
    add_planter(b, rng, 4.4, 14.7)
    add_planter(b, rng, -6.8, 14.7)
    add_opposite(b)
    static = b.finish('street')
    z = KERB_HEIGHT
    far = [(80, 5.25), (40, 5.25), (20, 5.25), (0, 5.25), (-20, 5.25), (-40, 5.25)]
    near = [(-60, 1.8), (-20, 1.8), (0, 1.8), (20, 1.8), (60, 1.8), (80, 1.8)]
    way = [(-30, 10.9), (-20, 10.9), (-12, 10.9), (-6, 10.9), (0, 10.9), (6, 10.9), (14, 10.9)]
    by_the_kerb = [(-20, 10.3), (-12, 10.25), (-6, 10.0), (-2, 9.85), (-.1, 9.85)]
    come = [(3.0, -13.0), (8.6, -.4), (55.0, -.4), (60.5, 9.5)]

    def shifted(dx):
        return [(t, x + dx) for t, x in come]
    actors = [
        Actor('cart', 'object', make_cart('cart', rng), walk(way, come, z, rest=None)),
        Actor('parasol', None, make_parasol('parasol', [(.50, .02, .02), (.60, .40, .02), (.02, .30, .10), (.02, .10, .45)]), walk(way, shifted(.1), z, rest=None, offset=(0, .25))),
        Actor('vendor', 'person', make_person('vendor', (.08, .16, .32), (.03, .03, .035), hat=(.55, .45, .25), apron=(.6, .58, .5)),
              walk(way, shifted(-1.62), z, pose='push', rest='serve', face=8)),
        Actor('white-van', 'car', make_vehicle('white-van', VAN, WHITE), stand(13.8, 8.15, 180.8)),
        Actor('customer-1', 'person', make_person('customer-1', (.45, .10, .12), (.05, .06, .12)),
              there_and_back(by_the_kerb, [(5.0, -9.5), (11.4, -.1)], [(55.4, -.1), (62.0, -9.5)], z, face=84)),
        Actor('passer-by', 'person', make_person('passer-by', (.60, .58, .52), (.14, .11, .08), hair=(.05, .03, .02)),
              walk([(-20, 13.3), (-9, 13.3), (0, 13.2), (14, 13.2), (32, 13.3), (40, 13.3)], [(15.0, -9.5), (42.0, 32)], z)),
        Actor('red-saloon', 'car', make_vehicle('red-saloon', SALOON, RED), drive(far, [(27.0, 48), (32.2, -18)], kerb)),
        Actor('silver-hatch', 'car', make_vehicle('silver-hatch', HATCH, SILVER), drive(near, [(39.4, -18), (43.4, 34)], kerb)),
    ]
    return {
        'name': 'market-street', 'durationS': 60, 'static': static, 'actors': actors, 'wall_y': wall_y,
        'camera': ((-10.2, -2.5, 6.2), (2.6, 10.6, 1.0), 50), 'sun': (46, 205),
        'zones': {'pavement': [(-6.0, 9.45, .13), (5.2, 9.45, .13), (7.0, 14.8, .9), (-5.0, 14.8, .9)]},
        'rules': [{'offence': 'street_vending', 'zone': 'pavement', 'classes': ['object', 'umbrella'], 'onset': '4s', 'legal': '20s'}],
        'expected': [('street_vending', 'pavement', 'cart')],
    }


# builder, picture size, light
CLIPS = {
    'harbour-road': (harbour_road, (1280, 720), 'day'),
    'market-street': (market_street, (1280, 720), 'day'),
    'ferry-lane': (ferry_lane, (960, 540), 'dusk'),
    'station-road': (station_road, (960, 540), 'rain'),
}
