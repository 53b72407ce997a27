import path from 'node:path';
import { projectRoot } from '../project-root.ts';

/** Clips, scenes and truth of the demo town. */
export const townDir = path.join(projectRoot, 'samples/town');

export interface TownCamera {
  readonly id: string;
  readonly name: string;
  /** Over RTSP it plays in real time, as a roadside camera does; as a file it is read as fast as possible. */
  readonly over: 'rtsp' | 'file';
}

export const townCameras: readonly TownCamera[] = [
  { id: 'harbour-road', name: '港前路 01 (Harbour Road 01)', over: 'rtsp' },
  { id: 'market-street', name: '集市街 02 (Market Street 02)', over: 'file' },
  { id: 'ferry-lane', name: '渡口巷 03 (Ferry Lane 03)', over: 'rtsp' },
  { id: 'station-road', name: '车站路 04 (Station Road 04)', over: 'rtsp' },
];
