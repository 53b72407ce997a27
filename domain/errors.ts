/** The one table of error codes. A code is never reused for something else. */
export const errorCodes = {
  // a user's mistake in what they wrote or asked
  bad_yaml: 400,
  bad_config: 400,
  bad_scene: 400,
  bad_argument: 400,
  bad_request: 400,
  address_refused: 400,
  file_not_found: 404,
  not_a_video: 400,
  bad_footage: 400,
  bad_dataset: 400,
  model_missing: 400,
  model_hash_mismatch: 400,
  model_not_understood: 400,
  model_failed: 500,
  detector_busy: 503,
  superseded: 503,
  // the machine or what it talks to
  port_in_use: 500,
  data_folder_unwritable: 500,
  data_folder_in_use: 500,
  engine_missing: 500,
  engine_failed: 500,
  database_unreachable: 500,
  bus_unreachable: 500,
  blob_not_found: 404,
  blob_locked: 409,
  blob_store_unreachable: 500,
  ffmpeg_failed: 500,
  ffmpeg_interrupted: 503,
  source_failed: 500,
  // evidence
  evidence_broken: 422,
  evidence_unavailable: 500,
  time_stamp_failed: 500,
  secret_unreadable: 500,
  // people
  unauthenticated: 401,
  wrong_credentials: 401,
  second_factor_missing: 401,
  password_change_required: 403,
  second_factor_required: 403,
  weak_password: 422,
  provider_unreachable: 502,
  provider_refused: 403,
  forbidden: 403,
  off_duty: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  lease_lost: 409,
  transition_not_allowed: 409,
  checks_missing: 422,
  driver_absent_missing: 422,
  stills_not_shown: 422,
  camera_not_eligible: 422,
  same_reviewer: 403,
  undo_closed: 409,
  reminders_off: 409,
  purpose_missing: 428,
  too_many_requests: 429,
  internal: 500,
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** Something expected went wrong. `message` is one clear line for a person: what, where, and the cause. */
export class XunjieError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: ErrorOptions & { details?: Record<string, unknown> } = {},
  ) {
    super(message, options);
    this.name = 'XunjieError';
    this.code = code;
    this.details = options.details ?? {};
  }

  get status(): number {
    return errorCodes[this.code];
  }
}

/** Whether the machine lacked its tools, or the time for them: that says nothing about what it worked on, and may be tried again. */
export function isOfMachine(thrown: unknown): thrown is XunjieError {
  return thrown instanceof XunjieError && ['engine_missing', 'ffmpeg_interrupted'].includes(thrown.code);
}

/** The message of whatever was thrown. */
export function toMessage(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
