import { type Static, Type } from 'typebox';
import {
  type CustodyEnd,
  type CustodyEntry,
  type CustodyLine,
  type CustodyLogHead,
  type CustodyRoot,
  custodyActions,
} from '../domain/mod.ts';
import { SignatureSchema } from './manifest-schema.ts';

const closed = { additionalProperties: false };
const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Time = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' });
const Text = Type.String({ minLength: 1 });
const Count = Type.Integer({ minimum: 0 });
const TextOrNull = Type.Union([Text, Type.Null()]);
const HashOrNull = Type.Union([Hash, Type.Null()]);
const Seal = Type.Union([SignatureSchema, Type.Null()]);
const version = { v: Type.Literal(1) };

const Head = Type.Object(
  { ...version, type: Type.Literal('custody-log'), exportedAt: Time, timeZone: Text },
  closed,
);
const Entry = Type.Object(
  {
    ...version,
    type: Type.Literal('entry'),
    seq: Type.Integer({ minimum: 1 }),
    at: Time,
    candidateId: Text,
    manifestHash: Hash,
    action: Type.Enum([...custodyActions]),
    actor: Text,
    unit: TextOrNull,
    content: TextOrNull,
    reason: Text,
    from: Text,
    prevHash: HashOrNull,
    hash: Hash,
  },
  closed,
);
const Root = Type.Object(
  {
    ...version,
    type: Type.Literal('root'),
    day: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
    until: Time,
    fromSeq: Type.Integer({ minimum: 1 }),
    toSeq: Count,
    merkleRoot: Hash,
    headHash: HashOrNull,
    prevHash: HashOrNull,
    hash: Hash,
    seal: Seal,
  },
  closed,
);
const End = Type.Object(
  {
    ...version,
    type: Type.Literal('end'),
    exportedAt: Time,
    timeZone: Text,
    entries: Count,
    roots: Count,
    headHash: HashOrNull,
    rootHash: HashOrNull,
    hash: Hash,
    seal: Seal,
  },
  closed,
);

/** What each line of a log must be, strictly, by its `type`. */
export const custodyLineSchemas = {
  'custody-log': Head,
  entry: Entry,
  root: Root,
  end: End,
} as const satisfies Record<CustodyLine['type'], unknown>;

type Frozen<T> = { readonly [K in keyof T]: Frozen<T[K]> };
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

// Stops compiling when the schemas and the types they stand for drift apart.
const isInStep: readonly [
  Same<Frozen<Static<typeof Head>>, CustodyLogHead>,
  Same<Frozen<Static<typeof Entry>>, CustodyEntry>,
  Same<Frozen<Static<typeof Root>>, CustodyRoot>,
  Same<Frozen<Static<typeof End>>, CustodyEnd>,
] = [true, true, true, true];
void isInStep;
