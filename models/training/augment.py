"""Training pictures made from labelled ones: other distances, heights, light, weather and compression."""
import math

import cv2
import numpy as np

GREY = 114
LEAST_PX, LEAST_VISIBLE = 4, .4


class Canvas:
    """A picture in the making, with what is labelled in it and what must not be judged."""

    def __init__(self, wide, high):
        self.pixels = np.full((high, wide, 3), GREY, np.uint8)
        self.labels, self.corners, self.spared_labels, self.spared_corners = [], [], [], []


def choose_view(rng, picture, wide, high, zoom, flip=True):
    """A 2x3 matrix that lays the picture on a field of this size: zoomed by `zoom` against fitting in, off the middle, mirrored, tilted."""
    source_high, source_wide = picture.pixels.shape[:2]
    scale = min(wide / source_wide, high / source_high) * zoom
    stretch = math.exp(rng.normal(0, .06))
    scale_x, scale_y = scale * stretch, scale / stretch
    tilt = rng.normal(0, .025)
    mirror = -1. if flip and rng.random() < .5 else 1.
    cos, sin = math.cos(tilt), math.sin(tilt)
    turn = np.array([[cos * scale_x * mirror, -sin * scale_y], [sin * scale_x * mirror, cos * scale_y]])
    # where the picture is larger than the field any part may be shown, where it is smaller it may lie anywhere
    room = np.array([wide - source_wide * scale_x, high - source_high * scale_y])
    middle = np.array([wide, high]) / 2 + room * (rng.random(2) - .5)
    return np.concatenate([turn, (middle - turn @ [source_wide / 2, source_high / 2])[:, None]], 1)


def move_corners(corners, view):
    """Boxes under a view: the boxes around their moved corners, drawn in a little as a tilt widens them."""
    x1, y1, x2, y2 = corners.T
    xs, ys = np.stack([x1, x2, x2, x1]), np.stack([y1, y1, y2, y2])
    moved_x = view[0, 0] * xs + view[0, 1] * ys + view[0, 2]
    moved_y = view[1, 0] * xs + view[1, 1] * ys + view[1, 2]
    wide, high = moved_x.max(0) - moved_x.min(0), moved_y.max(0) - moved_y.min(0)
    spread_x = np.minimum(np.abs(view[0, 1]) * (y2 - y1), wide * .3)
    spread_y = np.minimum(np.abs(view[1, 0]) * (x2 - x1), high * .3)
    return np.stack([moved_x.min(0) + spread_x / 2, moved_y.min(0) + spread_y / 2, moved_x.max(0) - spread_x / 2, moved_y.max(0) - spread_y / 2], 1)


def lay(canvas, picture, view, left, top, wide, high):
    """Draws the picture into a part of the canvas; labels too small or too little visible there are not judged."""
    pixels, matrix = picture.pixels, view.astype(np.float64)
    size = math.sqrt(abs(np.linalg.det(matrix[:, :2])))
    while size < .6:  # halve by areas first, lest fine things flicker
        pixels, size = cv2.resize(pixels, None, fx=.5, fy=.5, interpolation=cv2.INTER_AREA), size * 2
        matrix = np.concatenate([matrix[:, :2] * 2, matrix[:, 2:]], 1)
    canvas.pixels[top:top + high, left:left + wide] = cv2.warpAffine(pixels, matrix, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(GREY,) * 3)
    for labels, corners, judged in ((picture.labels, picture.corners, True), (picture.spared_labels, picture.spared_corners, False)):
        if not len(labels):
            continue
        moved = move_corners(corners, view)
        inside = np.stack([moved[:, 0].clip(0, wide), moved[:, 1].clip(0, high), moved[:, 2].clip(0, wide), moved[:, 3].clip(0, high)], 1)
        whole = (moved[:, 2] - moved[:, 0]) * (moved[:, 3] - moved[:, 1])
        sides = inside[:, 2:] - inside[:, :2]
        inside += np.array([left, top, left, top], np.float32)
        for label, box, side, share in zip(labels.tolist(), inside, sides, sides.prod(1) / np.maximum(whole, 1e-6)):
            if side.min() < 1:
                continue
            clear = judged and side.min() >= LEAST_PX and share >= LEAST_VISIBLE
            (canvas.labels if clear else canvas.spared_labels).append(label)
            (canvas.corners if clear else canvas.spared_corners).append(box)


def shade(rng, pixels):
    """Other exposure, colour temperature, contrast and saturation."""
    gamma, gain = math.exp(rng.normal(0, .25)), math.exp(rng.normal(0, .12))
    ramp = (np.arange(256) / 255) ** gamma * gain
    warmth = rng.normal(0, .06)
    table = np.stack([ramp * (1 - warmth), ramp, ramp * (1 + warmth)], 1)
    pixels = cv2.LUT(pixels, (table * 255).clip(0, 255).astype(np.uint8)[None])
    grey = cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    keep = rng.uniform(.3, 1.5)
    return cv2.addWeighted(pixels, keep, grey, 1 - keep, 0)


def darken(rng, pixels):
    """Night: little light, of lamps, and the noise of a wide-open sensor."""
    high, wide = pixels.shape[:2]
    lamp = np.array(rng.choice([[.75, .92, 1.1], [1.1, 1., .85], [.95, 1., 1.]]), np.float32)
    field = np.full((max(2, high // 32), max(2, wide // 32)), rng.uniform(.12, .35), np.float32)
    for _ in range(rng.integers(1, 5)):
        field[rng.integers(field.shape[0]), rng.integers(field.shape[1])] += rng.uniform(.5, 3)
    field = cv2.resize(cv2.GaussianBlur(field, (0, 0), 1.5), (wide, high), interpolation=cv2.INTER_LINEAR)
    light = pixels.astype(np.float32) * field[..., None] * lamp
    for _ in range(rng.integers(0, 5)):  # headlights
        spot = (int(rng.integers(wide)), int(rng.integers(high)))
        glow = np.zeros((high, wide), np.float32)
        cv2.circle(glow, spot, int(rng.integers(1, 5)), float(rng.uniform(150, 500)), -1)
        light += cv2.GaussianBlur(glow, (0, 0), float(rng.uniform(1, 8)))[..., None]
    light += cv2.randn(np.empty(pixels.shape, np.float32), 0, float(rng.uniform(2, 10)))
    return light.clip(0, 255).astype(np.uint8)


def let_rain(rng, pixels):
    """Haze and streaks."""
    high, wide = pixels.shape[:2]
    haze = float(rng.uniform(.1, .4))
    pixels = cv2.addWeighted(pixels, 1 - haze, np.full_like(pixels, int(rng.integers(110, 190))), haze, 0)
    streaks = np.zeros((high, wide), np.uint8)
    slant, length = rng.normal(0, .2), rng.uniform(6, 20)
    for x, y in zip(rng.integers(0, wide, 160).tolist(), rng.integers(0, high, 160).tolist()):
        cv2.line(streaks, (x, y), (int(x + slant * length), int(y + length)), int(rng.integers(40, 150)), 1)
    return cv2.add(pixels, cv2.cvtColor(cv2.GaussianBlur(streaks, (0, 0), .8), cv2.COLOR_GRAY2BGR))


def blur(rng, pixels):
    """Out of focus, or a lens of fewer lines."""
    if rng.random() < .5:
        return cv2.GaussianBlur(pixels, (0, 0), float(rng.uniform(.5, 1.6)))
    share = float(rng.uniform(.45, .85))
    small = cv2.resize(pixels, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def compress(rng, pixels):
    return cv2.imdecode(cv2.imencode('.jpg', pixels, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 70))])[1], cv2.IMREAD_COLOR)


def disturb(rng, pixels, strength=1.):
    """What light, weather, lens and encoder may do."""
    pixels = shade(rng, pixels)
    for chance, change in ((.10, darken), (.10, let_rain), (.15, blur), (.25, compress)):
        if rng.random() < chance * strength:
            pixels = change(rng, pixels)
    return pixels


def make_single(rng, picture, wide, high, strength):
    canvas = Canvas(wide, high)
    zoom = math.exp(rng.normal(.1, .3 * (.4 + .6 * strength)))
    lay(canvas, picture, choose_view(rng, picture, wide, high, min(max(zoom, .5), 2.5)), 0, 0, wide, high)
    canvas.pixels = disturb(rng, canvas.pixels, strength)
    return canvas


def make_mosaic(rng, draw, wide, high):
    """Four pictures around a point, each at another distance: small things among large ones, every kind beside every other."""
    canvas = Canvas(wide, high)
    x, y = int(wide * rng.uniform(.3, .7)), int(high * rng.uniform(.3, .7))
    for left, top, right, bottom in ((0, 0, x, y), (x, 0, wide, y), (0, y, x, high), (x, y, wide, high)):
        picture = draw()
        field_wide, field_high = right - left, bottom - top
        source_high, source_wide = picture.pixels.shape[:2]
        # 1: the picture fills the field
        fill = max(field_wide / source_wide, field_high / source_high) / min(field_wide / source_wide, field_high / source_high)
        view = choose_view(rng, picture, field_wide, field_high, fill * math.exp(rng.normal(.15, .4)))
        lay(canvas, picture, view, left, top, field_wide, field_high)
    canvas.pixels = disturb(rng, canvas.pixels)
    return canvas
