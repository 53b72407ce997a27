import type { CaseState } from '../../domain/mod.ts';

export const stateNamesZh: Readonly<Record<CaseState, string>> = {
  reported: '已上报',
  verifying: '核实中',
  accepted: '已受理',
  registered: '已立案',
  dispatched: '已派遣',
  in_disposal: '处置中',
  disposed: '处置完成',
  checking: '核查中',
  pending_close: '待结案',
  closed: '已结案',
  not_accepted: '不予受理',
  not_registered: '不立案',
  voided: '已作废',
  coordination: '协调中',
  suspended: '挂账',
  self_disposed: '自行处置',
  merged: '已并案',
};

/** As messages name a state: `已派遣 (dispatched)`. */
export function nameState(state: CaseState): string {
  return `${stateNamesZh[state]} (${state})`;
}
