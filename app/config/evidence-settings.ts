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
  },
  { additionalProperties: false },
);

export interface EvidenceSettings {
  readonly retentionDays: number;
  readonly caseRetentionDays: number;
}

export function toEvidenceSettings(entry: Static<typeof EvidenceEntry> = {}): EvidenceSettings {
  const retentionDays = entry.retentionDays ?? leastDays;
  return {
    retentionDays,
    caseRetentionDays: Math.max(retentionDays, entry.caseRetentionDays ?? defaultCaseDays),
  };
}
