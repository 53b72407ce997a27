"""Camera, light, and where things fall in the picture."""
import math

import bpy
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Matrix, Vector

from .meshes import place
from .people import joint_matrix, to_pose

WIDTH, HEIGHT, FPS = 1280, 720, 10


class Actor:
    """A thing that moves or stays: its parts, its class for the detections, its motion (t -> Place or None)."""

    def __init__(self, name, kind, parts, motion, truth_parts=None):
        self.name, self.kind, self.motion = name, kind, motion
        self.parts = parts if isinstance(parts, dict) else {'body': (parts, (0, 0, 0))}
        self.local = {key: [v.co.copy() for v in thing.data.vertices] for key, (thing, _joint) in self.parts.items()}
        self.truth_parts = truth_parts or list(self.parts)

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
        return now

    def world_points(self, keys=None, step=1):
        for key in keys or self.parts:
            matrix = self.parts[key][0].matrix_world
            for v in self.local[key][::step]:
                yield matrix @ v


def set_up(camera_at, target, fov_degrees, sun_elevation, sun_azimuth, samples):
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
    lamp.energy, lamp.angle, lamp.color = 3.6, math.radians(.9), (1, .93, .82)
    sun = bpy.data.objects.new('sun', lamp)
    sun.matrix_world = (-towards_sun).to_track_quat('-Z', 'Y').to_matrix().to_4x4()
    scene.collection.objects.link(sun)
    world = bpy.data.worlds.new('sky')
    world.use_nodes = True
    sky = world.node_tree.nodes.new('ShaderNodeTexSky')
    sky.sky_type = 'NISHITA'
    sky.sun_disc = False
    sky.sun_elevation = elevation
    sky.sun_rotation = math.pi / 2 - azimuth
    background = world.node_tree.nodes['Background']
    background.inputs['Strength'].default_value = .22
    world.node_tree.links.new(sky.outputs['Color'], background.inputs['Color'])
    scene.world = world
    render = scene.render
    render.engine = 'CYCLES'
    render.resolution_x, render.resolution_y, render.resolution_percentage = WIDTH, HEIGHT, 100
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


def to_region(actor, towards_sun, wall_y):
    """The part of the picture that an actor changes: itself and its shadow on the ground or a wall."""
    points = []
    for p in actor.world_points(step=5):
        points.append(p)
        reach = p.z / towards_sun.z
        if towards_sun.y < 0 and p.y < wall_y:
            reach = min(reach, (wall_y - p.y) / -towards_sun.y)
        points.append(p - towards_sun * reach)
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
            way = camera.to_3x3() @ Vector(((2 * u - 1) * half, (1 - 2 * v) * half * HEIGHT / WIDTH, -1)).normalized()
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
