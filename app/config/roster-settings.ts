import { Type } from 'typebox';

export const RosterEntry = Type.Object(
  {
    enforced: Type.Optional(
      Type.Boolean({
        description:
          'true: where the roster has somebody for a post now, only they act as that post; default false',
      }),
    ),
  },
  { additionalProperties: false, description: 'Who of a post may act' },
);
