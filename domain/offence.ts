import type { ObjectClass } from './object-class.ts';

/** Offences against street order that a rule can watch for. */
export const offences = [
  'sidewalk_parking',
  'non_motor_parking',
  'street_vending',
  'shop_overflow',
  'clutter',
  'exposed_garbage',
  'overflowing_bin',
  'illegal_construction',
] as const;

export type Offence = (typeof offences)[number];

export interface OffenceFacts {
  readonly nameZh: string;
  readonly nameEn: string;
  /** Subclass code of GB/T 30428.2-2013 (the project's primary scheme); `null` where only local codes exist. */
  readonly gbCode: string | null;
  /** Subclass code of CJ/T 214-2007. */
  readonly cjCode: string | null;
  /** Default classes; within them the label may change from sample to sample. */
  readonly classes: readonly ObjectClass[];
  /** Default observation time before a presence is followed as an offence. */
  readonly onsetMs: number;
  /** Default time after which a candidate is raised. */
  readonly legalMs: number;
  /** Default for the longest time in view but unseen that a stay survives. */
  readonly gapMs: number;
  /**
   * Whether the offence stands only while the driver is away or, having been told to, refuses to leave:
   * a driver who is there is first told to go (道路交通安全法 93).
   */
  readonly needsDriverAbsent?: true;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * What may lie about, whatever a detector calls it: all but people, vehicles and cycles, and what belongs where it stands (bins).
 * `object` is what came and stayed without a model knowing it.
 */
const things: readonly ObjectClass[] = ['object', 'goods', 'garbage', 'cart', 'umbrella', 'vendor_stall'];

/**
 * Codes: GB/T 30428.2-2013 and CJ/T 214-2007 as used by cities; times: what cities' procedures use. Gaps are proposals:
 * about a tenth to a third of the legal time, for construction a night in which nothing can be made out.
 */
export const offenceFacts: Readonly<Record<Offence, OffenceFacts>> = {
  sidewalk_parking: {
    nameZh: '人行道违停(机动车乱停放)',
    nameEn: 'Sidewalk parking',
    gbCode: '04-09',
    cjCode: '05-05',
    classes: ['car', 'truck', 'bus'],
    onsetMs: minute,
    legalMs: 5 * minute,
    gapMs: 30 * second,
    needsDriverAbsent: true,
  },
  non_motor_parking: {
    nameZh: '非机动车乱停放',
    nameEn: 'Non-motor vehicle parking',
    gbCode: '04-10',
    cjCode: '05-06',
    classes: ['bicycle', 'motorcycle', 'tricycle'],
    onsetMs: minute,
    legalMs: 10 * minute,
    gapMs: 30 * second,
  },
  street_vending: {
    nameZh: '无照经营游商(无证游商)',
    nameEn: 'Street vending',
    gbCode: '04-01',
    cjCode: '05-01',
    classes: ['vendor_stall', 'cart', 'tricycle', 'umbrella', 'goods', 'object'],
    onsetMs: 30 * second,
    legalMs: 3 * minute,
    gapMs: minute,
  },
  shop_overflow: {
    nameZh: '店外经营(出店经营)',
    nameEn: 'Shop overflow',
    gbCode: '04-05',
    cjCode: '05-04',
    classes: things,
    onsetMs: 2 * minute,
    legalMs: 10 * minute,
    gapMs: 2 * minute,
  },
  clutter: {
    nameZh: '乱堆物堆料',
    nameEn: 'Clutter',
    gbCode: '01-36',
    cjCode: '05-07',
    classes: things,
    onsetMs: 5 * minute,
    legalMs: 30 * minute,
    gapMs: 5 * minute,
  },
  exposed_garbage: {
    nameZh: '暴露垃圾',
    nameEn: 'Exposed garbage',
    gbCode: '01-10',
    cjCode: '01-02',
    classes: ['garbage'],
    onsetMs: 2 * minute,
    legalMs: 15 * minute,
    gapMs: 3 * minute,
  },
  overflowing_bin: {
    nameZh: '垃圾满溢',
    nameEn: 'Overflowing bin',
    gbCode: null,
    cjCode: null,
    classes: ['overflowing_bin'],
    onsetMs: 2 * minute,
    legalMs: 15 * minute,
    gapMs: 3 * minute,
  },
  illegal_construction: {
    nameZh: '违建(私搭乱建)',
    nameEn: 'Illegal construction',
    gbCode: '01-01',
    cjCode: '01-01',
    classes: things,
    onsetMs: hour,
    legalMs: 24 * hour,
    gapMs: 12 * hour,
  },
};
