import { type Scene, toShard } from '../../../domain/mod.ts';

/**
 * Where each camera is folded. A camera that shares a place with others is folded where they are, for the events of a place are judged in
 * one order: in the shard of the first (by name) of all cameras that hang together by places. Any other is folded in its own shard.
 */
export function toHomeShards(scenes: ReadonlyMap<string, Scene>): Map<string, number> {
  const leaders = new Map<string, string>();
  const find = (camera: string): string => {
    let leader = camera;
    for (let next = leaders.get(leader); next !== undefined && next !== leader; next = leaders.get(leader))
      leader = next;
    return leader;
  };
  const firstOfPlace = new Map<string, string>();
  for (const [camera, scene] of scenes) {
    for (const place of listPlaces(scene)) {
      const other = firstOfPlace.get(place);
      if (other === undefined) {
        firstOfPlace.set(place, camera);
        continue;
      }
      const [one, two] = [find(camera), find(other)];
      if (one !== two) leaders.set(one < two ? two : one, one < two ? one : two);
    }
  }
  return new Map([...scenes.keys()].map((camera) => [camera, toShard(find(camera))]));
}

/** The places that a scene's rules name, each once. */
export function listPlaces(scene: Pick<Scene, 'rules'>): string[] {
  return [...new Set(scene.rules.flatMap(({ place }) => place ?? []))];
}
