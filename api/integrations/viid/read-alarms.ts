import { fromLocalTime } from '../../../domain/mod.ts';

/** One thing that a third party's camera has seen. Plates, colours and whatever else it says of vehicles and people are not read. */
export interface Alarm {
  readonly id: string;
  readonly deviceId: string;
  /** The third party's own numbers for what happened. */
  readonly eventSorts: readonly string[];
  readonly shotAtMs: number | null;
  /** JPEG or PNG in base64. */
  readonly pictures: readonly string[];
}

/** `faces`: somebody's face or person, which is refused whole; `unreadable`: it has no id. */
export type ReadAlarm =
  | { readonly kind: 'alarm'; readonly alarm: Alarm }
  | { readonly kind: 'faces' | 'unreadable'; readonly id: string };

const maxRecords = 64;
const maxPictures = 4;

/** List, its elements, and the element's id, by the object that a request carries. */
const lists = [
  ['MotorVehicleListObject', 'MotorVehicleObject', 'MotorVehicleID'],
  ['NonMotorVehicleListObject', 'NonMotorVehicleObject', 'NonMotorVehicleID'],
  ['ThingListObject', 'ThingObject', 'ThingID'],
] as const;
/** The same inside a notification. */
const notified = [
  ['MotorVehicleObjectList', 'MotorVehicleObject', 'MotorVehicleID'],
  ['NonMotorVehicleObjectList', 'NonMotorVehicleObject', 'NonMotorVehicleID'],
  ['ThingObjectList', 'ThingObject', 'ThingID'],
] as const;

type Fields = Readonly<Record<string, unknown>>;

/** All records of a request, at most 64, whatever list they stand in. */
export function readAlarms(body: unknown, timeZone: string): ReadAlarm[] {
  const root = toFields(body);
  const direct = lists.flatMap(([list, element, id]) =>
    toRecords(toFields(root[list])[element], id, timeZone),
  );
  const images = toList(toFields(root['ImageListObject'])['Image']).map((image) =>
    readImage(toFields(image), timeZone),
  );
  const notifications = [
    ...toList(toFields(root['SubscribeNotificationListObject'])['SubscribeNotificationObject']),
    ...toList(toFields(root['DispositionNotificationListObject'])['DispositionNotificationObject']),
  ].flatMap((each) => readNotification(toFields(each), timeZone));
  return [...direct, ...images, ...notifications].slice(0, maxRecords);
}

function readNotification(fields: Fields, timeZone: string): ReadAlarm[] {
  const id = toText(fields['NotificationID']);
  const hasPerson = ['FaceObjectList', 'PersonObjectList', 'FaceObject', 'PersonObject'].some(
    (name) => fields[name] !== undefined && fields[name] !== null,
  );
  const records = [
    ...notified.flatMap(([list, element, key]) => toRecords(toFields(fields[list])[element], key, timeZone)),
    // A notice of a disposition carries the one object itself.
    ...toRecords(fields['MotorVehicleObject'], 'MotorVehicleID', timeZone),
  ];
  return hasPerson ? [...records, { kind: 'faces', id }] : records;
}

function toRecords(value: unknown, idName: string, timeZone: string): ReadAlarm[] {
  return toList(value).map((each) => {
    const fields = toFields(each);
    const id = toText(fields[idName]);
    if (id === '') return { kind: 'unreadable', id: '' };
    const pictures = toList(toFields(fields['SubImageList'])['SubImageInfoObject']).map(toFields);
    return {
      kind: 'alarm',
      alarm: {
        id,
        deviceId: toText(fields['DeviceID']),
        eventSorts: [
          ...new Set(pictures.map((picture) => toText(picture['EventSort'])).filter((sort) => sort !== '')),
        ],
        shotAtMs: toTime(fields['PassTime'] ?? fields['MarkTime'] ?? pictures[0]?.['ShotTime'], timeZone),
        pictures: takePictures(pictures.map((picture) => picture['Data'])),
      },
    };
  });
}

function readImage(fields: Fields, timeZone: string): ReadAlarm {
  const info = toFields(fields['ImageInfo']);
  const id = toText(info['ImageID']);
  const hasPerson = ['FaceList', 'PersonList'].some((name) => fields[name] !== undefined);
  if (hasPerson || id === '') return { kind: hasPerson ? 'faces' : 'unreadable', id };
  return {
    kind: 'alarm',
    alarm: {
      id,
      deviceId: toText(info['DeviceID']),
      eventSorts: [toText(info['EventSort'])].filter((sort) => sort !== ''),
      shotAtMs: toTime(info['ShotTime'], timeZone),
      pictures: takePictures([fields['Data']]),
    },
  };
}

function takePictures(values: readonly unknown[]): string[] {
  return values
    .filter((value): value is string => typeof value === 'string' && value !== '')
    .slice(0, maxPictures);
}

/** `20201203085300` in the city's own time. */
function toTime(value: unknown, timeZone: string): number | null {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(toText(value)) ?? [];
  if (year === undefined) return null;
  const date = `${year}-${month}-${day}`;
  if (Number.isNaN(Date.parse(`${date}T${hour}:${minute}:${second}Z`))) return null;
  const ofDayMs = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
  return fromLocalTime(date, ofDayMs, timeZone);
}

/** One element may stand without its list. */
function toList(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function toFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function toText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 100) : '';
}
