import type { FastifyRequest } from 'fastify';
import { type EncodedPhoto, reEncodePhoto } from '../../photos/re-encode.ts';
import { refuse } from './answer.ts';

/** A form as it came: each field once, or several times. */
export type Form = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Files of one report, and the size of each. */
const maxFiles = 3;
const maxFileBytes = 10 * 1024 * 1024;
const maxFields = 100;
const maxFieldBytes = 10 * 1024;
/** What clients call the field of a picture. */
const mediaNames = ['media', 'photo'];

export const multipartLimits = {
  files: maxFiles,
  fileSize: maxFileBytes,
  fields: maxFields,
  fieldSize: maxFieldBytes,
  fieldNameSize: 100,
  parts: maxFiles + maxFields,
} as const;
/** Of a whole request with files. */
export const maxMultipartBytes = maxFiles * maxFileBytes + 1024 * 1024;

declare module 'fastify' {
  interface FastifyRequest {
    /** Pictures that came with a multipart form, encoded anew. */
    formPhotos: readonly EncodedPhoto[];
  }
}

/** Fields that come several times become lists; `name[]`, as some clients write those, is `name`. */
export function parseForm(body: string): Record<string, string | string[]> {
  return collect(new URLSearchParams(body));
}

/**
 * Reads a multipart form into `request.body`, its pictures into `request.formPhotos`. `admit` is asked before the first file is read,
 * with the fields that came before it: nobody makes this machine hold and decode pictures without a key.
 */
export async function readMultipart(
  request: FastifyRequest,
  admit: (fields: Form) => Promise<unknown>,
): Promise<void> {
  const fields: [string, string][] = [];
  const photos: EncodedPhoto[] = [];
  for await (const part of request.parts()) {
    if (part.type === 'field') {
      if (part.valueTruncated || part.fieldnameTruncated)
        throw refuse(400, `${part.fieldname.slice(0, 40)} is longer than ${maxFieldBytes} bytes`);
      fields.push([part.fieldname, String(part.value)]);
      continue;
    }
    const name = part.fieldname.replace(/\[\d*\]$/, '');
    if (!mediaNames.includes(name))
      throw refuse(400, `${name.slice(0, 40)} is a file; pictures come as media`);
    await admit(collect(fields));
    const bytes = await part.toBuffer();
    if (bytes.length > 0) photos.push(await reEncodePhoto(bytes)); // a form whose picture nobody chose has an empty file
  }
  request.formPhotos = photos;
  request.body = collect(fields);
}

/** A JSON body, which some clients send, with numbers where the form has text and attributes as an object. */
export function toForm(body: Readonly<Record<string, unknown>>): Form {
  const pairs: [string, unknown][] = Object.entries(body).flatMap(([name, value]) =>
    (name === 'attribute' || name === 'attributes') && isObject(value)
      ? Object.entries(value).map(([code, one]): [string, unknown] => [`attribute[${code}]`, one])
      : [[name, value]],
  );
  return Object.fromEntries(
    pairs.map(([name, value]): [string, string | string[] | undefined] => {
      if (Array.isArray(value)) return [name, value.map(String)];
      return [name, typeof value === 'string' || typeof value === 'number' ? String(value) : undefined];
    }),
  );
}

function collect(pairs: Iterable<readonly [string, string]>): Record<string, string | string[]> {
  const form: Record<string, string | string[]> = Object.create(null) as Record<string, string>;
  for (const [named, value] of pairs) {
    const name = named.replace(/\[\]$/, '');
    const before = form[name];
    form[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return { ...form };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
