import { type Static, Type } from 'typebox';
import { caseActions, caseStates, classSchemes, offences } from '../../domain/mod.ts';
import { requireUser } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { parseWords } from '../http/filter.ts';
import { defaultPageLimit, PageOf, pageQuery } from '../http/schema.ts';
import { actOnCase } from './act-on-case.ts';
import { caseSorts } from './case-filter.ts';
import { findCase } from './find-case.ts';
import { listCases } from './list-cases.ts';
import { reportCase } from './report-case.ts';
import { ActionBody, CaseDetail, CaseSummary, ReportBody, StandardView } from './schema.ts';
import { listStandards } from './standards.ts';

const tags = ['cases'];
const Path = Type.Object({ caseNo: Type.String({ minLength: 1, maxLength: 40 }) });

const ListQuery = Type.Object(
  {
    state: Type.Optional(Type.String({ description: 'States, separated by commas; default: all' })),
    unit: Type.Optional(Type.String({ maxLength: 64, description: '`mine` or the id of a unit' })),
    grid: Type.Optional(Type.String({ maxLength: 64, description: 'The id of a grid' })),
    scheme: Type.Optional(Type.Enum([...classSchemes])),
    class: Type.Optional(
      Type.String({ minLength: 1, maxLength: 20, description: 'Code of a class, with its scheme' }),
    ),
    late: Type.Optional(
      Type.Boolean({ description: 'true: only those whose unit has not replied and is late' }),
    ),
    text: Type.Optional(
      Type.String({
        minLength: 2,
        maxLength: 60,
        description: 'In address or description; blanks do not count',
      }),
    ),
    number: Type.Optional(
      Type.String({ pattern: '^[0-9]{3,19}$', description: 'A case number, or its last digits' }),
    ),
    sort: Type.Optional(Type.Enum([...caseSorts], { description: 'By deadline: open cases only' })),
    ...pageQuery,
  },
  { additionalProperties: false },
);

const CasePage = Type.Object({
  ...PageOf(CaseSummary).properties,
  totalIsMinimum: Type.Boolean({
    description: 'There are more than `total`: beyond a thousand nobody counts',
  }),
});

function toFilter(query: Static<typeof ListQuery>) {
  const {
    state,
    unit = null,
    grid = null,
    scheme = null,
    text = null,
    number = null,
    sort = 'newest',
  } = query;
  return {
    states: parseWords('state', state, caseStates),
    unit,
    grid,
    class: query.class === undefined ? null : { scheme, code: query.class },
    isLate: query.late === true,
    text,
    number,
    sort,
    limit: query.limit ?? defaultPageLimit,
    cursor: query.cursor ?? null,
  };
}

export function registerCaseRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'GET',
    url: '/api/cases',
    config: { permission: 'cases.read' },
    schema: {
      tags,
      summary: 'Cases, newest first or most pressing first',
      querystring: ListQuery,
      response: { 200: CasePage },
    },
    handler: async (request) => listCases(context, toFilter(request.query), requireUser(request)),
  });

  app.route({
    method: 'GET',
    url: '/api/cases/:caseNo',
    config: { permission: 'cases.read' },
    schema: { tags, summary: 'One case with its flow', params: Path, response: { 200: CaseDetail } },
    handler: async (request) => findCase(context, context.db, request.params.caseNo, requireUser(request)),
  });

  app.route({
    method: 'POST',
    url: '/api/reports',
    config: { permission: 'reports.add' },
    schema: {
      tags,
      summary: 'Report a problem by hand: what a collector saw, what the public told',
      body: ReportBody,
      response: { 201: CaseDetail },
    },
    handler: async (request, reply) => {
      const by = { user: requireUser(request), ip: request.ip };
      return reply.status(201).send(await reportCase(context, request.body, by));
    },
  });

  // One route for each step, so that each declares exactly the posts that may take it.
  for (const action of caseActions)
    app.route({
      method: 'POST',
      url: `/api/cases/:caseNo/actions/${action}`,
      config: { permission: `cases.${action}` },
      schema: {
        tags,
        summary: `Take the step ${action}`,
        params: Path,
        body: ActionBody,
        response: { 200: CaseDetail },
      },
      handler: async (request) =>
        actOnCase(context, request.params.caseNo, action, request.body, {
          user: requireUser(request),
          ip: request.ip,
        }),
    });

  app.route({
    method: 'GET',
    url: '/api/standards',
    config: { permission: 'session' },
    schema: {
      tags,
      summary: 'Standards for filing, disposal and closure',
      querystring: Type.Object(
        {
          offence: Type.Optional(Type.Enum([...offences])),
          scheme: Type.Optional(Type.Enum([...classSchemes])),
          code: Type.Optional(Type.String({ maxLength: 20 })),
        },
        { additionalProperties: false },
      ),
      response: { 200: Type.Array(StandardView) },
    },
    handler: async (request) => {
      const { offence = null, scheme = null, code = null } = request.query;
      return listStandards(context.db, { offence, scheme, code });
    },
  });
}
