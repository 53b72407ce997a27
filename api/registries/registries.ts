import { caseStates, offences, roles } from '../../domain/mod.ts';
import type { Permission } from '../auth/permissions.ts';
import { date, type Field, flag, id, number, scheme, text, time, word } from './field.ts';
import { limit, periods, ring } from './special-fields.ts';

/** A table that people keep: what it holds and who may change it. */
export interface Registry {
  readonly name: string;
  readonly table: string;
  /** Fields that tell entries apart, in the order of an address. */
  readonly keys: readonly string[];
  readonly fields: readonly Field[];
  readonly edit: Permission;
}

const optional = { isRequired: false } as const;
const units = { refersTo: ['unit', 'id'] } as const;
const grids = { refersTo: ['grid', 'id'] } as const;
const people = { refersTo: ['person', 'id'] } as const;

export const registries: readonly Registry[] = [
  {
    name: 'units',
    table: 'unit',
    keys: ['id'],
    edit: 'registries.edit',
    fields: [
      id('id'),
      text('name'),
      word('kind', ['town', 'traffic_police', 'utility', 'bureau', 'squad', 'company', 'community']),
      word('level', ['city', 'department', 'squad'], optional),
      id('parent', { ...optional, ...units, column: 'parent_id' }),
      flag('active', { column: 'is_active' }),
    ],
  },
  {
    name: 'grids',
    table: 'grid',
    keys: ['id'],
    edit: 'registries.edit',
    fields: [id('id'), text('name'), text('town', optional), ring('ring')],
  },
  {
    name: 'regions',
    table: 'region',
    keys: ['id'],
    edit: 'registries.edit',
    // 覆盖范围与例外: what lies in an excluded one is refused, what lies in none of those covered is marked.
    fields: [
      id('id'),
      text('name'),
      word('kind', ['covered', 'excluded']),
      ring('ring'),
      text('phase', optional),
      date('from', { ...optional, column: 'from_date', description: 'first day; empty: always' }),
      text('reason', { ...optional, max: 200 }),
      text('referTo', {
        ...optional,
        column: 'refer_to',
        max: 200,
        description: 'who takes reports from there',
      }),
    ],
  },
  {
    name: 'people',
    table: 'person',
    keys: ['id'],
    edit: 'registries.edit',
    // A post and a number, as on the roster. No field holds a name: 受理员 01 is all that anybody needs to know.
    fields: [
      id('id'),
      word('post', roles),
      number('number', { min: 1, max: 9999, isWhole: true }),
      id('unit', { ...optional, ...units, column: 'unit_id' }),
      id('username', { ...optional, refersTo: ['account', 'username'] }),
      flag('active', { column: 'is_active' }),
    ],
  },
  {
    name: 'grid-collectors',
    table: 'grid_collector',
    keys: ['grid', 'person', 'from'],
    edit: 'registries.edit',
    fields: [
      id('grid', { ...grids, column: 'grid_id' }),
      id('person', { ...people, column: 'person_id' }),
      date('from', { column: 'from_date' }),
      date('to', { ...optional, column: 'to_date', description: 'last day; empty: until further notice' }),
    ],
  },
  {
    name: 'duty',
    table: 'duty',
    keys: ['date', 'shift', 'person'],
    edit: 'registries.edit',
    fields: [
      date('date'),
      id('shift'),
      id('person', { ...people, column: 'person_id' }),
      time('from', { column: 'from_time' }),
      time('to', { column: 'to_time', description: 'earlier than `from`: of the next day' }),
    ],
  },
  {
    name: 'classes',
    table: 'case_class',
    keys: ['scheme', 'code'],
    edit: 'registries.edit',
    fields: [
      scheme('scheme'),
      id('code'),
      word('kind', ['event', 'component']),
      text('major'),
      text('name'),
      word('offence', offences, optional),
      scheme('sameScheme', { ...optional, column: 'same_scheme' }),
      id('sameCode', { ...optional, column: 'same_code' }),
      flag('active', { column: 'is_active' }),
    ],
  },
  {
    name: 'standards',
    table: 'standard',
    keys: ['id'],
    edit: 'registries.edit',
    fields: [
      id('id'),
      scheme('scheme', { column: 'class_scheme' }),
      id('code', { column: 'class_code' }),
      word('offence', offences, optional),
      word('level', ['normal', 'urgent']),
      text('condition', { max: 500 }),
      limit('limit'),
      text('closeCondition', { column: 'close_condition', max: 500 }),
      flag('default', { column: 'is_default', otherwise: false }),
    ],
  },
  {
    name: 'routing',
    table: 'routing_rule',
    keys: ['id'],
    edit: 'registries.edit',
    fields: [
      id('id'),
      scheme('scheme', { ...optional, column: 'class_scheme' }),
      id('code', {
        ...optional,
        column: 'class_code',
        description: '04-01, or 04 for the major class; empty: any',
      }),
      id('grid', { ...optional, ...grids, column: 'grid_id', description: 'empty: anywhere' }),
      id('unit', { ...units, column: 'unit_id' }),
    ],
  },
  {
    name: 'calendar-days',
    table: 'calendar_day',
    keys: ['date'],
    edit: 'registries.edit',
    fields: [date('date'), word('kind', ['holiday', 'make_up']), text('name')],
  },
  {
    name: 'work-hours',
    table: 'work_hours',
    keys: ['owner'],
    edit: 'registries.edit',
    fields: [id('owner', { description: 'a unit, `collectors` or `default`' }), periods('periods')],
  },
  {
    name: 'stage-limits',
    table: 'stage_limit',
    keys: ['state'],
    edit: 'registries.edit',
    fields: [word('state', caseStates), limit('limit')],
  },
  {
    name: 'offence-items',
    table: 'offence_item',
    keys: ['code'],
    edit: 'registries.law',
    fields: [
      id('code'),
      text('name'),
      scheme('scheme', { column: 'class_scheme' }),
      id('classCode', { column: 'class_code' }),
      text('legalBasis', { column: 'legal_basis', max: 1000 }),
      word('penaltyMode', ['none', 'correct_first', 'direct'], { column: 'penalty_mode' }),
      text('firstOffencePolicy', { ...optional, column: 'first_offence_policy', max: 500 }),
      flag('nonSiteEnabled', { column: 'non_site_enabled', otherwise: false }),
      text('publicListUrl', { ...optional, column: 'public_list_url' }),
    ],
  },
  {
    name: 'camera-places',
    table: 'camera_place',
    keys: ['camera'],
    edit: 'registries.cameras',
    fields: [
      id('camera', { column: 'camera_id', refersTo: ['camera', 'id'] }),
      number('lon', { min: -180, max: 180 }),
      number('lat', { min: -90, max: 90 }),
      text('address', optional),
      text('road', optional),
      word('kind', ['fixed', 'ptz', 'mobile']),
      number('mountedM', { ...optional, column: 'mounted_m', min: 0, max: 200 }),
    ],
  },
];
