import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { XunjieError } from '../../../domain/mod.ts';

/** Addresses that are no place in the internet: RFC 6890 and its IPv6 counterparts, with what maps IPv4 into IPv6. */
const closedNetworks = [
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
];
/** No configuration opens these: the machine's own metadata and everybody at once. */
const neverOpen = toBlockList(['169.254.0.0/16', 'fe80::/10', '224.0.0.0/4', 'ff00::/8']);
const closed = toBlockList(closedNetworks);

/** Says where the program may send what users of the console tell it to. */
export interface AddressGuard {
  /** Refuses (throws `bad_request` naming the field) what is no http(s) URL, carries a password, or names a closed address. */
  checkUrl(url: string, field: string): URL;
  /** For `http.request`: resolves a name and refuses when any of its addresses is closed, so that what is checked is what is used. */
  readonly lookup: LookupFunction;
}

/** `open` are networks in CIDR form that are allowed although they are private: the city's own. Throws `bad_config` for a wrong one. */
export function createAddressGuard(open: readonly string[]): AddressGuard {
  const opened = toBlockList(open);
  const isClosed = (address: string): boolean => {
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (neverOpen.check(address, family)) return true;
    return closed.check(address, family) && !opened.check(address, family);
  };
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
    lookup(host, options, done) {
      lookup(host, { ...options, all: true }, (error, found) => {
        const addresses = Array.isArray(found) ? found : [];
        if (error !== null) return done(error, options.all === true ? [] : '', 0);
        const wrong = addresses.find(({ address }) => isClosed(address));
        const [first] = addresses;
        if (wrong !== undefined || first === undefined)
          return done(new Error(closedReason(host)), options.all === true ? [] : '', 0);
        return options.all === true ? done(null, addresses) : done(null, first.address, first.family);
      });
    },
  };
}

function closedReason(host: string): string {
  return `${host} is an address inside a closed network; INTEGRATION_NETWORKS opens the city's own`;
}

function toBlockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', length = ''] = network.trim().split('/');
    const family = isIP(address);
    const bits = Number(length);
    if (family === 0 || !/^\d{1,3}$/.test(length) || bits > (family === 4 ? 32 : 128))
      throw new XunjieError('bad_config', `INTEGRATION_NETWORKS: "${network}" is not of the form 10.0.0.0/8`);
    list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
