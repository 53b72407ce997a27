import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { toMessage, toZonedIso, XunjieError } from '../../../domain/mod.ts';
import type { ConsoleContext } from '../../context.ts';
import type { Row } from '../../database/tables.ts';
import type { App } from '../../http/app.ts';
import { openSecrets } from '../registry/secret.ts';
import { findRegistered, forgetDevice, registerDevice } from './devices.ts';
import { createDigest, type Digest, parseDigestAnswer } from './digest.ts';
import { readAlarms } from './read-alarms.ts';
import { takeAlarm } from './take-alarm.ts';

const tags = ['GA/T 1400'];
const maxBytes = 16 * 1024 * 1024;
const deviceIdPattern = /^[A-Za-z0-9_-]{1,40}$/;
const config = { permission: 'public', rateLimit: { max: 1200, timeWindow: '1 minute' } } as const;
const produces = ['application/VIID+JSON'];
const Answer = Type.Unknown({ description: 'ResponseStatusObject, or a list of them' });

/** As GA/T 1400.4 numbers them. */
const statusCodes = { ok: 0, otherError: 1, invalidOperation: 4, invalidContent: 6 } as const;

/** Alarms of third-party cameras and platforms, in the manner of GA/T 1400 (VIID) with JSON. */
export async function registerViid(app: App, context: ConsoleContext): Promise<void> {
  const digest = createDigest();
  await app.register(async (plain) => {
    const scope: App = plain.withTypeProvider();
    scope.removeContentTypeParser('application/json');
    for (const type of ['application/json', /^application\/viid\+json/i])
      scope.addContentTypeParser(type, { parseAs: 'string', bodyLimit: maxBytes }, (_request, body, done) => {
        try {
          done(null, JSON.parse(String(body)));
        } catch {
          done(new XunjieError('bad_request', 'the body is not JSON'));
        }
      });
    scope.setErrorHandler(async (thrown, request, reply) => {
      const status =
        thrown instanceof Error && 'statusCode' in thrown && typeof thrown.statusCode === 'number'
          ? thrown.statusCode
          : thrown instanceof XunjieError
            ? thrown.status
            : 500;
      if (status >= 500) throw thrown;
      const code = status === 400 ? statusCodes.invalidContent : statusCodes.otherError;
      return send(reply.status(status), {
        ResponseStatusObject: toStatus(context, request, code, toMessage(thrown), ''),
      });
    });
    registerSystem(scope, context, digest);
    registerIntake(scope, context);
  });
}

function registerSystem(scope: App, context: ConsoleContext, digest: Digest): void {
  const post = (
    name: string,
    summary: string,
    handle: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
  ) =>
    scope.route({
      method: 'POST',
      url: `/VIID/System/${name}`,
      config,
      schema: { tags, summary, produces, response: { 200: Answer, 401: Answer } },
      handler: handle,
    });
  post(
    'Register',
    'A device registers, by HTTP Digest with the short name and secret of its system',
    async (request, reply) => {
      const deviceId = readDeviceId(request.body, 'RegisterObject');
      const from = await findByDigest(context, digest, request);
      if (from === null || deviceId === null) {
        reply
          .status(from === null ? 401 : 400)
          .header('www-authenticate', digest.makeChallenge(context.nowMs()));
        const text = from === null ? 'unauthorized' : 'RegisterObject.DeviceID is missing';
        return send(reply, {
          ResponseStatusObject: toStatus(
            context,
            request,
            statusCodes.invalidOperation,
            text,
            deviceId ?? '',
          ),
        });
      }
      await registerDevice(context, from.id, deviceId, request.ip);
      return send(reply, {
        ResponseStatusObject: toStatus(context, request, statusCodes.ok, 'OK', deviceId),
      });
    },
  );
  post('Keepalive', 'A registered device lives', async (request, reply) => {
    const deviceId = readDeviceId(request.body, 'KeepaliveObject') ?? '';
    await requireRegistered(context, request);
    return send(reply, { ResponseStatusObject: toStatus(context, request, statusCodes.ok, 'OK', deviceId) });
  });
  post('UnRegister', 'A device leaves', async (request, reply) => {
    const deviceId = readDeviceId(request.body, 'UnRegisterObject') ?? '';
    await requireRegistered(context, request);
    await forgetDevice(context, String(request.headers['user-identify']));
    return send(reply, { ResponseStatusObject: toStatus(context, request, statusCodes.ok, 'OK', deviceId) });
  });
  scope.route({
    method: 'GET',
    url: '/VIID/System/Time',
    config,
    schema: { tags, summary: 'The time here, to set clocks by', produces, response: { 200: Answer } },
    handler: async (_request, reply) =>
      send(reply, {
        SystemTimeObject: {
          VIIDServerID: context.areaCode,
          TimeMode: '1',
          LocalTime: toLocalStamp(context),
          TimeZone: context.timeZone,
        },
      }),
  });
}

function registerIntake(scope: App, context: ConsoleContext): void {
  for (const name of [
    'MotorVehicles',
    'NonMotorVehicles',
    'Things',
    'Images',
    'SubscribeNotifications',
    'DispositionNotifications',
  ])
    scope.route({
      method: 'POST',
      url: `/VIID/${name}`,
      config,
      bodyLimit: maxBytes,
      schema: {
        tags,
        summary: `Alarms as ${name}; those that mean an offence here become reports for intake`,
        produces,
        response: { 200: Answer, 401: Answer },
      },
      handler: async (request, reply) => {
        const from = await requireRegistered(context, request);
        const statuses = [];
        for (const record of readAlarms(request.body, context.timeZone)) {
          if (record.kind !== 'alarm') {
            const isFace = record.kind === 'faces';
            const code = isFace ? statusCodes.invalidOperation : statusCodes.invalidContent;
            const text = isFace ? 'faces and persons are not taken here' : 'a record has no id';
            statuses.push(toStatus(context, request, code, text, record.id));
            continue;
          }
          const { id } = record.alarm;
          try {
            const { result } = await takeAlarm(context, from, record.alarm);
            statuses.push(toStatus(context, request, statusCodes.ok, result, id));
          } catch (error) {
            if (!(error instanceof XunjieError) || error.status >= 500) throw error;
            statuses.push(toStatus(context, request, statusCodes.invalidContent, error.message, id));
          }
        }
        return send(reply, { ResponseStatusListObject: { ResponseStatusObject: statuses } });
      },
    });
  for (const name of ['Faces', 'Persons'])
    scope.route({
      method: 'POST',
      url: `/VIID/${name}`,
      config,
      bodyLimit: maxBytes,
      schema: {
        tags,
        summary: `${name} are refused: this program knows nobody by face`,
        produces,
        response: { 401: Answer, 403: Answer },
      },
      handler: async (request, reply) => {
        await requireRegistered(context, request);
        const text = 'faces and persons are not taken here';
        return send(reply.status(403), {
          ResponseStatusListObject: {
            ResponseStatusObject: [toStatus(context, request, statusCodes.invalidOperation, text, '')],
          },
        });
      },
    });
}

async function findByDigest(
  context: ConsoleContext,
  digest: Digest,
  request: FastifyRequest,
): Promise<Row<'integration'> | null> {
  const answer = parseDigestAnswer(request.headers.authorization);
  if (answer === null) return null;
  const row = await context.db
    .selectFrom('integration')
    .selectAll()
    .where('id', '=', answer.username)
    .where('kind', '=', 'camera_alarms')
    .where('state', '=', 'enabled')
    .executeTakeFirst();
  if (row === undefined) return null;
  const nowMs = context.nowMs();
  const isRight = openSecrets(context, row, nowMs).some((secret) =>
    digest.check(answer, secret, request.method, request.url, nowMs),
  );
  return isRight ? row : null;
}

async function requireRegistered(
  context: ConsoleContext,
  request: FastifyRequest,
): Promise<Row<'integration'>> {
  const deviceId = request.headers['user-identify'];
  const from = typeof deviceId === 'string' ? await findRegistered(context, deviceId, request.ip) : null;
  if (from === null)
    throw new XunjieError('unauthenticated', 'register first; User-Identify names the device that did');
  return from;
}

function readDeviceId(body: unknown, object: string): string | null {
  const fields = (body as Record<string, { DeviceID?: unknown } | undefined> | null)?.[object];
  const id = fields?.DeviceID;
  return typeof id === 'string' && deviceIdPattern.test(id) ? id : null;
}

function toStatus(context: ConsoleContext, request: FastifyRequest, code: number, text: string, id: string) {
  return {
    RequestURL: request.url,
    StatusCode: code,
    StatusString: text,
    Id: id,
    LocalTime: toLocalStamp(context),
  };
}

/** `20201203085300`. */
function toLocalStamp({ nowMs, timeZone }: ConsoleContext): string {
  return toZonedIso(nowMs(), timeZone).replace(/\D/g, '').slice(0, 14);
}

function send(reply: FastifyReply, body: object): FastifyReply {
  return reply.type('application/VIID+JSON; charset=utf-8').send(JSON.stringify(body));
}
