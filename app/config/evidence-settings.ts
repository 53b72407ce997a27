import path from 'node:path';
import { type Static, Type } from 'typebox';

/** The law's floor (公共安全视频图像信息系统管理条例): what was recorded is kept for thirty days at least. */
const leastDays = 30;
/** An offence may be prosecuted for two years (行政处罚法 36). */
const defaultCaseDays = 730;

export const EvidenceEntry = Type.Object(
  {
    retentionDays: Type.Optional(
      Type.Integer({
        minimum: leastDays,
        maximum: 3650,
        description: `Days for which evidence is kept at least and, where no case came of it, at most; default ${leastDays}`,
      }),
    ),
    caseRetentionDays: Type.Optional(
      Type.Integer({
        minimum: leastDays,
        maximum: 3650,
        description: `Days for which the evidence of a case is kept after the case has ended; default ${defaultCaseDays}`,
      }),
    ),
    plateKeys: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'File with the keys that plates are encrypted under; default: keys/plates.json in the data folder',
      }),
    ),
    timeStamp: Type.Optional(
      Type.Object(
        {
          url: Type.String({
            pattern: '^https?://',
            description: 'Time-stamping authority (RFC 3161 over HTTP)',
          }),
          ca: Type.Optional(
            Type.String({
              minLength: 1,
              description: 'Certificates (PEM) one of which must have issued that of the authority',
            }),
          ),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

export interface EvidenceSettings {
  readonly retentionDays: number;
  readonly caseRetentionDays: number;
  /** `null`: in the data folder. */
  readonly plateKeyFile: string | null;
  /** `null`: nobody is asked when evidence was there. */
  readonly timeStamp: { readonly url: string; readonly caFile: string | null } | null;
}

/** `base`: the folder that paths of the entry start from. */
export function toEvidenceSettings(entry: Static<typeof EvidenceEntry> = {}, base = ''): EvidenceSettings {
  const { timeStamp } = entry;
  const retentionDays = entry.retentionDays ?? leastDays;
  return {
    retentionDays,
    plateKeyFile: entry.plateKeys === undefined ? null : path.resolve(base, entry.plateKeys),
    timeStamp:
      timeStamp === undefined
        ? null
        : {
            url: timeStamp.url,
            caFile: timeStamp.ca === undefined ? null : path.resolve(base, timeStamp.ca),
          },
    caseRetentionDays: Math.max(retentionDays, entry.caseRetentionDays ?? defaultCaseDays),
  };
}
