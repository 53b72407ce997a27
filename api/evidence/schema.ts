import { type Static, Type } from 'typebox';
import { IsoTime, Nullable } from '../http/schema.ts';

export const StillView = Type.Object({
  moment: Type.Enum(['first', 'middle', 'last']),
  capturedAt: IsoTime,
  ptsMs: Type.Number(),
  box: Type.Tuple([Type.Number(), Type.Number(), Type.Number(), Type.Number()]),
  score: Type.Number(),
  originalUrl: Type.String({ description: 'The original, or its masked copy where `masked` is true' }),
  masked: Type.Boolean(),
  thumbnailUrl: { ...Nullable(Type.String()), description: 'A small masked copy of it, for lists' },
  annotatedUrl: Nullable(Type.String()),
  width: Type.Integer(),
  height: Type.Integer(),
});
export type StillView = Static<typeof StillView>;

export const ClipView = Type.Object({
  moment: Type.Enum(['start', 'end']),
  url: Type.String(),
  durationMs: Nullable(Type.Number()),
});
export type ClipView = Static<typeof ClipView>;
