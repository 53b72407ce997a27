"""Where things are at a moment: drives along a smooth path, walks, and standing still."""
import bisect
import math
from dataclasses import dataclass

KERB_RISE_M = .45


@dataclass(frozen=True)
class Place:
    """x, y, z in metres, heading in degrees (0 = along +x), pose of a person and its phase, whether it moves."""
    x: float
    y: float
    heading: float = 0.0
    z: float = 0.0
    pitch: float = 0.0
    pose: str = 'stand'
    phase: float = 0.0
    moving: bool = False


def _catmull(points, steps=40):
    line = []
    padded = [points[0], *points, points[-1]]
    for i in range(1, len(padded) - 2):
        a, b, c, d = padded[i - 1:i + 3]
        for k in range(steps):
            t = k / steps
            line.append(tuple(.5 * (2 * b[n] + (c[n] - a[n]) * t + (2 * a[n] - 5 * b[n] + 4 * c[n] - d[n]) * t * t
                                    + (3 * b[n] - a[n] - 3 * c[n] + d[n]) * t ** 3) for n in (0, 1)))
    line.append(points[-1])
    return line


def _monotone(knots):
    """A monotone cubic through (t, value) knots (Fritsch-Carlson): no overshoot, so a stop is a stop."""
    ts, vs = [k[0] for k in knots], [k[1] for k in knots]
    slopes = [(vs[i + 1] - vs[i]) / (ts[i + 1] - ts[i]) for i in range(len(ts) - 1)]
    tangents = [slopes[0]] + [0 if a * b <= 0 else 2 * a * b / (a + b) for a, b in zip(slopes, slopes[1:])] + [slopes[-1]]

    def value(t):
        if t <= ts[0]:
            return vs[0]
        if t >= ts[-1]:
            return vs[-1]
        i = bisect.bisect_right(ts, t) - 1
        h = ts[i + 1] - ts[i]
        u = (t - ts[i]) / h
        return (vs[i] * (1 + 2 * u) * (1 - u) ** 2 + h * tangents[i] * u * (1 - u) ** 2
                + vs[i + 1] * u * u * (3 - 2 * u) + h * tangents[i + 1] * u * u * (u - 1))
    return value


def _idle_phase(t, period_s=4, steps_per_s=5):
    # in steps, so that the renderer can use one picture for several frames
    return math.floor(t * steps_per_s + 1e-6) % (period_s * steps_per_s) / (period_s * steps_per_s)


def _to_step(t, steps_per_s=5):
    return math.floor(t * steps_per_s + 1e-6) / steps_per_s


class Path:
    def __init__(self, points):
        self.line = _catmull(points)
        self.along = [0.0]
        for (ax, ay), (bx, by) in zip(self.line, self.line[1:]):
            self.along.append(self.along[-1] + math.hypot(bx - ax, by - ay))

    def at(self, s):
        i = min(max(bisect.bisect_right(self.along, s) - 1, 0), len(self.line) - 2)
        u = (s - self.along[i]) / max(self.along[i + 1] - self.along[i], 1e-9)
        (ax, ay), (bx, by) = self.line[i], self.line[i + 1]
        return ax + (bx - ax) * u, ay + (by - ay) * u

    def reach(self, x):
        """Distance along the path at which it first crosses `x`."""
        for i in range(len(self.line) - 1):
            if (self.line[i][0] - x) * (self.line[i + 1][0] - x) <= 0:
                return self.along[i]
        raise ValueError(f'the path never reaches x = {x}')


def _ground(y, kerb_y, kerb_height):
    u = min(max((y - kerb_y + KERB_RISE_M / 2) / KERB_RISE_M, 0), 1)
    return kerb_height * u * u * (3 - 2 * u)


def drive(points, timing, kerb, wheelbase=2.7, seen=None):
    """A vehicle on a path. `timing` = (t, x of its middle); equal x in a row means at rest. `kerb` = (y, height)."""
    path = Path(points)
    where = _monotone([(t, path.reach(x)) for t, x in timing])

    def motion(t):
        if t < timing[0][0] or t > timing[-1][0] or (seen and not seen[0] <= t <= seen[1]):
            return None
        s = where(t)
        rear, front = path.at(s - wheelbase / 2), path.at(s + wheelbase / 2)
        rear_z, front_z = _ground(rear[1], *kerb), _ground(front[1], *kerb)
        heading = math.degrees(math.atan2(front[1] - rear[1], front[0] - rear[0]))
        pitch = -math.degrees(math.atan2(front_z - rear_z, wheelbase))
        moving = abs(where(t + .1) - s) > 1e-3 or abs(s - where(t - .1)) > 1e-3
        return Place((rear[0] + front[0]) / 2, (rear[1] + front[1]) / 2, heading, (rear_z + front_z) / 2, pitch, moving=moving)
    return motion


def stand(x, y, heading, z=0.0, pose=None, seen=None):
    """Something that stays; a person with `pose` moves a little on the spot."""
    def motion(t):
        if seen and not seen[0] <= t <= seen[1]:
            return None
        phase = _idle_phase(t) if pose else 0.0
        return Place(x, y, heading, z, 0, pose or 'stand', phase, pose is not None)
    return motion


def walk(points, timing, z, pose='walk', rest='stand', stride_m=1.45, offset=(0, 0), face=None):
    """A walk along a path; `timing` as in drive(). At rest it takes the pose `rest` and turns to `face` degrees."""
    path = Path(points)
    where = _monotone([(t, path.reach(x)) for t, x in timing])

    def motion(t):
        if t < timing[0][0] or t > timing[-1][0]:
            return None
        # people move in steps of a fifth of a second: half the pictures, and at a distance nobody sees it
        t = _to_step(t)
        s = where(t)
        (ax, ay), (bx, by) = path.at(s - .05), path.at(s + .05)
        heading = math.degrees(math.atan2(by - ay, bx - ax))
        going = abs(where(t + .2) - s) > 2e-3 or abs(s - where(t - .2)) > 2e-3
        x, y = path.at(s)
        if going:
            return Place(x + offset[0], y + offset[1], heading, z, 0, pose, (s / stride_m) % 1, True)
        if rest is None:
            return Place(x + offset[0], y + offset[1], heading, z)
        return Place(x + offset[0], y + offset[1], heading if face is None else face, z, 0, rest, _idle_phase(t), True)
    return motion


def there_and_back(points, come, go, z, face):
    """A person who walks in along the path, stays at its end, and walks back out."""
    path_in = walk(points, [*come, (go[0][0], come[-1][1])], z, face=face)
    path_out = walk(points[::-1], go, z, face=face)

    def motion(t):
        return path_in(t) if t < go[0][0] else path_out(t)
    return motion
