"""Camera, light, and where things fall in the picture."""
import math

import bpy
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Matrix, Vector

from .meshes import place
from .people import joint_matrix, to_pose

FPS = 10
frame_size = [1280, 720]

# sky colour and strength (None: a clear day's sky), the sun's strength and breadth, whether the street lamps burn, exposure
LIGHTS = {
    'day': (None, .22, 3.6, .9, False, 0),
    'rain': ((.50, .56, .64), .62, .5, 50, False, .15),
    'dusk': ((.13, .18, .36), .62, .14, 40, True, .35),
    'night': ((.012, .016, .035), .8, .02, 30, True, .45),
}
LAMP_W = 620


class Actor:
    """A thing that moves or stays: its parts, its class for the detections, its motion (t -> Place or None)."""

    def __init__(self, name, kind, parts, motion, truth_parts=None, beams=()):
        self.name, self.kind, self.motion = name, kind, motion
        self.parts = parts if isinstance(parts, dict) else {'body': (parts, (0, 0, 0))}
        self.local = {key: [v.co.copy() for v in thing.data.vertices] for key, (thing, _joint) in self.parts.items()}
        self.truth_parts = truth_parts or list(self.parts)
        self.beams = beams

    def pose(self, t):
        """Puts the parts where they are at `t`; the Place, or None when it is not on stage."""
        now = self.motion(t)
        for key, (thing, joint) in self.parts.items():
            thing.hide_render = thing.hide_viewport = now is None
            if now is None:
                continue
            root = place((now.x, now.y, now.z), (0, now.pitch, now.heading))
            turns = to_pose(now.pose, now.phase) if len(self.parts) > 1 else {}
            thing.matrix_world = root @ joint_matrix(joint, turns.get(key, (0, 0, 0)), turns.get('lift', 0))
        for beam, local in self.beams:
            beam.hide_render = now is None
            if now is not None:
                beam.matrix_world = place((now.x, now.y, now.z), (0, now.pitch, now.heading)) @ local
        return now

    def world_points(self, keys=None, step=1):
        for key in keys or self.parts:
            matrix = self.parts[key][0].matrix_world
            for v in self.local[key][::step]:
                yield matrix @ v


def place_camera(camera_at, target, fov_degrees):
    camera = bpy.context.scene.camera
    camera.data.angle = math.radians(fov_degrees)
    camera.matrix_world = Matrix.LocRotScale(Vector(camera_at), (Vector(target) - Vector(camera_at)).to_track_quat('-Z', 'Y'), None)


def _add_lamps(lamps):
    for k, (x, y, z) in enumerate(lamps):
        data = bpy.data.lights.new(f'street-lamp-{k}', 'SPOT')
        data.energy, data.color, data.spot_size, data.spot_blend, data.shadow_soft_size = LAMP_W * 4, (1, .74, .45), math.radians(150), .6, .2
        lamp = bpy.data.objects.new(f'street-lamp-{k}', data)
        lamp.location = (x, y, z)
        bpy.context.scene.collection.objects.link(lamp)


def add_beams(name, front):
    """Two headlights for a vehicle whose lamps are at (front x, half distance, height); they follow its parts."""
    beams = []
    for side in (1, -1):
        data = bpy.data.lights.new(f'{name}-beam', 'SPOT')
        data.energy, data.color, data.spot_size, data.spot_blend, data.shadow_soft_size = 420, (1, .93, .82), math.radians(46), .7, .05
        beam = bpy.data.objects.new(f'{name}-beam', data)
        bpy.context.scene.collection.objects.link(beam)
        way = Vector((1, 0, -.13)).to_track_quat('-Z', 'Y').to_matrix().to_4x4()
        beams.append((beam, Matrix.Translation(Vector((front[0] + .12, side * front[1], front[2]))) @ way))
    return beams


def _add_clear_sky(world, background, elevation, azimuth):
    sky = world.node_tree.nodes.new('ShaderNodeTexSky')
    sky.sky_type = 'NISHITA'
    sky.sun_disc = False
    sky.sun_elevation = elevation
    sky.sun_rotation = math.pi / 2 - azimuth
    world.node_tree.links.new(sky.outputs['Color'], background.inputs['Color'])


def set_up(camera_at, target, fov_degrees, sun_elevation, sun_azimuth, samples, light='day', lamps=()):
    scene = bpy.context.scene
    data = bpy.data.cameras.new('camera')
    data.angle = math.radians(fov_degrees)
    data.clip_end = 400
    camera = bpy.data.objects.new('camera', data)
    scene.collection.objects.link(camera)
    camera.matrix_world = Matrix.LocRotScale(Vector(camera_at), (Vector(target) - Vector(camera_at)).to_track_quat('-Z', 'Y'), None)
    scene.camera = camera
    elevation, azimuth = math.radians(sun_elevation), math.radians(sun_azimuth)
    towards_sun = Vector((math.cos(elevation) * math.cos(azimuth), math.cos(elevation) * math.sin(azimuth), math.sin(elevation)))
    lamp = bpy.data.lights.new('sun', 'SUN')
    colour, strength, sun_strength, breadth, lamps_on, exposure = LIGHTS[light]
    lamp.energy, lamp.angle, lamp.color = sun_strength, math.radians(breadth), (1, .93, .82) if light == 'day' else (.8, .88, 1)
    if lamps_on:
        _add_lamps(lamps)
    sun = bpy.data.objects.new('sun', lamp)
    sun.matrix_world = (-towards_sun).to_track_quat('-Z', 'Y').to_matrix().to_4x4()
    scene.collection.objects.link(sun)
    world = bpy.data.worlds.new('sky')
    world.use_nodes = True
    background = world.node_tree.nodes['Background']
    background.inputs['Strength'].default_value = strength
    if colour:
        background.inputs['Color'].default_value = (*colour, 1)
    else:
        _add_clear_sky(world, background, elevation, azimuth)
    scene.world = world
    scene.view_settings.exposure = exposure
    render = scene.render
    render.engine = 'CYCLES'
    render.resolution_x, render.resolution_y, render.resolution_percentage = *frame_size, 100
    render.use_persistent_data = True
    render.image_settings.file_format = 'PNG'
    render.image_settings.color_mode = 'RGB'
    cycles = scene.cycles
    cycles.samples, cycles.use_adaptive_sampling, cycles.adaptive_threshold = samples, True, .02
    cycles.use_denoising, cycles.denoiser = True, 'OPENIMAGEDENOISE'
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 3, 2, 2
    cycles.sample_clamp_indirect, cycles.caustics_reflective = 4, False
    scene.view_settings.view_transform = 'AgX'
    scene.view_settings.look = 'AgX - Medium High Contrast'
    return towards_sun


def to_picture(point):
    """Picture coordinates 0-1 from the left and the top; None behind the camera."""
    p = world_to_camera_view(bpy.context.scene, bpy.context.scene.camera, Vector(point))
    return (p.x, 1 - p.y) if p.z > .1 else None


def to_box(points):
    """The tight box around the points, clipped to the picture, or None; and the share of the whole box inside."""
    spots = [p for p in map(to_picture, points) if p]
    if not spots:
        return None, 0
    x1, y1 = min(p[0] for p in spots), min(p[1] for p in spots)
    x2, y2 = max(p[0] for p in spots), max(p[1] for p in spots)
    whole = (x2 - x1) * (y2 - y1)
    box = (max(x1, 0), max(y1, 0), min(x2, 1), min(y2, 1))
    if whole <= 0 or box[0] >= box[2] or box[1] >= box[3]:
        return None, 0
    return box, (box[2] - box[0]) * (box[3] - box[1]) / whole


def to_region(actor, towards_sun, wall_y, light='day', lamps=()):
    """The part of the picture that an actor changes: itself and its shadow on the ground or a wall."""
    points = []
    for p in actor.world_points(step=5):
        points.append(p)
        reach = p.z / towards_sun.z
        if towards_sun.y < 0 and p.y < wall_y:
            reach = min(reach, (wall_y - p.y) / -towards_sun.y)
        if light == 'day':
            points.append(p - towards_sun * reach)
        if light == 'rain':
            points.append(Vector((p.x, p.y, -p.z)))
        for lamp in lamps if light in ('dusk', 'night') else ():
            # the shadow of a street lamp that is near enough to throw one
            source = Vector(lamp)
            if p.z < 3 and (source - p).length < 12:
                points.append(source + (p - source) * (source.z / (source.z - p.z)))
    for beam, _local in actor.beams:
        ahead = beam.matrix_world.to_3x3() @ Vector((0, 0, -1))
        points += [beam.location + Vector((ahead.x * far, ahead.y * far, -.6)) for far in (3, 7)]
    return to_box(points)[0]


def to_visible_share(actor, box, others, grid=14):
    """How much of the actor's outline in the picture is not hidden by something in front of it (ray casts)."""
    scene, graph = bpy.context.scene, bpy.context.evaluated_depsgraph_get()
    camera = scene.camera.matrix_world
    eye = camera.translation
    half = math.tan(scene.camera.data.angle / 2)
    own = {actor.parts[key][0].name for key in actor.truth_parts}
    mine = seen = 0
    for i in range(grid):
        for j in range(grid):
            u = box[0] + (box[2] - box[0]) * (i + .5) / grid
            v = box[1] + (box[3] - box[1]) * (j + .5) / grid
            way = camera.to_3x3() @ Vector(((2 * u - 1) * half, (1 - 2 * v) * half * frame_size[1] / frame_size[0], -1)).normalized()
            start, first = eye, True
            for _ in range(12):
                hit, spot, _n, _i, thing, _m = scene.ray_cast(graph, start, way, distance=200)
                if not hit:
                    break
                if thing.name in own:
                    mine += 1
                    seen += first
                    break
                first = first and thing.name not in others
                start = spot + way * .02
    return seen / mine if mine else 0
