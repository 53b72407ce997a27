import { type CaseClass, offenceFacts, offences, toOffenceClass } from '../../../domain/mod.ts';
import type { Database } from '../../database/tables.ts';
import { refuse } from './answer.ts';

/** A class of problems as Open311 names it. */
export interface Service {
  readonly code: string;
  readonly name: string;
  readonly group: string;
  readonly keywords: string;
  readonly class: CaseClass;
}

/** Codes of the national list stand as they are; local ones say so. The older list's are other names for the same things. */
export function toServiceCode({ scheme, code }: CaseClass): string {
  return scheme === 'gbt30428.2-2013' ? code : `${scheme === 'local' ? 'local' : 'cjt'}:${code}`;
}

/** All classes that are reported: the city's list, and what rules watch for where that list lacks it. */
export async function listServices(db: Database): Promise<Service[]> {
  const rows = await db
    .selectFrom('case_class')
    .selectAll()
    .where('scheme', '!=', 'cjt214-2007')
    .orderBy('scheme')
    .orderBy('code')
    .execute();
  const known = new Set(rows.map((row) => toServiceCode(row)));
  const ofCity = rows
    .filter((row) => row.is_active)
    .map((row) => ({
      code: toServiceCode(row),
      name: row.name,
      group: row.major,
      keywords: row.offence === null ? '' : offenceFacts[row.offence].nameEn,
      class: { scheme: row.scheme, code: row.code },
    }));
  const ofRules = offences
    .filter((offence) => !known.has(toServiceCode(toOffenceClass(offence))))
    .map((offence) => ({
      code: toServiceCode(toOffenceClass(offence)),
      name: offenceFacts[offence].nameZh,
      group: '街面秩序',
      keywords: offenceFacts[offence].nameEn,
      class: toOffenceClass(offence),
    }));
  return [...ofCity, ...ofRules];
}

export async function findService(db: Database, code: string): Promise<Service> {
  const service = (await listServices(db)).find((each) => each.code === code);
  if (service === undefined) throw refuse(404, `service_code ${code} was not found`);
  return service;
}

export function toServiceView({ code, name, group, keywords }: Service) {
  return {
    service_code: code,
    service_name: name,
    description: keywords === '' ? name : `${name} / ${keywords}`,
    metadata: true,
    type: 'realtime',
    keywords,
    group,
  };
}

/** What may be said of any problem beside where and what it is. Nothing of it is required. */
export function toDefinition(service: Service) {
  return {
    service_code: service.code,
    attributes: [
      {
        variable: true,
        code: 'LEVEL',
        datatype: 'singlevaluelist',
        required: false,
        datatype_description: '',
        order: 1,
        description: '紧急程度 / Is anybody in danger?',
        values: [
          { key: 'normal', name: '一般 / no' },
          { key: 'urgent', name: '紧急 / yes' },
        ],
      },
      {
        variable: true,
        code: 'LANDMARK',
        datatype: 'string',
        required: false,
        datatype_description: '',
        order: 2,
        description: '附近标志物 / What stands near it',
        values: [],
      },
    ],
  };
}
