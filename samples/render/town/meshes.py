"""Mesh building: parts are gathered in one Builder and become one object with several materials."""
import math

import bmesh
import bpy
from mathutils import Matrix, Vector


class Builder:
    """Gathers parts (vertices in the builder's own space, metres) and makes one object of them."""

    def __init__(self):
        self.vertices, self.faces, self.slots, self.smooth, self.materials = [], [], [], [], []

    def add(self, part, material, matrix=None, smooth=False):
        vertices, faces = part
        base = len(self.vertices)
        self.vertices += [tuple(matrix @ Vector(v)) if matrix else tuple(v) for v in vertices]
        if material not in self.materials:
            self.materials.append(material)
        slot = self.materials.index(material)
        for face in faces:
            self.faces.append([base + i for i in face])
            self.slots.append(slot)
            self.smooth.append(smooth)

    def box(self, material, size, centre, bevel=0.0, rotation=(0, 0, 0), segments=2):
        self.add(box(size, bevel, segments), material, place(centre, rotation))

    def cylinder(self, material, radius, height, centre, rotation=(0, 0, 0), top=None, sides=20, smooth=True):
        self.add(tube([(radius, -height / 2), (radius if top is None else top, height / 2)], sides), material,
                 place(centre, rotation), smooth)

    def ball(self, material, radii, centre, rotation=(0, 0, 0)):
        self.add(ball(), material, place(centre, rotation) @ Matrix.Diagonal((*radii, 1)), True)

    def finish(self, name):
        mesh = bpy.data.meshes.new(name)
        mesh.from_pydata(self.vertices, [], self.faces)
        for material in self.materials:
            mesh.materials.append(material)
        mesh.polygons.foreach_set('material_index', self.slots)
        mesh.polygons.foreach_set('use_smooth', self.smooth)
        mesh.update()
        thing = bpy.data.objects.new(name, mesh)
        bpy.context.scene.collection.objects.link(thing)
        return thing


def place(centre, rotation=(0, 0, 0)):
    """Rotation in degrees about x, y, z, then the move."""
    turn = Matrix.LocRotScale(None, None, None)
    for axis, angle in zip('XYZ', rotation):
        turn = Matrix.Rotation(math.radians(angle), 4, axis) @ turn
    return Matrix.Translation(Vector(centre)) @ turn


def _from_bmesh(mesh):
    mesh.verts.index_update()
    part = ([v.co.copy() for v in mesh.verts], [[v.index for v in f.verts] for f in mesh.faces])
    mesh.free()
    return part


def box(size, bevel=0.0, segments=2):
    mesh = bmesh.new()
    bmesh.ops.create_cube(mesh, size=1)
    bmesh.ops.scale(mesh, vec=size, verts=mesh.verts)
    if bevel > 0:
        bmesh.ops.bevel(mesh, geom=mesh.edges[:], offset=min(bevel, min(size) * 0.45), segments=segments,
                        profile=0.5, affect='EDGES')
    return _from_bmesh(mesh)


def ball(segments=20, rings=12):
    mesh = bmesh.new()
    bmesh.ops.create_uvsphere(mesh, u_segments=segments, v_segments=rings, radius=1)
    return _from_bmesh(mesh)


def tube(profile, sides=20):
    """A turned shape: `profile` = (radius, z) from bottom to top, closed at both ends."""
    rings = [[(r * math.cos(2 * math.pi * i / sides), r * math.sin(2 * math.pi * i / sides), z) for i in range(sides)]
             for r, z in profile]
    return loft(rings)


def loft(rings):
    """A skin over closed rings of equal length, with a cap at each end."""
    count = len(rings[0])
    vertices = [v for ring in rings for v in ring]
    faces = []
    for k in range(len(rings) - 1):
        for i in range(count):
            j = (i + 1) % count
            faces.append([k * count + i, k * count + j, (k + 1) * count + j, (k + 1) * count + i])
    faces.append(list(range(count))[::-1])
    faces.append([(len(rings) - 1) * count + i for i in range(count)])
    return outward((vertices, faces))


def outward(part):
    """Makes all faces point outwards."""
    mesh = _to_bmesh(part)
    bmesh.ops.recalc_face_normals(mesh, faces=mesh.faces[:])
    return _from_bmesh(mesh)


def _to_bmesh(part):
    mesh = bmesh.new()
    vertices = [mesh.verts.new(v) for v in part[0]]
    for face in part[1]:
        mesh.faces.new([vertices[i] for i in face])
    return mesh


def subdivide(part, levels=2):
    """Catmull-Clark through Blender's own modifier."""
    mesh = bpy.data.meshes.new('tmp')
    mesh.from_pydata([tuple(v) for v in part[0]], [], part[1])
    thing = bpy.data.objects.new('tmp', mesh)
    bpy.context.scene.collection.objects.link(thing)
    thing.modifiers.new('s', 'SUBSURF').levels = levels
    result = bpy.data.meshes.new_from_object(thing.evaluated_get(bpy.context.evaluated_depsgraph_get()))
    made = ([v.co.copy() for v in result.vertices], [list(p.vertices) for p in result.polygons])
    bpy.data.objects.remove(thing)
    bpy.data.meshes.remove(mesh)
    bpy.data.meshes.remove(result)
    return made


def inset(part, thickness, depth):
    """Insets every face on its own: (frames, panes)."""
    mesh = _to_bmesh(part)
    panes = mesh.faces[:]
    frames = bmesh.ops.inset_individual(mesh, faces=panes, thickness=thickness, depth=depth)['faces']
    mesh.verts.index_update()
    vertices = [v.co.copy() for v in mesh.verts]
    pane_set = set(panes)
    pane_faces = [[v.index for v in f.verts] for f in panes]
    frame_faces = [[v.index for v in f.verts] for f in mesh.faces if f not in pane_set]
    del frames
    mesh.free()
    return (vertices, frame_faces), (vertices, pane_faces)


def letters(text, size):
    """Flat letters in the x-z plane, facing -y, centred."""
    curve = bpy.data.curves.new('tmp', 'FONT')
    curve.body, curve.size, curve.align_x, curve.align_y = text, size, 'CENTER', 'CENTER'
    curve.resolution_u = 3
    thing = bpy.data.objects.new('tmp', curve)
    bpy.context.scene.collection.objects.link(thing)
    mesh = bpy.data.meshes.new_from_object(thing.evaluated_get(bpy.context.evaluated_depsgraph_get()))
    part = ([Vector((v.co.x, 0, v.co.y)) for v in mesh.vertices], [list(p.vertices) for p in mesh.polygons])
    bpy.data.objects.remove(thing)
    bpy.data.curves.remove(curve)
    bpy.data.meshes.remove(mesh)
    return part
