import fc from 'fast-check';
import { expect, test } from 'vitest';
import { roles } from '../../domain/mod.ts';
import { isInReach, toReach } from './reach.ts';

test('nobody with a limit sees anything outside it, and a limit never opens anything', () => {
  const id = fc.constantFrom('u1', 'u2', 'u3');
  const ids = fc.option(fc.array(id, { maxLength: 3 }), { nil: null });
  const place = fc.record({
    unit_id: fc.option(id, { nil: null }),
    grid_id: fc.option(id, { nil: null }),
    reporter: fc.constantFrom('me', 'other', null),
  });
  fc.assert(
    fc.property(
      place,
      fc.subarray([...roles]),
      fc.option(id, { nil: null }),
      ids,
      ids,
      ids,
      (at, held, unit, grids, limitUnitIds, limitGridIds) => {
        const limited = { username: 'me', reach: toReach(held, unit, grids, { limitUnitIds, limitGridIds }) };
        const free = {
          username: 'me',
          reach: toReach(held, unit, grids, { limitUnitIds: null, limitGridIds: null }),
        };
        if (isInReach(at, limited)) {
          expect(isInReach(at, free)).toBe(true);
          if (limitUnitIds !== null) expect(limitUnitIds).toContain(at.unit_id);
          if (limitGridIds !== null) expect(limitGridIds).toContain(at.grid_id);
        }
      },
    ),
  );
});
