import { setImmediate as breathe } from 'node:timers/promises';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

test('never more at once than there is room for, in the order they came, whatever fails', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.record({ breaths: fc.integer({ min: 1, max: 3 }), fails: fc.boolean() }), {
        maxLength: 20,
      }),
      async (width, tasks) => {
        const turns = createTurns(width);
        const begun: number[] = [];
        let [now, most] = [0, 0];
        const results = await Promise.allSettled(
          tasks.map(({ breaths, fails }, index) =>
            turns.take(async () => {
              begun.push(index);
              most = Math.max(most, ++now);
              for (let breath = 0; breath < breaths; breath++) await breathe();
              now--;
              if (fails) throw new Error(`task ${index}`);
              return index;
            }),
          ),
        );
        expect(most).toBe(Math.min(width, tasks.length));
        expect(begun).toEqual(tasks.map((_, index) => index));
        for (const [index, result] of results.entries())
          expect(result).toMatchObject(
            tasks[index]?.fails ? { status: 'rejected' } : { status: 'fulfilled', value: index },
          );
      },
    ),
    { numRuns: 60 },
  );
});
