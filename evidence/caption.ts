import { type CandidateFacts, formatDuration, offenceFacts } from '../domain/mod.ts';
import type { FontSupport } from './fonts.ts';
import { formatLocalTime } from './local-time.ts';
import type { Moment } from './moments.ts';

/** One fact of the strip below an annotated picture: what it is, and its value. */
export interface CaptionField {
  readonly label: string;
  readonly value: string;
}

export interface CaptionFacts {
  readonly candidate: CandidateFacts;
  readonly moment: Moment;
  /** 1-based place of the picture among `pictureCount`. */
  readonly pictureNo: number;
  readonly pictureCount: number;
  /** `null`: the picture is no evidence. */
  readonly antiForgeryCode: string | null;
  readonly timeZone: string;
  readonly caseNo?: string;
}

/** The facts that an annotated copy carries in print, in reading order, in what the machine can write. */
export function listCaptionFields(facts: CaptionFacts, support: FontSupport): CaptionField[] {
  const { candidate, moment } = facts;
  const { nameZh, nameEn } = offenceFacts[candidate.offence];
  const dwellMs = moment.sighting.capturedAtMs - candidate.fromMs;
  const limit = formatDuration(candidate.legalMs);
  const toText = (zh: string, en: string) => (support === 'chinese' ? `${zh} ${en}` : en);
  const fields: CaptionField[] = [
    { label: toText('问题', 'Offence'), value: toText(nameZh, nameEn) },
    { label: toText('图', 'Picture'), value: `${facts.pictureNo}/${facts.pictureCount}` },
    { label: toText('相机', 'Camera'), value: candidate.camera },
    { label: toText('区域', 'Zone'), value: candidate.zone },
    { label: toText('时间', 'Time'), value: formatLocalTime(moment.sighting.capturedAtMs, facts.timeZone) },
    {
      label: toText('时钟误差', 'Clock error'),
      value: candidate.clockErrorMs === null ? toText('未知', 'unknown') : `max ${candidate.clockErrorMs} ms`,
    },
    {
      label: toText('停留', 'Dwell'),
      value: `${formatDuration(dwellMs)} (${toText('限时', 'limit')} ${limit})`,
    },
    { label: toText('编号', 'Candidate'), value: candidate.id },
    ...(facts.caseNo === undefined ? [] : [{ label: toText('案号', 'Case'), value: facts.caseNo }]),
    ...(facts.antiForgeryCode === null
      ? []
      : [{ label: toText('防伪码', 'Anti-forgery code'), value: facts.antiForgeryCode }]),
  ];
  return fields.map(({ label, value }) => ({ label, value: toPrintable(value, support) }));
}

const unprintable: Readonly<Record<FontSupport, RegExp>> = {
  chinese: /[^\u0020-\u007e\u00a1-\u00ff\u3001-\u303f\u4e00-\u9fff\uff01-\uff5e]/gu,
  latin: /[^\u0020-\u007e\u00a1-\u00ff]/gu,
  none: /[^\u0020-\u007e]/gu,
};

/** Replaces what this machine cannot draw by `?`; the manifest keeps the exact text. */
function toPrintable(text: string, support: FontSupport): string {
  return text.replaceAll(unprintable[support], '?');
}
