import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { findSchemaIssues, resolveScene, SceneFile, toSceneSchema } from '../../domain/mod.ts';
import { projectRoot } from '../project-root.ts';

/** A validator by another hand, which fastify brings along. */
interface Validator {
  new (options: {
    strict: boolean | 'log';
  }): {
    compile(schema: unknown): ((value: unknown) => boolean) & { errors?: unknown };
  };
}
const ofFastify = createRequire(createRequire(import.meta.url).resolve('fastify'));
const { Ajv2020 } = ofFastify('ajv/dist/2020.js') as { Ajv2020: Validator };
const validate = new Ajv2020({ strict: true }).compile(toSceneSchema());

async function readExamples(): Promise<[string, unknown][]> {
  const town = path.join(projectRoot, 'samples/town');
  const names = (await readdir(town)).filter((name) => name.endsWith('.scene.yaml'));
  const files = await Promise.all(names.map((name) => readFile(path.join(town, name), 'utf8')));
  const guide = await readFile(path.join(projectRoot, 'docs/tuning.md'), 'utf8');
  const [, shown] = /```yaml\n(# yaml-language-server[\s\S]*?)```/.exec(guide) ?? [];
  const [example] = toSceneSchema()['examples'] as unknown[];
  return [
    ...names.map((name, index): [string, unknown] => [name, parse(files[index] as string)]),
    ['the guide', parse(shown ?? '')],
    ['the schema itself', example],
  ];
}

test('the schema file is the one that this program prints', async () => {
  const file = await readFile(path.join(projectRoot, 'docs/scene.schema.json'), 'utf8');
  const now = `${JSON.stringify(toSceneSchema(), null, 2)}\n`;
  expect(file === now, 'write it anew: npx xunjie scene schema > docs/scene.schema.json').toBe(true);
});

test('samples and examples fit the schema and the program', async () => {
  const examples = await readExamples();
  expect(examples).toHaveLength(6);
  for (const [name, value] of examples) {
    expect(validate(value), `${name}: ${JSON.stringify(validate.errors)}`).toBe(true);
    expect(resolveScene(value, 'v').issues, name).toEqual([]);
  }
});

test('samples name the schema for editors, where it is', async () => {
  const town = path.join(projectRoot, 'samples/town');
  for (const name of (await readdir(town)).filter((one) => one.endsWith('.scene.yaml'))) {
    const [, where] =
      /^# yaml-language-server: \$schema=(.*)\n/.exec(await readFile(path.join(town, name), 'utf8')) ?? [];
    await expect(readFile(path.join(town, where ?? 'nowhere'), 'utf8')).resolves.toContain('Xunjie scene');
  }
});

test('every field is described', () => {
  const bare: string[] = [];
  let fields = 0;
  const visit = (value: unknown, at: string): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'examples' || key === 'default' || key === 'enum') continue;
      if (key === 'properties')
        for (const [name, field] of Object.entries(inner as Record<string, { description?: string }>)) {
          fields++;
          if (!field.description) bare.push(`${at}.${name}`);
        }
      visit(inner, `${at}.${key}`);
    }
  };
  visit(toSceneSchema(), '');
  expect(fields).toBeGreaterThan(30);
  expect(bare).toEqual([]);
});

const zones = {
  kerb: [
    [0, 0],
    [1, 0],
    [1, 1],
  ],
};
const rule = { offence: 'clutter', zone: 'kerb' };
describe('the schema and the program refuse the same', () => {
  test.each<[string, unknown]>([
    ['a number', 1],
    ['nothing', {}],
    ['an unknown field', { zones, rules: [rule], zone: {} }],
    ['no rules', { zones, rules: [] }],
    ['an unknown offence', { zones, rules: [{ ...rule, offence: 'noise' }] }],
    ['an unknown class', { zones, rules: [{ ...rule, classes: ['sofa'] }] }],
    ['a bad duration', { zones, rules: [{ ...rule, legal: '5 min' }] }],
    ['bad hours', { zones, rules: [{ ...rule, schedule: { weekly: [{ hours: '25:00-26:00' }] } }] }],
    [
      'bad days',
      { zones, rules: [{ ...rule, schedule: { weekly: [{ days: 'monday', hours: '08:00-09:00' }] } }] },
    ],
    [
      'a point of three numbers',
      {
        zones: {
          kerb: [
            [0, 0, 0],
            [1, 0],
            [1, 1],
          ],
        },
        rules: [rule],
      },
    ],
    [
      'a point outside',
      {
        zones: {
          kerb: [
            [0, 2],
            [1, 0],
            [1, 1],
          ],
        },
        rules: [rule],
      },
    ],
    ['a zone without a name', { zones: { '': zones.kerb }, rules: [rule] }],
    ['three ground points', { zones, rules: [rule], ground: [{ at: [0, 0], metres: [0, 0] }] }],
  ])('%s', (_name, value) => {
    expect(validate(value)).toBe(false);
    expect(findSchemaIssues(SceneFile, value)).not.toEqual([]);
  });

  test('and take the same', () => {
    const value = {
      $schema: 'x',
      zones,
      rules: [
        {
          ...rule,
          repeat: '30m',
          schedule: { weekly: [{ days: ['mon', 'wed-fri'], hours: ['08:00-24:00'] }] },
        },
      ],
    };
    expect(validate(value)).toBe(true);
    expect(resolveScene(value, 'v').issues).toEqual([]);
  });
});
