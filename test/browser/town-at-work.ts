import sharp from 'sharp';
import { layInTown } from '../../app/demo/town-registries.ts';
import type { CaseAction } from '../../domain/mod.ts';
import { nextAddress, readReply, toMultipart } from '../support/console.ts';
import type { Stage } from './stage.ts';

const password = 'correct horse battery';

interface CaseAnswer {
  readonly caseNo: string;
  readonly version: number;
}

type Step = readonly [username: string, action: CaseAction, body?: object];

const toUnit = (unit: string): readonly Step[] => [
  ['intake-01', 'accept'],
  ['shift-leader-01', 'register'],
  ['dispatcher-01', 'dispatch', { unit }],
];
const toEnd: readonly Step[] = [
  ['squad-01', 'receive'],
  ['squad-01', 'dispose'],
  ['intake-01', 'send_check'],
  ['collector-01', 'check_pass'],
  ['shift-leader-01', 'close'],
];
const photoActions: readonly CaseAction[] = ['dispose', 'check_pass'];

/** The demo town's registries, and of its cases: one closed, one that a unit works on, one urgent and late, one just reported. */
export async function letTownWork(stage: Stage): Promise<void> {
  const { app } = stage.console;
  const cookies = new Map<string, string>();
  const logIn = async (username: string) => {
    const known = cookies.get(username);
    if (known !== undefined) return { cookie: known };
    const reply = await app.inject({
      method: 'POST',
      url: '/api/session',
      remoteAddress: nextAddress(),
      payload: { username, password },
    });
    readReply(reply);
    const cookie = reply.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    cookies.set(username, cookie);
    return { cookie };
  };
  const takePhoto = async (username: string): Promise<string> => {
    const picture = await sharp({ create: { width: 32, height: 24, channels: 3, background: '#369' } })
      .jpeg()
      .toBuffer();
    const { payload, headers } = toMultipart('photo', picture);
    const reply = await app.inject({
      method: 'POST',
      url: '/api/photos',
      headers: { ...headers, ...(await logIn(username)) },
      payload,
    });
    return readReply<{ id: string }>(reply, 201).id;
  };
  const report = async (username: string, body: object): Promise<CaseAnswer> =>
    readReply(
      await app.inject({
        method: 'POST',
        url: '/api/reports',
        headers: await logIn(username),
        payload: body,
      }),
      201,
    );
  const walk = async (file: CaseAnswer, steps: readonly Step[]): Promise<CaseAnswer> => {
    let { version } = file;
    for (const [username, action, body = {}] of steps) {
      const photo = photoActions.includes(action) ? { photo: await takePhoto(username) } : {};
      const reply = await app.inject({
        method: 'POST',
        url: `/api/cases/${file.caseNo}/actions/${action}`,
        headers: await logIn(username),
        payload: { version, ...photo, ...body },
      });
      version = readReply<CaseAnswer>(reply).version;
    }
    return { ...file, version };
  };

  await layInTown(stage.console, [{ id: 'cam-01' }]);
  const street = { source: 'collector', offence: 'street_vending', address: '大桥车桥头旁' };
  const parking = { source: 'public', offence: 'sidewalk_parking', address: '安阳路' };
  await walk(await report('collector-01', street), [...toUnit('huling-squad'), ...toEnd]);
  await walk(await report('intake-01', parking), [...toUnit('traffic-police')]);
  await walk(
    await report('intake-01', { ...parking, offence: 'clutter', level: 'urgent', address: '塘河南路' }),
    toUnit('huling-squad'),
  );
  await report('collector-01', { ...street, address: '仲容路' });
}
