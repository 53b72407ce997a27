"""What every street of the town shares: colours, shop fronts, walls, the houses opposite."""
from . import materials as m

WHITE, RED, BLUE, SILVER, GREY = (.80, .80, .79), (.30, .012, .016), (.015, .05, .16), (.42, .43, .45), (.10, .105, .11)
CREAM, BRICK, PALE = (.62, .54, .42), (.30, .12, .07), (.50, .52, .52)


def shop(name, sign, ink=(.9, .85, .7), frame=(.10, .10, .11), **more):
    return {'name': name, 'sign': sign, 'ink': ink, 'frame': frame, **more}


def walls_by_name():
    return {
        'cream': m.weathered('wall-cream', CREAM, .9, .25, .6, .2),
        'pale': m.weathered('wall-pale', PALE, .9, .3, .5, .2),
        'brick': m.tiled('wall-brick', [BRICK, (.24, .10, .065)], (.30, .28, .26), (.24, .075), .5, .9, .12, True),
        'ochre': m.weathered('wall-ochre', (.55, .36, .16), .9, .3, .6, .2),
        'green': m.weathered('wall-green', (.30, .38, .33), .9, .3, .5, .2),
    }


def add_opposite(b):
    # never in the picture, but windows and car paint mirror it
    b.box(m.weathered('opposite', (.42, .38, .34)), (120, 1, 8.5), (25, -15, 4.25))
    for k in range(24):
        b.box(m.glass(), (1.6, .2, 1.5), (-28 + 4.6 * k, -14.5, 5.4))
