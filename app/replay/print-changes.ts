import type { Change, ChangeKind } from '../../rules/mod.ts';
import { toTableLines } from '../text-table.ts';
import type { TimeText } from './time-text.ts';

/** `2 appear, 1 vanishes, none moves, 14 stay the same`. */
export function countChanges(changes: readonly Change[]): string {
  const count = (kind: ChangeKind): number => changes.filter((change) => change.kind === kind).length;
  const words = (number: number, one: string, many: string): string =>
    `${number === 0 ? 'none' : number} ${number > 1 ? many : one}`;
  return [
    words(count('appears'), 'appears', 'appear'),
    words(count('vanishes'), 'vanishes', 'vanish'),
    words(count('moves'), 'moves', 'move'),
    words(count('same'), 'stays the same', 'stay the same'),
  ].join(', ');
}

/** What is different, in a table; what stays the same is only counted. */
export function toChangeLines(changes: readonly Change[], time: TimeText): string[] {
  const different = changes.filter(({ kind }) => kind !== 'same');
  const unit = time.isClip ? ' s' : '';
  const rows = different.map(({ kind, before, after, why }) => {
    const facts = after ?? before;
    if (facts === null) throw new Error('a change of nothing');
    const write = (ms: number | null | undefined): string =>
      ms == null ? '-' : time.write(ms, facts.camera);
    return [
      kind,
      facts.camera,
      facts.offence,
      facts.zone,
      facts.class,
      write(facts.fromMs),
      write(before?.raisedAtMs),
      write(after?.raisedAtMs),
      why,
    ];
  });
  return [
    countChanges(changes),
    ...(rows.length === 0
      ? []
      : [
          '',
          ...toTableLines(
            [
              '',
              'camera',
              'offence',
              'zone',
              'class',
              `from${unit}`,
              `raised before${unit}`,
              `raised now${unit}`,
              'why',
            ],
            rows,
          ),
        ]),
  ];
}
