import { Type } from 'typebox';
import { type AttestationItem, attestationItems, cameraIdPattern } from '../../domain/mod.ts';
import type { Permission } from '../auth/permissions.ts';
import { isGridOpen } from '../auth/reach.ts';
import { requireUser } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { IsoTime } from '../http/schema.ts';
import { acceptView } from './accept-view.ts';
import { attestCamera, listMissing } from './attestations.ts';
import { CameraRecord, readCameraRecord } from './camera-record.ts';
import { CameraView, toCameraView } from './camera-view.ts';

const tags = ['cameras'];
const CameraPath = Type.Object({ id: Type.String({ pattern: cameraIdPattern }) });
/** Which post vouches for what: law for the law, the engineer for what stands on the pole. */
const permissionsByItem = {
  legal_review: 'cameras.attest_law',
  technical_review: 'cameras.attest_technique',
  sign: 'cameras.attest_technique',
  publication: 'cameras.attest_law',
} as const satisfies Record<AttestationItem, Permission>;
const Eligibility = Type.Object({
  camera: Type.String(),
  evidenceEligible: Type.Boolean(),
  missing: Type.Array(Type.Enum([...attestationItems])),
});

export function registerCameraRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'GET',
    url: '/api/cameras',
    config: { permission: 'session' },
    schema: {
      tags,
      summary: 'Cameras and their health; all null before the first report',
      response: { 200: Type.Array(CameraView) },
    },
    handler: async (request) => {
      const user = requireUser(request);
      const rows = await context.db.selectFrom('camera').selectAll().orderBy('id').execute();
      const held = await context.db.selectFrom('camera_attestation').select(['camera_id', 'item']).execute();
      const open = rows.filter((row) => isGridOpen(row.grid_id, user));
      return open.map((row) =>
        toCameraView(row, listMissing(held.filter((one) => one.camera_id === row.id)), context.timeZone),
      );
    },
  });

  app.route({
    method: 'GET',
    url: '/api/cameras/:id/attestations',
    config: { permission: 'session' },
    schema: {
      tags,
      summary: 'What has been vouched for, by which document, and what is missing for penalties',
      params: CameraPath,
      response: { 200: CameraRecord },
    },
    handler: async (request) => readCameraRecord(context, request.params.id),
  });

  app.route({
    method: 'POST',
    url: '/api/cameras/:id/accept-view',
    config: { permission: 'cameras.accept_view' },
    schema: {
      tags,
      summary: 'What the camera sees from now on is its right view: its reference is learned anew',
      params: Type.Object({ id: Type.String({ pattern: cameraIdPattern }) }),
      response: { 200: Type.Object({ camera: Type.String(), acceptedAt: IsoTime }) },
    },
    handler: async (request) =>
      acceptView(context, request.params.id, { user: requireUser(request), ip: request.ip }),
  });
  for (const item of attestationItems) registerAttestation(app, context, item);
}

function registerAttestation(app: App, context: ConsoleContext, item: AttestationItem): void {
  const url = `/api/cameras/:id/attestations/${item}`;
  const config = { permission: permissionsByItem[item] };
  app.route({
    method: 'PUT',
    url,
    config,
    schema: {
      tags,
      summary: `Vouch for the ${item.replace('_', ' ')}, one of four that make a camera eligible for penalties`,
      params: CameraPath,
      body: Type.Object(
        {
          document: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }),
          heldOn: Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' }),
        },
        { additionalProperties: false },
      ),
      response: { 200: Eligibility },
    },
    handler: async (request) =>
      attestCamera(context, request.params.id, item, request.body, {
        user: requireUser(request),
        ip: request.ip,
      }),
  });

  app.route({
    method: 'DELETE',
    url,
    config,
    schema: { tags, summary: 'Withdraw it', params: CameraPath, response: { 200: Eligibility } },
    handler: async (request) =>
      attestCamera(context, request.params.id, item, null, { user: requireUser(request), ip: request.ip }),
  });
}
