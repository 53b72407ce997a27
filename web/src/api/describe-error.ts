import type { Translate } from '../i18n/language.tsx';
import { type FailureCode, RequestError } from './client.ts';

/** One line for a person: what kind of trouble it is in their language, then the server's own words. */
export function describeError(error: Error, t: Translate): string {
  if (!(error instanceof RequestError)) return error.message;
  const { message } = error;
  switch (toKind(error.code, error.status)) {
    case 'offline':
      return t('error.offline');
    case 'timeout':
      return t('failure.timeout');
    case 'refused':
      return t('failure.refused', { message });
    case 'not_found':
      return t('failure.notFound', { message });
    case 'conflict':
      return t('failure.conflict', { message });
    case 'bad_request':
      return t('failure.badRequest', { message });
    case 'server':
      return t('failure.server', { message });
    case 'other':
    default:
      return message;
  }
}

type Kind = 'offline' | 'timeout' | 'refused' | 'not_found' | 'conflict' | 'bad_request' | 'server' | 'other';

function toKind(code: FailureCode, status: number): Kind {
  if (code === 'offline' || code === 'timeout') return code;
  if (status === 403) return 'refused';
  if (status === 404) return 'not_found';
  if (status === 409) return 'conflict';
  if (status === 400) return 'bad_request';
  return status >= 500 ? 'server' : 'other';
}
