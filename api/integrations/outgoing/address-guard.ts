import { isIP, type LookupFunction } from 'node:net';
import { XunjieError } from '../../../domain/mod.ts';
import {
  createCheckedLookup,
  findBadNetwork,
  isInNetworks,
  isNowhere,
  toBlockList,
} from '../../../platform/mod.ts';

/** Addresses that are no place in the internet: RFC 6890 and its IPv6 counterparts, with what maps IPv4 into IPv6. */
const closed = toBlockList([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/127',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
]);

/** Says where the program may send what users of the console tell it to. */
export interface AddressGuard {
  /** Refuses (throws `bad_request` naming the field) what is no http(s) URL, carries a password, or names a closed address. */
  checkUrl(url: string, field: string): URL;
  /** For `http.request`: resolves a name and refuses when any of its addresses is closed, so that what is checked is what is used. */
  readonly lookup: LookupFunction;
}

/** `open` are networks in CIDR form that are allowed although they are private: the city's own. Throws `bad_config` for a wrong one. */
export function createAddressGuard(open: readonly string[]): AddressGuard {
  const bad = findBadNetwork(open);
  if (bad !== null)
    throw new XunjieError('bad_config', `INTEGRATION_NETWORKS: "${bad}" is not of the form 10.0.0.0/8`);
  const opened = toBlockList(open);
  // No configuration opens what is nowhere.
  const isClosed = (address: string): boolean =>
    isNowhere(address) || (isInNetworks(closed, address) && !isInNetworks(opened, address));
  return {
    checkUrl(text, field) {
      const refuse = (why: string) =>
        new XunjieError('bad_request', `${field}: ${why}`, { details: { field } });
      const url = URL.canParse(text) ? new URL(text) : null;
      if (url === null || !['http:', 'https:'].includes(url.protocol))
        throw refuse('is not an http or https address');
      if (url.username !== '' || url.password !== '') throw refuse('carries a user name or password');
      // URL has already turned every spelling of an IPv4 address (octal, hex, one number) into the usual one.
      const host = url.hostname.replace(/^\[|\]$/g, '');
      if (isIP(host) !== 0 && isClosed(host)) throw refuse(closedReason(host));
      if (/^(?:localhost|.*\.localhost)$/i.test(host) && isClosed('127.0.0.1'))
        throw refuse(closedReason(host));
      return url;
    },
    lookup: createCheckedLookup((host, address) => (isClosed(address) ? closedReason(host) : null)),
  };
}

function closedReason(host: string): string {
  return `${host} is an address inside a closed network; INTEGRATION_NETWORKS opens the city's own`;
}
