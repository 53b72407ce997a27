import { XunjieError } from '../../domain/mod.ts';

export function noCandidate(id: string): XunjieError {
  return new XunjieError('not_found', `there is no candidate ${id}`);
}
