import { type Static, Type } from 'typebox';
import { keeperRoles, roles } from '../../../domain/mod.ts';
import { IsoTime, Nullable, Reference } from '../../http/schema.ts';

const closed = { additionalProperties: false } as const;
const Ids = Nullable(Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 200 }));

const details = {
  displayName: Type.String({ minLength: 1, maxLength: 100, description: 'A post and a number: 受理员 01' }),
  roles: Type.Array(Type.Enum([...roles]), { maxItems: roles.length }),
  unitId: Nullable(Type.String({ minLength: 1, maxLength: 64 })),
  limitUnitIds: Type.Optional(Ids),
  limitGridIds: Type.Optional(Ids),
  employeeNo: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 64 }))),
};

export const AccountBody = Type.Object(details, closed);
export type AccountBody = Static<typeof AccountBody>;

export const NewAccountBody = Type.Object(
  {
    username: Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{1,62}$', description: 'What one logs in with' }),
    ...details,
  },
  closed,
);
export type NewAccountBody = Static<typeof NewAccountBody>;

export const KeeperBody = Type.Object({ role: Nullable(Type.Enum([...keeperRoles])) }, closed);

export const SubjectBody = Type.Object(
  { subject: Nullable(Type.String({ minLength: 1, maxLength: 255, description: 'Claim `sub`' })) },
  closed,
);

export const AccountView = Type.Object({
  id: Type.String(),
  username: Type.String(),
  displayName: Type.String(),
  roles: Type.Array(Type.Enum([...roles])),
  unit: Nullable(Reference),
  limitUnitIds: Ids,
  limitGridIds: Ids,
  employeeNo: Nullable(Type.String()),
  isLocked: Type.Boolean(),
  mustChangePassword: Type.Boolean(),
  hasSecondFactor: Type.Boolean(),
  subject: Nullable(Type.String()),
  lastLoginAt: Nullable(IsoTime),
  sessions: Type.Integer(),
  createdAt: IsoTime,
});
export type AccountView = Static<typeof AccountView>;
