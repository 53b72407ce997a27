import type { EvidenceSignature, ViewAcceptance } from '../domain/mod.ts';
import type { BlobStore, FieldKeys, Logger, Metrics } from '../platform/mod.ts';
import type { AuthSettings } from './auth/auth-settings.ts';
import type { ReviewSettings } from './candidates/review-settings.ts';
import type { CaseSettings } from './cases/case-settings.ts';
import type { CustodyWriter } from './custody/custody-writer.ts';
import type { DatabaseAddress } from './database/connect.ts';
import type { Database } from './database/tables.ts';
import type { EnforcementGateways } from './integrations/enforcement/gateway.ts';
import type { AddressGuard } from './integrations/outgoing/address-guard.ts';
import type { LiveAnnouncer } from './live/announcer.ts';
import type { ReminderGateway } from './reminders/reminder-gateway.ts';
import type { RosterSettings } from './roster/on-duty.ts';
import type { MaskPicture } from './tuning-set/mask-crop.ts';

/** Signs bytes with the installation's key. */
export type SignCustody = (bytes: Uint8Array) => Promise<EvidenceSignature>;

/** What a check of a stored package found: `problem` is the first thing that is wrong with it. */
export type VerifyPackage = (
  manifestHash: string,
) => Promise<{ readonly ok: boolean; readonly problem: string | null; readonly keyId: string | null }>;

/** What the slices of the console share. */
export interface ConsoleContext {
  readonly db: Database;
  /** A few connections of their own for short reads that everybody waits for: sessions, pages of the queue. */
  readonly reads: Database;
  readonly databaseAddress: DatabaseAddress;
  readonly blobs: BlobStore;
  readonly logger: Logger;
  /** Six digits of GB/T 2260 that case numbers begin with. */
  readonly areaCode: string;
  readonly timeZone: string;
  readonly version: string;
  /** Keeps an acceptance where the camera's process finds it. */
  readonly onViewAccepted: (camera: string, acceptance: ViewAcceptance) => Promise<void>;
  /** Signs roots and exports of the chain of custody; `null`: they stay unsigned. */
  readonly signCustody: SignCustody | null;
  /** Keys of single fields that nobody may read in the database's files; `null`: such fields are refused. */
  readonly fieldKeys: FieldKeys | null;
  /** Takes the entries that stand alone: looks, exports. */
  readonly custody: CustodyWriter;
  /** Tells pages what single statements have committed; a transaction tells it by itself. */
  readonly live: LiveAnnouncer;
  /** Checks a package where it is stored; `null` where the console cannot. */
  readonly verifyPackage: VerifyPackage | null;
  /** `null`: none are served. */
  readonly metrics: Metrics | null;
  /** What callers from other machines must present to read the metrics. */
  readonly metricsToken: string | null;
  readonly auth: AuthSettings;
  readonly review: ReviewSettings;
  readonly roster: RosterSettings;
  readonly cases: CaseSettings;
  /** Says where what people have typed in may be sent. */
  readonly addressGuard: AddressGuard;
  /** Origins whose pages may read Open311. */
  readonly open311Origins: readonly string[];
  /** Doors to 掌上执法. */
  readonly enforcementGateways: EnforcementGateways;
  /** Carries reminders out; `null`: none are sent. */
  readonly reminders: ReminderGateway | null;
  /** For the crops of the tuning set; `null`: none are made. */
  readonly maskPicture: MaskPicture | null;
  /** Milliseconds since the epoch; tests move it. */
  readonly nowMs: () => number;
}
