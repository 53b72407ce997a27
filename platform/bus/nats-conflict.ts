import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { XunjieError } from '../../domain/mod.ts';

/** For `catch`: the server's "wrong last sequence" as `conflict`, everything else as it is. */
export function refuseConflict(what: string): (error: unknown) => never {
  return (error) => {
    const isConflict =
      error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamWrongLastSequence;
    if (!isConflict) throw error;
    throw new XunjieError('conflict', `${what}: somebody else has written meanwhile`, { cause: error });
  };
}
