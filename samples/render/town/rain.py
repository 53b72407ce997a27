"""Rain in the air: streaks and haze laid over a finished picture. The same frame number gives the same rain."""
import random

import numpy
from PIL import Image, ImageDraw, ImageFilter


def add_rain(picture, frame, streaks=260):
    height, width = picture.shape[:2]
    rng = random.Random(1000 + frame)
    layer = Image.new('L', (width, height), 0)
    draw = ImageDraw.Draw(layer)
    for _ in range(streaks):
        near = rng.random() ** 2
        x, y = rng.uniform(-20, width + 20), rng.uniform(-60, height)
        length = (.02 + .07 * near) * height
        draw.line([(x, y), (x - length * .12, y + length)], fill=round(50 + 90 * rng.random()), width=2 if near > .75 else 1)
    drops = numpy.asarray(layer.filter(ImageFilter.GaussianBlur(.7)), dtype=numpy.float32)[..., None] / 255
    rows = numpy.linspace(1, 0, height, dtype=numpy.float32)[:, None, None]
    haze = .04 + .10 * rows
    grey = numpy.array([168, 176, 184], dtype=numpy.float32)
    veiled = picture.astype(numpy.float32) * (1 - haze) + grey * haze
    return numpy.clip(veiled * (1 - .55 * drops) + numpy.array([215, 222, 228], dtype=numpy.float32) * .55 * drops, 0, 255).round().astype(numpy.uint8)
