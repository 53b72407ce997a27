import type { Generated } from 'kysely';
import type { Role } from '../../domain/mod.ts';
import type { MachineScope } from '../auth/permissions.ts';
import type { Json } from './json-column.ts';

/** Who may come in, and what they did. */
export interface AccountTables {
  account: {
    id: Generated<string>;
    username: string;
    display_name: string;
    /** `null`: no password opens it. */
    password_hash: string | null;
    roles: Role[];
    unit_id: string | null;
    created_at: Generated<Date>;
    kind: Generated<'person' | 'machine'>;
    is_locked: Generated<boolean>;
    must_change_password: Generated<boolean>;
    /** A password that somebody else has set is good until then. */
    password_until: Date | null;
    password_changed_at: Date | null;
    /** Cases of these units alone; `null`: no limit beside that of the post. */
    limit_unit_ids: string[] | null;
    limit_grid_ids: string[] | null;
    employee_no: string | null;
    provider_issuer: string | null;
    provider_subject: string | null;
    totp_key_id: string | null;
    totp_secret: Buffer | null;
    /** `null` while the secret has been shown and no code of it was seen. */
    totp_confirmed_at: Date | null;
    totp_last_step: number | null;
    last_login_at: Date | null;
  };
  recovery_code: { account_id: string; code_hash: string; used_at: Date | null };
  session: {
    token_hash: string;
    account_id: string;
    created_at: Date;
    used_at: Date;
    /** What lists call it. */
    id: Generated<string>;
    ip: string | null;
    agent: string | null;
    is_by_provider: Generated<boolean>;
  };
  login_attempt: { username: string; failures: number; first_at: Date; locked_until: Date | null };
  provider_attempt: {
    state_hash: string;
    nonce: string;
    code_verifier: string;
    return_to: string;
    until: Date;
  };
  api_key: {
    id: string;
    account_id: string;
    secret_hash: string;
    scopes: MachineScope[];
    per_minute: number;
    created_by: string;
    created_at: Date;
    expires_at: Date;
    last_used_at: Date | null;
    last_used_ip: string | null;
    revoked_at: Date | null;
    revoked_by: string | null;
  };
  audit_log: {
    seq: Generated<number>;
    at: Date;
    actor: string;
    action: string;
    object_kind: string;
    object_id: string;
    result: string;
    ip: string | null;
    details: Json<Record<string, unknown>>;
    /** `null` where nobody was logged in, and in lines from before these were kept. */
    posts: Role[] | null;
    unit_id: string | null;
    reason: string | null;
  };
}
