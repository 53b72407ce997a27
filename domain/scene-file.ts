import Type, { type Static } from 'typebox';
import { durationPattern, formatDuration } from './duration.ts';
import { objectClasses } from './object-class.ts';
import { offenceFacts, offences } from './offence.ts';
import { ScheduleFile } from './schedule-file.ts';

export const defaultTimeZone = 'Asia/Shanghai';
export const defaultMinScore = 0.4;
export const defaultCooldown = '30m';
export const defaultCapPerHour = 20;

const Duration = (description: string, ...examples: string[]) =>
  Type.String({ pattern: durationPattern, description, examples });

/** `10 min for clutter, …`: what a duration is where the file gives none. */
function listDefaults(field: 'onsetMs' | 'legalMs' | 'gapMs'): string {
  return offences
    .map((offence) => `${formatDuration(offenceFacts[offence][field])} for ${offence}`)
    .join(', ');
}

const PicturePoint = Type.Array(
  Type.Number({ minimum: 0, maximum: 1, description: '0-1 of the picture, from the left and from the top' }),
  { minItems: 2, maxItems: 2, description: 'A point [x, y] of the picture', examples: [[0.25, 0.8]] },
);

const PolygonFile = (description: string) =>
  Type.Array(PicturePoint, { minItems: 3, maxItems: 200, description });

const zoneDescription = 'Corners in order, as [x, y]; the last joins the first and no two sides cross';

const ZoneFile = Type.Union(
  [
    PolygonFile(zoneDescription),
    Type.Object(
      {
        polygon: PolygonFile(zoneDescription),
        exempt: Type.Optional(
          Type.Array(PolygonFile(zoneDescription), {
            minItems: 1,
            description: 'Parts of the zone in which the offence is none, e.g. marked bays',
          }),
        ),
        place: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 100,
            description:
              'Name of the place in the city that the zone shows; cameras whose zones name the same place raise one candidate for one thing',
            examples: ['north square, west pavement'],
          }),
        ),
      },
      { additionalProperties: false },
    ),
  ],
  { description: 'A polygon, or a polygon with exempt areas and the name of the place' },
);

const Classes = (description: string) =>
  Type.Array(Type.Enum([...objectClasses]), { minItems: 1, description });

const RuleFile = Type.Object(
  {
    id: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: 'Name of the rule; default: offence@zone' }),
    ),
    offence: Type.Enum([...offences], { description: 'What the rule watches for' }),
    zone: Type.String({ description: 'A zone of this scene' }),
    classes: Type.Optional(Classes("Classes to follow; default: the offence's")),
    exempt: Type.Optional(
      Classes(
        'Classes that the offence does not concern although they look like those it does, e.g. bus at a bus stop: they are followed and never become candidates',
      ),
    ),
    onset: Type.Optional(
      Duration(
        `At rest this long before it is followed as an offence; default: ${listDefaults('onsetMs')}, but never more than legal`,
        '60s',
      ),
    ),
    legal: Type.Optional(
      Duration(`At rest this long before a candidate is raised; default: ${listDefaults('legalMs')}`, '5m'),
    ),
    gap: Type.Optional(
      Duration(
        `Longest time in view but unseen that a stay survives; default: ${listDefaults('gapMs')}`,
        '30s',
      ),
    ),
    minScore: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description: 'Mean score a candidate needs',
        default: defaultMinScore,
      }),
    ),
    schedule: Type.Optional(ScheduleFile),
    repeat: Type.Optional(
      Type.String({
        pattern: `^once$|${durationPattern}`,
        description:
          'once: a stay is one candidate however long it lasts; a duration: another candidate is raised each time the stay has gone on for this long',
        default: 'once',
        examples: ['once', '30m'],
      }),
    ),
    cooldown: Type.Optional(
      Type.String({
        pattern: durationPattern,
        description:
          'After the end of a candidate, what is there in its place within this time, without having been seen to come, is held for the same thing',
        default: defaultCooldown,
        examples: ['30m'],
      }),
    ),
    capPerHour: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 3600,
        description: 'Candidates that the rule may raise within an hour; what is over waits, and says so',
        default: defaultCapPerHour,
      }),
    ),
    congestion: Type.Optional(
      Type.Enum(['suppress', 'ignore'], {
        description:
          'suppress: vehicles that stand in a queue of traffic wait until it has gone; default: suppress for sidewalk_parking, else ignore',
      }),
    ),
  },
  { additionalProperties: false, description: 'One offence watched for in one zone' },
);
export type RuleFile = Static<typeof RuleFile>;

const metresLimit = 100_000;

const GroundPoint = Type.Object(
  {
    at: PicturePoint,
    metres: Type.Array(Type.Number({ minimum: -metresLimit, maximum: metresLimit }), {
      minItems: 2,
      maxItems: 2,
      description:
        'Where that point lies on the ground: [X, Y] in metres from any origin, axes at right angles',
      examples: [[3.5, 12]],
    }),
  },
  { additionalProperties: false },
);

/** A scene file: the zones of one camera's picture and the rules that hold in them. */
export const SceneFile = Type.Object(
  {
    $schema: Type.Optional(
      Type.String({ description: 'Where JSON files name their schema, for editors; means nothing here' }),
    ),
    version: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        description:
          'Name of this version, kept with every candidate; default: a hash of the content, the same whatever the order of the fields and the comments',
      }),
    ),
    timeZone: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 60,
        description: "IANA name of the time zone of the rules' hours",
        examples: ['Asia/Shanghai', 'Europe/Berlin'],
        default: defaultTimeZone,
      }),
    ),
    zones: Type.Record(Type.String(), ZoneFile, {
      propertyNames: { type: 'string', minLength: 1, maxLength: 100 },
      description: 'Zones by name',
    }),
    rules: Type.Array(RuleFile, { minItems: 1, description: 'What is watched for' }),
    ground: Type.Optional(
      Type.Array(GroundPoint, {
        minItems: 4,
        maxItems: 24,
        description:
          'Points of the ground seen in the picture with their measured places: things are then judged by where they stand in metres. Four are enough, six or more show a mistake; no three on a line',
      }),
    ),
    crops: Type.Optional(
      Type.Enum(['auto', 'off'], {
        description:
          'auto: zones that cover little of the picture are looked at by themselves, which costs a run of the model each (two at most)',
        default: 'auto',
      }),
    ),
  },
  { additionalProperties: false, description: "Zones of a camera's picture and the rules that hold in them" },
);
export type SceneFile = Static<typeof SceneFile>;
