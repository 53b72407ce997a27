"""Materials of the town: all procedural, so that nothing has to be downloaded."""
import math

import bpy

_made = {}

# what the weather and the hour change in every material; set by begin() before anything is built
_sky = {'wet': False, 'lit': False}
_GLOW = {'lamp-lit': 7.0, 'tail-lamp-lit': 3.5, 'lamp-head': 9.0}


def begin(light):
    """Forgets the materials of the last scene. `light` is day, dusk, night or rain."""
    _made.clear()
    _sky.update(wet=light == 'rain', lit=light != 'day', night=light in ('dusk', 'night'))


def is_lit():
    return _sky['lit']


def is_night():
    return _sky.get('night', False)


def _wet(tree, shader, vector, dry, scale=.9, least=.06):
    """Puddles and damp: in places the ground mirrors, in others it only shines."""
    if not _sky['wet']:
        shader.inputs['Roughness'].default_value = dry
        return
    tree.links.new(_ramp(tree, _noise(tree, vector, scale), [(.42, (least,) * 3), (.60, (dry * .5,) * 3)]), shader.inputs['Roughness'])


def _nodes(name):
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    tree = material.node_tree
    return material, tree, tree.nodes['Principled BSDF']


def _scaled_coordinates(tree, scale, upright=False):
    coordinates = tree.nodes.new('ShaderNodeTexCoord')
    mapping = tree.nodes.new('ShaderNodeMapping')
    mapping.inputs['Scale'].default_value = scale
    # walls: the texture's plane is x-z instead of x-y
    mapping.inputs['Rotation'].default_value = (-math.pi / 2 if upright else 0, 0, 0)
    tree.links.new(coordinates.outputs['Object'], mapping.inputs['Vector'])
    return mapping.outputs['Vector']


def _noise(tree, vector, scale, detail=3.0):
    noise = tree.nodes.new('ShaderNodeTexNoise')
    noise.inputs['Scale'].default_value = scale
    noise.inputs['Detail'].default_value = detail
    tree.links.new(vector, noise.inputs['Vector'])
    return noise.outputs['Fac']


def _ramp(tree, factor, stops):
    ramp = tree.nodes.new('ShaderNodeValToRGB')
    elements = ramp.color_ramp.elements
    while len(elements) < len(stops):
        elements.new(0.5)
    for element, (position, colour) in zip(elements, stops):
        element.position = position
        element.color = (*colour, 1)
    tree.links.new(factor, ramp.inputs['Fac'])
    return ramp.outputs['Color']


def _multiply(tree, a, b, factor=1.0):
    mix = tree.nodes.new('ShaderNodeMixRGB')
    mix.blend_type = 'MULTIPLY'
    mix.inputs['Fac'].default_value = factor
    tree.links.new(a, mix.inputs['Color1'])
    tree.links.new(b, mix.inputs['Color2'])
    return mix.outputs['Color']


def _bump(tree, shader, height, strength, distance=0.02):
    bump = tree.nodes.new('ShaderNodeBump')
    bump.inputs['Strength'].default_value = strength
    bump.inputs['Distance'].default_value = distance
    tree.links.new(height, bump.inputs['Height'])
    tree.links.new(bump.outputs['Normal'], shader.inputs['Normal'])


def plain(name, colour, roughness=0.6, metallic=0.0, coat=0.0, emission=0.0):
    """One even colour; `colour` is linear RGB 0-1."""
    if name in _made:
        return _made[name]
    material, _tree, shader = _nodes(name)
    shader.inputs['Base Color'].default_value = (*colour, 1)
    shader.inputs['Roughness'].default_value = roughness
    shader.inputs['Metallic'].default_value = metallic
    shader.inputs['Coat Weight'].default_value = coat
    shader.inputs['Coat Roughness'].default_value = 0.04
    emission = emission or (_GLOW.get(name, 0) if is_night() or name != 'lamp-head' else 0)
    if emission > 0:
        shader.inputs['Emission Color'].default_value = (*colour, 1)
        shader.inputs['Emission Strength'].default_value = emission
    _made[name] = material
    return material


def weathered(name, colour, roughness=0.8, amount=0.35, scale=1.5, bump=0.15, fine=18.0):
    """A colour with large stains and a fine grain, for plaster, concrete, bark, cloth."""
    if name in _made:
        return _made[name]
    material, tree, shader = _nodes(name)
    vector = _scaled_coordinates(tree, (1, 1, 1))
    dark = tuple(c * (1 - amount) for c in colour)
    stains = _ramp(tree, _noise(tree, vector, scale), [(0.3, dark), (0.62, colour)])
    grain = _ramp(tree, _noise(tree, vector, fine), [(0.3, (0.8, 0.8, 0.8)), (0.7, (1, 1, 1))])
    tree.links.new(_multiply(tree, stains, grain), shader.inputs['Base Color'])
    shader.inputs['Roughness'].default_value = roughness
    _bump(tree, shader, _noise(tree, vector, fine * 3), bump)
    _made[name] = material
    return material


def tiled(name, colours, joint, size, offset=0.5, roughness=0.75, mortar=0.02, upright=False):
    """Tiles or bricks: two colours, joint colour, `size` = (length, height) in metres."""
    if name in _made:
        return _made[name]
    material, tree, shader = _nodes(name)
    vector = _scaled_coordinates(tree, (1, 1, 1), upright)
    brick = tree.nodes.new('ShaderNodeTexBrick')
    brick.offset = offset
    brick.inputs['Scale'].default_value = 1.0
    brick.inputs['Brick Width'].default_value = size[0]
    brick.inputs['Row Height'].default_value = size[1]
    brick.inputs['Mortar Size'].default_value = mortar * size[1]
    brick.inputs['Color1'].default_value = (*colours[0], 1)
    brick.inputs['Color2'].default_value = (*colours[1], 1)
    brick.inputs['Mortar'].default_value = (*joint, 1)
    tree.links.new(vector, brick.inputs['Vector'])
    dirt = _ramp(tree, _noise(tree, vector, 0.5), [(0.3, (0.62, 0.6, 0.57)), (0.65, (1, 1, 1))])
    grain = _ramp(tree, _noise(tree, vector, 25), [(0.25, (0.78, 0.78, 0.78)), (0.7, (1, 1, 1))])
    colour = _multiply(tree, _multiply(tree, brick.outputs['Color'], dirt), grain)
    if _sky['wet'] and not upright:
        colour = _multiply(tree, colour, _ramp(tree, _noise(tree, vector, .4), [(.3, (.45,) * 3), (.7, (.62,) * 3)]))
    tree.links.new(colour, shader.inputs['Base Color'])
    _wet(tree, shader, vector, roughness) if not upright else setattr(shader.inputs['Roughness'], 'default_value', roughness)
    _bump(tree, shader, brick.outputs['Fac'], -0.4)
    _made[name] = material
    return material


def asphalt():
    if 'asphalt' in _made:
        return _made['asphalt']
    material, tree, shader = _nodes('asphalt')
    vector = _scaled_coordinates(tree, (1, 1, 1))
    along = _scaled_coordinates(tree, (0.05, 1.6, 1))
    base = _ramp(tree, _noise(tree, vector, 0.35), [(0.3, (0.07, 0.07, 0.072)), (0.7, (0.115, 0.113, 0.11))])
    grit = _ramp(tree, _noise(tree, vector, 60, 1), [(0.3, (0.7, 0.7, 0.7)), (0.7, (1.1, 1.1, 1.1))])
    tracks = _ramp(tree, _noise(tree, along, 1.0, 2), [(0.35, (0.72, 0.72, 0.72)), (0.6, (1, 1, 1))])
    crack = tree.nodes.new('ShaderNodeTexVoronoi')
    crack.feature = 'DISTANCE_TO_EDGE'
    crack.inputs['Scale'].default_value = 0.16
    tree.links.new(vector, crack.inputs['Vector'])
    cracks = _ramp(tree, crack.outputs['Distance'], [(0.0, (0.45, 0.45, 0.45)), (0.006, (1, 1, 1))])
    colour = _multiply(tree, _multiply(tree, _multiply(tree, base, grit), tracks), cracks, 0.3)
    if _sky['wet']:
        colour = _multiply(tree, colour, _ramp(tree, _noise(tree, vector, .4), [(.3, (.5,) * 3), (.7, (.7,) * 3)]))
    tree.links.new(colour, shader.inputs['Base Color'])
    _wet(tree, shader, vector, .82, .45)
    _made['asphalt'] = material
    return material


def paint_mark(name, colour):
    """Road paint, worn through to the asphalt in places."""
    if name in _made:
        return _made[name]
    material, tree, shader = _nodes(name)
    vector = _scaled_coordinates(tree, (1, 1, 1))
    worn = tuple(c * 0.35 + 0.05 for c in colour)
    tree.links.new(_ramp(tree, _noise(tree, vector, 5, 8), [(0.36, worn), (0.5, colour)]), shader.inputs['Base Color'])
    shader.inputs['Roughness'].default_value = 0.7
    _made[name] = material
    return material


def glass():
    """Window glass seen from outside by day: dark, and it mirrors the street."""
    return plain('glass', (0.012, 0.016, 0.02), roughness=0.05, coat=0.6)


def window(k):
    """An upper window: by day glass, in the evening some of them are lit."""
    if is_night() and k % 3 == 0:
        return plain('window-lit', (1.0, .62, .28), .5, 0, 0, .9)
    return glass()


def car_paint(name, colour):
    return plain(f'paint-{name}', colour, roughness=0.32, metallic=0.15, coat=1.0)
