import { XunjieError } from '../../domain/mod.ts';
import type { PixelBox } from './dataset.ts';

export interface InstancesFile {
  readonly images: readonly {
    readonly id: Id;
    readonly fileName: string;
    readonly declared: { readonly width: number; readonly height: number } | null;
  }[];
  readonly categories: readonly { readonly id: Id; readonly name: string }[];
  readonly annotations: readonly {
    readonly imageId: Id;
    readonly categoryId: Id;
    readonly box: PixelBox;
    /** `null` when the file gives none. */
    readonly area: number | null;
    readonly isCrowd: boolean;
  }[];
}

type Id = number | string;
type Fields = Readonly<Record<string, unknown>>;

/**
 * Checks the parts of a COCO annotation file that an evaluation needs. Format: cocodataset.org, "Data format", object
 * detection. By hand and not by schema: val2017 has 36,781 annotations, train2017 860,001.
 * @throws XunjieError `bad_dataset` naming file, entry and field.
 */
export function parseInstances(value: unknown, file: string): InstancesFile {
  const reader = new FieldReader(file);
  const top = reader.toFields(value, 'the file');
  const images = reader.toList(top, 'images').map((entry, i) => {
    const where = `images[${i}]`;
    const fields = reader.toFields(entry, where);
    return {
      id: reader.toId(fields, 'id', where),
      fileName: reader.toText(fields, 'file_name', where),
      declared: reader.toSize(fields, where),
    };
  });
  const categories = reader.toList(top, 'categories').map((entry, i) => {
    const where = `categories[${i}]`;
    const fields = reader.toFields(entry, where);
    return { id: reader.toId(fields, 'id', where), name: reader.toText(fields, 'name', where) };
  });
  const imageIds = reader.toIds(images, 'images');
  const categoryIds = reader.toIds(categories, 'categories');
  const annotations = reader.toList(top, 'annotations').map((entry, i) => {
    const where = `annotations[${i}]`;
    const fields = reader.toFields(entry, where);
    const imageId = reader.toId(fields, 'image_id', where);
    const categoryId = reader.toId(fields, 'category_id', where);
    if (!imageIds.has(imageId)) reader.refuse(`${where}.image_id`, `no image has the id ${imageId}`);
    if (!categoryIds.has(categoryId))
      reader.refuse(`${where}.category_id`, `no category has the id ${categoryId}`);
    return {
      imageId,
      categoryId,
      box: reader.toBox(fields, where),
      area: fields['area'] === undefined ? null : reader.toNumber(fields['area'], `${where}.area`),
      isCrowd: fields['iscrowd'] === 1 || fields['iscrowd'] === true,
    };
  });
  return { images, categories, annotations };
}

class FieldReader {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  refuse(where: string, message: string): never {
    throw new XunjieError('bad_dataset', `${this.#file}: ${where}: ${message}`);
  }

  toFields(value: unknown, where: string): Fields {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      this.refuse(where, `must be an object, not ${describe(value)}`);
    return value as Fields;
  }

  toList(fields: Fields, name: string): readonly unknown[] {
    const value = fields[name];
    if (!Array.isArray(value))
      this.refuse(name, `must be a list, not ${describe(value)}; is this a COCO instances file?`);
    if (value.length === 0) this.refuse(name, 'is empty: there is nothing to evaluate against');
    return value;
  }

  toId(fields: Fields, name: string, where: string): Id {
    const value = fields[name];
    if (typeof value === 'number' || typeof value === 'string') return value;
    return this.refuse(`${where}.${name}`, `must be a number, not ${describe(value)}`);
  }

  toText(fields: Fields, name: string, where: string): string {
    const value = fields[name];
    if (typeof value === 'string' && value !== '') return value;
    return this.refuse(`${where}.${name}`, `must be a text, not ${describe(value)}`);
  }

  toNumber(value: unknown, where: string): number {
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
    return this.refuse(where, `must be a number of 0 or more, not ${describe(value)}`);
  }

  toSize(fields: Fields, where: string): { width: number; height: number } | null {
    if (fields['width'] === undefined && fields['height'] === undefined) return null;
    return {
      width: this.toNumber(fields['width'], `${where}.width`),
      height: this.toNumber(fields['height'], `${where}.height`),
    };
  }

  toBox(fields: Fields, where: string): PixelBox {
    const value: unknown = fields['bbox'];
    const isBox =
      Array.isArray(value) &&
      value.length === 4 &&
      value.every((each) => typeof each === 'number' && Number.isFinite(each)) &&
      (value[2] as number) >= 0 &&
      (value[3] as number) >= 0;
    if (!isBox) this.refuse(`${where}.bbox`, `must be [left, top, width, height], not ${describe(value)}`);
    return value as unknown as PixelBox;
  }

  toIds(entries: readonly { readonly id: Id }[], name: string): ReadonlySet<Id> {
    const ids = new Set<Id>();
    for (const [i, { id }] of entries.entries()) {
      if (ids.has(id)) this.refuse(`${name}[${i}].id`, `${id} is the id of another entry too`);
      ids.add(id);
    }
    return ids;
  }
}

function describe(value: unknown): string {
  return value === undefined ? 'missing' : (JSON.stringify(value)?.slice(0, 60) ?? typeof value);
}
