"""The demo town's clips: what stands where, who moves when, and what counts as an offence."""
import random

from . import materials as m
from .furniture import add_bin, add_lamp, add_planter, add_tree, make_cart, make_parasol
from .meshes import Builder
from .motion import drive, stand, there_and_back, walk
from .people import make_person
from .stage import Actor
from .street import KERB_HEIGHT, add_ground, add_house
from .vehicles import HATCH, SALOON, VAN, make_vehicle

WHITE, RED, BLUE, SILVER, GREY = (.80, .80, .79), (.30, .012, .016), (.015, .05, .16), (.42, .43, .45), (.10, .105, .11)
CREAM, BRICK, PALE = (.62, .54, .42), (.30, .12, .07), (.50, .52, .52)


def _shop(name, sign, ink=(.9, .85, .7), frame=(.10, .10, .11), **more):
    return {'name': name, 'sign': sign, 'ink': ink, 'frame': frame, **more}


def _walls():
    return {
        'cream': m.weathered('wall-cream', CREAM, .9, .25, .6, .2),
        'pale': m.weathered('wall-pale', PALE, .9, .3, .5, .2),
        'brick': m.tiled('wall-brick', [BRICK, (.24, .10, .065)], (.30, .28, .26), (.24, .075), .5, .9, .12, True),
        'ochre': m.weathered('wall-ochre', (.55, .36, .16), .9, .3, .6, .2),
        'green': m.weathered('wall-green', (.30, .38, .33), .9, .3, .5, .2),
    }


def _opposite(b):
    # never in the picture, but windows and car paint mirror it
    b.box(m.weathered('opposite', (.42, .38, .34)), (120, 1, 8.5), (25, -15, 4.25))
    for k in range(24):
        b.box(m.glass(), (1.6, .2, 1.5), (-28 + 4.6 * k, -14.5, 5.4))


def harbour_road(seed):
    rng = random.Random(seed)
    kerb_y, wall_y = 7.0, 12.4
    kerb = (kerb_y, KERB_HEIGHT)
    b = Builder()
    add_ground(b, kerb_y, wall_y)
    walls = _walls()
    add_house(b, rng, -18, -4.2, wall_y + .1, 3, walls['pale'], [_shop('HARDWARE', (.05, .13, .30)), _shop('NOODLES', (.42, .03, .03), awning=((.5, .04, .03), (.75, .72, .65)))])
    add_house(b, rng, -4.2, 9.5, wall_y, 3, walls['brick'], [_shop('HARBOUR TEA', (.04, .16, .09)), _shop('PHARMACY', (.75, .76, .74), (.02, .30, .12), (.5, .5, .5)), _shop('BAKERY', (.50, .27, .06), awning=((.06, .18, .11), (.75, .72, .65)))])
    add_house(b, rng, 9.5, 24, wall_y + .25, 2, walls['cream'], [_shop('REPAIRS', (.09, .09, .10), shutter=True), _shop('BOOKS', (.12, .05, .15)), _shop('FISH', (.03, .20, .32), awning=((.04, .16, .34), (.75, .74, .7)))])
    add_house(b, rng, 24.6, 38, wall_y + .05, 3, walls['green'], [_shop('PRINT', (.55, .40, .03), (.05, .05, .05)), _shop('CAFE', (.20, .08, .04))])
    add_house(b, rng, 38, 56, wall_y + .2, 3, walls['ochre'], [_shop('MARKET', (.40, .03, .03)), _shop('BICYCLES', (.05, .15, .25)), _shop('PAINT', (.45, .42, .38), (.2, .02, .02))])
    add_house(b, rng, 56, 85, wall_y, 4, walls['pale'], [_shop('HOTEL', (.05, .05, .06)), _shop('BANK', (.04, .08, .25)), _shop('SHOES', (.3, .1, .05))])
    for x in (15.5, 24.5, 34, 45):
        add_tree(b, rng, x, 8.3, 6.2 + rng.random(), 1.7)
    for x in (-9.2, 20.2, 40):
        add_lamp(b, x, 7.5)
    add_tree(b, rng, -20, -2.2, 6.5, 2.0)
    add_tree(b, rng, 3.5, -4.5, 7.5, 2.3)
    add_bin(b, 13.4, 7.75)
    add_planter(b, rng, 3.6, 11.7)
    add_planter(b, rng, -4.6, 11.7)
    _opposite(b)
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
    walls = _walls()
    add_house(b, rng, -20, -5, wall_y + .1, 3, walls['ochre'], [_shop('TAILOR', (.25, .05, .08)), _shop('FRESH FRUIT', (.05, .22, .07), awning=((.06, .26, .1), (.75, .72, .65)))])
    add_house(b, rng, -5, 9, wall_y, 3, walls['cream'], [_shop('OPTICIAN', (.05, .10, .25)), _shop('GROCER', (.45, .10, .03), awning=((.45, .22, .04), (.75, .72, .65))), _shop('KEYS', (.10, .10, .11), shutter=True)])
    add_house(b, rng, 9, 23, wall_y + .2, 2, walls['green'], [_shop('FLOWERS', (.40, .06, .16)), _shop('LAUNDRY', (.70, .72, .72), (.03, .2, .4)), _shop('RADIO', (.08, .08, .09))])
    add_house(b, rng, 23.5, 40, wall_y, 3, walls['brick'], [_shop('MARKET HALL', (.04, .16, .09)), _shop('COFFEE', (.2, .08, .04))])
    add_house(b, rng, 40, 60, wall_y + .15, 3, walls['pale'], [_shop('TOOLS', (.5, .36, .03), (.05, .05, .05)), _shop('CLOTH', (.1, .05, .2))])
    add_house(b, rng, 60, 88, wall_y, 4, walls['ochre'], [_shop('SCHOOL', (.05, .05, .06)), _shop('POST', (.03, .2, .1))])
    for x in (-8.5, 13.6, 24, 36, 48):
        add_tree(b, rng, x, 10.6, 6.2 + rng.random(), 1.6)
    for x in (10.2, 30):
        add_lamp(b, x, 9.8)
    add_tree(b, rng, 8, -4.8, 7.5, 2.4)
    add_bin(b, 8.4, 10.0)
    add_planter(b, rng, 4.4, 14.7)
    add_planter(b, rng, -6.8, 14.7)
    _opposite(b)
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
        Actor('cart', None, make_cart('cart', rng), walk(way, come, z, rest=None)),
        Actor('parasol', 'umbrella', make_parasol('parasol', [(.50, .02, .02), (.60, .40, .02), (.02, .30, .10), (.02, .10, .45)]), walk(way, shifted(.1), z, rest=None, offset=(0, .25))),
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
        'rules': [{'offence': 'street_vending', 'zone': 'pavement', 'classes': ['umbrella'], 'onset': '4s', 'legal': '20s'}],
        'expected': [('street_vending', 'pavement', 'parasol')],
    }


CLIPS = {'harbour-road': harbour_road, 'market-street': market_street}
