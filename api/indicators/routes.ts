import { appendAudit } from '../audit/append-audit.ts';
import { requireUser } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { formatCsvRow } from '../registries/parse-csv.ts';
import { reportIndicators } from './report-indicators.ts';
import { IndicatorQuery, IndicatorReport } from './schema.ts';
import { toSheets, toTable } from './to-table.ts';
import { writeXlsx } from './write-xlsx.ts';

const xlsxType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export function registerIndicatorRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'GET',
    url: '/api/indicators',
    config: { permission: 'indicators.read' },
    schema: {
      tags: ['indicators'],
      summary: 'Counts and rates of a period, from the flow of cases, each with its formula and both counts',
      querystring: IndicatorQuery,
      response: { 200: IndicatorReport },
    },
    handler: async (request, reply) => {
      const { from, to, by = 'all', format = 'json' } = request.query;
      const user = requireUser(request);
      const report = await reportIndicators(context, { from, to, by }, user);
      if (format === 'json') return report;
      // A file leaves the house: that is on record.
      await appendAudit(context.db, {
        atMs: context.nowMs(),
        actor: user.username,
        action: 'indicators.export',
        objectKind: 'indicators',
        objectId: by,
        result: 'done',
        ip: request.ip,
        details: { from: report.from, to: report.to, format },
      });
      const isCsv = format === 'csv';
      // A byte order mark tells spreadsheets that the text is UTF-8.
      const file = isCsv
        ? `\u{FEFF}${toTable(report).map(formatCsvRow).join('')}`
        : writeXlsx(toSheets(report));
      return reply
        .header('content-type', isCsv ? 'text/csv; charset=utf-8' : xlsxType)
        .header('content-disposition', `attachment; filename="indicators-${by}.${format}"`)
        .serializer((body: unknown) => body as string)
        .send(file as never);
    },
  });
}
