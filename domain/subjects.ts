/** Fixed number of shards: one rules consumer each. */
export const shardCount = 64;

/** Camera names are used in subjects and paths: letters, digits, `-` and `_`, at most 64. */
export const cameraIdPattern = '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$';

/** FNV-1a of the camera's name modulo the shard count. */
export function toShard(camera: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < camera.length; i++) {
    hash ^= camera.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return hash % shardCount;
}

export type StreamName = 'detections' | 'candidates' | 'evidence';

/** `detections.<shard>.<camera>` and its siblings. */
export function toSubject(stream: StreamName, camera: string): string {
  return `${stream}.${toShard(camera)}.${camera}`;
}
