import { expect, test } from 'vitest';
import { findGstProblem } from '../../test/support/gst-rtsp-server.ts';
import { soakInFaults } from '../../test/support/soak-faults.ts';

const problem = findGstProblem();
if (problem !== null) process.stdout.write(`skipped: ${problem}\n`);

// bench/soak-faults.ts is the long one, and measures memory.
test.skipIf(problem !== null)(
  'one fault after the other: each is recovered from, and nothing is left over',
  async () => {
    const figures = await soakInFaults({ forMs: 30_000, cameras: 3 });
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    expect(figures.recoveries).toBeGreaterThanOrEqual(6);
    expect(figures.leakedProcesses).toBe(0);
    expect(figures.timeFaults).toBe(0);
  },
  200_000,
);
