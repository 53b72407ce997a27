// Live cameras under one fault after the other: memory, processes left over, and how soon they are back.
// npm run bench:soak-faults -- [--minutes 30] [--cameras 4]
import { parseArgs } from 'node:util';
import { findGstProblem } from '../test/support/gst-rtsp-server.ts';
import { soakInFaults } from '../test/support/soak-faults.ts';
import { recordFigures } from './support/record-figures.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, cameras: { type: 'string', default: '4' } },
});
const problem = findGstProblem();
if (problem !== null) throw new Error(problem);
const minutes = Number(values.minutes);
const figures = await soakInFaults({
  forMs: minutes * 60_000,
  cameras: Number(values.cameras),
  onRecovery: (camera, fault, tookMs) =>
    process.stdout.write(`camera ${camera}: ${fault}: live again after ${(tookMs / 1000).toFixed(1)} s\n`),
});
recordFigures({ bench: 'soak-faults', minutes, ...figures });
