/** Pictures of a clip in the order of decoding, from one keyframe to the next, or a part of that where it is too long to be held. */
export interface PictureGroup {
  readonly pictures: readonly PlannedPicture[];
  /** `false`: a later part of a group, to whose pictures those of the parts before it are needed. */
  readonly isWhole: boolean;
  /** `true`: a part follows that needs this one's pictures. */
  readonly isNeededOn: boolean;
  /** When the next group or part begins; `null`: the clip is over. */
  readonly nextMs: number | null;
}

export interface PlannedPicture {
  /** Time of presentation, milliseconds. */
  readonly atMs: number;
  /** Others are decoded from it. */
  readonly isReference: boolean;
}

export interface GroupPlan {
  /** Which pictures are to be decoded, in their order. */
  readonly decoded: readonly number[];
  /** Which of them are samples. */
  readonly sampled: ReadonlySet<number>;
}

export interface PlanWishes {
  /** A sample is wanted at least this often, milliseconds. */
  readonly everyMs: number;
  /** Two are never closer than this. */
  readonly shortestMs: number;
  /** The sample before this group; `null`: there was none. */
  readonly lastMs: number | null;
}

/** Times are rounded to their container's ticks. */
const slackMs = 1;

/**
 * Which pictures of a group to look at, as few as are wanted and evenly from its keyframe on, and which must be decoded for that: those
 * up to the last sample, without those that no other is built on. So the pictures between a group's last sample and the next keyframe,
 * which a decoder that does not look ahead must decode as well, cost nothing.
 */
export function planGroup(group: PictureGroup, wishes: PlanWishes): GroupPlan {
  const { pictures, isWhole, isNeededOn } = group;
  const key = pictures[0];
  if (key === undefined) return { decoded: [], sampled: new Set() };
  // Shown before the keyframe and decoded after it, from pictures that may be left out.
  const isLeading = ({ atMs }: PlannedPicture): boolean => isWhole && atMs < key.atMs;
  const shown = pictures
    .map(({ atMs }, index) => ({ atMs, index }))
    .filter(({ index }) => !isLeading(pictures[index] as PlannedPicture))
    .toSorted((a, b) => a.atMs - b.atMs)
    // Of two pictures of one time nobody could say which is meant.
    .filter(({ atMs }, i, sorted) => sorted[i - 1]?.atMs !== atMs && sorted[i + 1]?.atMs !== atMs);
  const sampled = new Set(chooseSamples(shown, group, wishes).map(({ index }) => index));
  const end = isNeededOn ? pictures.length - 1 : Math.max(-1, ...sampled);
  const decoded: number[] = [];
  for (const [index, picture] of pictures.entries())
    if (index <= end && !isLeading(picture) && (picture.isReference || sampled.has(index)))
      decoded.push(index);
  return { decoded, sampled };
}

interface Shown {
  readonly atMs: number;
  readonly index: number;
}

function chooseSamples(shown: readonly Shown[], group: PictureGroup, wishes: PlanWishes): Shown[] {
  const [first, last] = [shown[0], shown.at(-1)];
  if (first === undefined || last === undefined) return [];
  const longestMs = wishes.everyMs + slackMs;
  // A clip's last picture is shown as long as the one before it.
  const endMs = group.nextMs ?? 2 * last.atMs - (shown.at(-2) ?? last).atMs;
  const chosen: Shown[] = [];
  let fromMs = wishes.lastMs ?? Number.NEGATIVE_INFINITY;
  let at = 0;
  const isDue = endMs - fromMs > longestMs;
  if (isDue && (group.isWhole || wishes.lastMs === null) && first.atMs - fromMs >= wishes.shortestMs) {
    chosen.push(first);
    fromMs = first.atMs;
    at = 1;
  }
  for (;;) {
    const parts = Math.ceil((endMs - fromMs) / longestMs);
    if (!(parts > 1)) return chosen;
    const wantedMs = fromMs + (endMs - fromMs) / parts;
    // The nearest to that which is not too late; where there is a hole, the first one after it.
    while (at < shown.length && toDistance(shown[at], fromMs, wishes.shortestMs) < 0) at++;
    while (isNearer(shown[at + 1], shown[at], wantedMs, fromMs + longestMs)) at++;
    const next = shown[at];
    if (next === undefined) return chosen;
    chosen.push(next);
    fromMs = next.atMs;
    at++;
  }
}

function toDistance(picture: Shown | undefined, fromMs: number, shortestMs: number): number {
  return (picture?.atMs ?? Number.POSITIVE_INFINITY) - fromMs - shortestMs;
}

function isNearer(
  next: Shown | undefined,
  current: Shown | undefined,
  wantedMs: number,
  latestMs: number,
): boolean {
  if (next === undefined || current === undefined || next.atMs > latestMs) return false;
  return Math.abs(next.atMs - wantedMs) <= Math.abs(current.atMs - wantedMs);
}
