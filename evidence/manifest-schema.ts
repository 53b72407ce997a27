import { type Static, type TSchema, Type } from 'typebox';
import {
  type EvidenceManifest,
  type EvidenceSignature,
  objectClasses,
  offences,
  suppressionReasons,
} from '../domain/mod.ts';

const closed = { additionalProperties: false };
const Count = Type.Integer({ minimum: 0 });
const Millis = Type.Number();
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const KeyId = Type.String({ pattern: '^[0-9a-f]{16}$' });
const Coordinate = Type.Number();
const OrNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const Box = Type.Tuple([Coordinate, Coordinate, Coordinate, Coordinate]);

const Sighting = Type.Object(
  {
    capturedAtMs: Millis,
    ptsMs: Millis,
    box: Box,
    score: Type.Number(),
  },
  closed,
);

const Candidate = Type.Object(
  {
    id: Type.String({ minLength: 1 }),
    camera: Type.String({ minLength: 1 }),
    ruleId: Type.String(),
    offence: Type.Enum([...offences]),
    zone: Type.String(),
    zonePolygon: Type.Array(Type.Tuple([Coordinate, Coordinate]), { minItems: 3 }),
    class: Type.Enum([...objectClasses]),
    presentSinceMs: Millis,
    fromMs: Millis,
    toMs: OrNull(Millis),
    lastSeenMs: Millis,
    raisedAtMs: OrNull(Millis),
    dwellMs: Millis,
    dwell: Type.Object({ seenMs: Millis, bridgedMs: Millis, unknownMs: Millis }, closed),
    samplesSeen: Count,
    samplesTaken: Count,
    longestGapMs: Millis,
    meanScore: Type.Number(),
    onsetMs: Millis,
    legalMs: Millis,
    first: Sighting,
    middle: Sighting,
    last: Sighting,
    clockErrorMs: OrNull(Millis),
    width: Count,
    height: Count,
    model: OrNull(Type.Object({ name: Type.String(), sha256: Type.String() }, closed)),
    sceneVersion: Type.String(),
    suppressed: OrNull(
      Type.Object(
        {
          reason: Type.Enum([...suppressionReasons]),
          sinceMs: Millis,
          duplicateOf: OrNull(Type.String()),
          explanation: Type.String(),
        },
        closed,
      ),
    ),
    round: Count,
    repeatOf: OrNull(Type.String()),
    place: OrNull(Type.String()),
    attendedMs: OrNull(Millis),
    explanation: Type.String(),
  },
  closed,
);

const Item = Type.Object(
  {
    kind: Type.Enum(['original', 'annotated', 'masked', 'clip']),
    path: Type.String(),
    mediaType: Type.String({ minLength: 1 }),
    sha256: Sha256,
    bytes: Count,
    moment: Type.Enum(['first', 'middle', 'last', 'start', 'end']),
    capturedAtMs: Millis,
    ptsMs: Millis,
    durationMs: Type.Optional(Millis),
    width: Type.Optional(Count),
    height: Type.Optional(Count),
  },
  closed,
);

const StillMoment = Type.Enum(['first', 'middle', 'last']);

const Masking = Type.Union([
  Type.Object(
    {
      moment: StillMoment,
      source: Type.Literal('detections'),
      sampleCapturedAtMs: Millis,
      heads: Type.Array(Box),
      plates: Type.Array(Box),
    },
    closed,
  ),
  Type.Object({ moment: StillMoment, source: Type.Literal('none'), reason: Type.String() }, closed),
]);

/** `manifest.json`, strictly: a field that this version does not know is a reason to distrust the package. */
export const ManifestSchema = Type.Object(
  {
    v: Type.Literal(1),
    candidate: Candidate,
    items: Type.Array(Item),
    clockErrorMs: OrNull(Millis),
    masking: Type.Optional(Type.Array(Masking)),
    antiForgeryCode: Type.String(),
    software: Type.Object({ name: Type.Literal('xunjie'), version: Type.String() }, closed),
    sealedAtMs: Millis,
    keyId: KeyId,
  },
  closed,
);

/** `signature.json`. */
export const SignatureSchema = Type.Object(
  {
    algorithm: Type.Literal('Ed25519'),
    keyId: KeyId,
    publicKey: Type.String(),
    signature: Type.String(),
  },
  closed,
);

type Frozen<T> = { readonly [K in keyof T]: Frozen<T[K]> };
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

// Stops compiling when the schemas and the types they stand for drift apart.
const isInStep: readonly [
  Same<Frozen<Static<typeof ManifestSchema>>, EvidenceManifest>,
  Same<Frozen<Static<typeof SignatureSchema>>, EvidenceSignature>,
] = [true, true];
void isInStep;
