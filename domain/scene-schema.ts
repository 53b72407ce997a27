import { SceneFile } from './scene-file.ts';

/** How a scene file may look, as its schema's example and for the tests that hold it to that. */
const example = {
  timeZone: 'Asia/Shanghai',
  zones: {
    pavement: {
      polygon: [
        [0.1, 0.9],
        [0.8, 0.5],
        [0.7, 0.4],
        [0.05, 0.7],
      ],
      exempt: [
        [
          [0.1, 0.85],
          [0.25, 0.77],
          [0.2, 0.7],
          [0.08, 0.75],
        ],
      ],
      place: 'north square, west pavement',
    },
  },
  rules: [
    {
      offence: 'sidewalk_parking',
      zone: 'pavement',
      legal: '5m',
      schedule: {
        weekly: [{ days: 'mon-fri', hours: ['07:00-19:00'] }],
        dates: [{ date: '2026-10-01', to: '2026-10-07', hours: [] }],
      },
    },
    {
      offence: 'street_vending',
      zone: 'pavement',
      schedule: { permitted: [{ days: 'fri-sun', hours: '18:00-24:00', reason: 'licensed night market' }] },
    },
  ],
};

/**
 * JSON Schema (2020-12) of scene files: editors complete and explain with it. It says what can be said of single fields;
 * `resolveScene` checks the rest (zones that cross themselves, hours that overlap, points that contradict each other).
 */
export function toSceneSchema(): Readonly<Record<string, unknown>> {
  const { description, ...schema } = JSON.parse(JSON.stringify(SceneFile)) as Record<string, unknown>;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:xunjie:schema:scene',
    title: 'Xunjie scene',
    description,
    ...schema,
    examples: [example],
  };
}
