/** The four clocks of case deadlines. */
export const limitUnits = ['urgent_hour', 'natural_day', 'work_hour', 'work_day'] as const;
export type LimitUnit = (typeof limitUnits)[number];

export interface Limit {
  readonly value: number;
  readonly unit: LimitUnit;
}
