import { type LookupAddress, lookup as lookupAll } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { promisify } from 'node:util';

/** No camera is here, whatever a name or a redirection says: what a cloud tells its own machines, everybody at once, nobody. */
const neverNetworks = [
  '0.0.0.0/8',
  '169.254.0.0/16',
  '100.100.100.200/32',
  '192.0.0.192/32',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  'fe80::/10',
  'fd00:ec2::254/128',
  'ff00::/8',
];
const loopbackNetworks = ['127.0.0.0/8', '::1/128'];
/** IPv6 networks whose last 32 bits are an IPv4 address: mapped, compatible, NAT64. 6to4 has it after its first 16. */
const wrappingNetworks = ['::ffff:0:0/96', '::/96', '64:ff9b::/96', '2002::/16'];

const never = toBlockList(neverNetworks);
const loopback = toBlockList(loopbackNetworks);
const wrapping = toBlockList(wrappingNetworks);
const maxLookupMs = 5_000;

/** Where the stream of one camera may come from. */
export interface AddressGuard {
  /** What can be said of an address without looking a name up. */
  checkLiteral(url: URL): string | null;
  /** Why an address is refused, in words; `null` for a good one. Looks names up, and refuses them for any of their addresses. */
  check(url: URL): Promise<string | null>;
  /** For `http.request`: what is connected to is what was checked. */
  readonly lookup: LookupFunction;
}

/**
 * Guards the way to a camera. `configured` is its address as it was written down: this machine itself is reached only by one that says
 * so. `networks` (CIDR) are the only ones that a camera may be in, where there are any.
 */
export function createAddressGuard(configured: URL, networks: readonly string[] | undefined): AddressGuard {
  const isLoopbackMeant = isLoopbackName(toHost(configured));
  const open = networks === undefined ? null : toBlockList(networks);
  const findTrouble = (host: string, address: string): string | null => {
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const inner = unwrap(address);
    if (inner !== null) return findTrouble(host, inner);
    if (never.check(address, family)) return `${host} is at ${address}, where no camera is`;
    if (loopback.check(address, family) && !isLoopbackMeant) return `${host} is this machine itself`;
    if (open !== null && !open.check(address, family))
      return `${host} is at ${address}, outside the networks that cameras are in (network.cameras)`;
    return null;
  };
  const checkLiteral = (url: URL): string | null => {
    const host = toHost(url);
    if (isOddAddress(host)) return `${host}: write an IP address as four decimal numbers`;
    return isIP(host) === 0 ? null : findTrouble(host, host);
  };
  return {
    checkLiteral,
    async check(url) {
      const host = toHost(url);
      if (isOddAddress(host) || isIP(host) !== 0) return checkLiteral(url);
      const found = await findAddresses(host);
      // A name that is not known now may be later: whoever connects says that it is not.
      return (
        found.map(({ address }) => findTrouble(host, address)).find((trouble) => trouble !== null) ?? null
      );
    },
    lookup(host, options, done) {
      lookupAll(host, { ...options, all: true }, (error, found) => {
        if (error !== null) return done(error, '', 0);
        const trouble = found.map(({ address }) => findTrouble(host, address)).find((one) => one !== null);
        const [first] = found;
        if (trouble !== undefined || first === undefined)
          return done(new Error(trouble ?? `${host} has no address`), '', 0);
        return options.all === true ? done(null, found) : done(null, first.address, first.family);
      });
    },
  };
}

/** The first of these that is no network such as `10.0.0.0/8`; `null` when all are. */
export function findBadNetwork(networks: readonly string[]): string | null {
  return networks.find((network) => parseNetwork(network) === null) ?? null;
}

async function findAddresses(host: string): Promise<LookupAddress[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<LookupAddress[]>((resolve) => {
    timer = setTimeout(resolve, maxLookupMs, []);
  });
  try {
    return await Promise.race([promisify(lookupAll)(host, { all: true }).catch(() => []), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** One number, octal, hexadecimal or fewer than four parts: every resolver reads them its own way. */
function isOddAddress(host: string): boolean {
  return /^(?:0x[\da-f]*|\d+)(?:\.(?:0x[\da-f]*|\d+)){0,3}\.?$/i.test(host) && isIP(host) === 0;
}

function isLoopbackName(host: string): boolean {
  if (/^localhost\.?$/i.test(host)) return true;
  const family = isIP(host);
  return family !== 0 && loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

/** The IPv4 address inside an IPv6 one that carries one. */
function unwrap(address: string): string | null {
  if (isIP(address) !== 6 || !wrapping.check(address, 'ipv6') || loopback.check(address, 'ipv6')) return null;
  const groups = toGroups(address);
  const isSixToFour = groups[0] === 0x2002;
  const [high = 0, low = 0] = isSixToFour ? groups.slice(1, 3) : groups.slice(6);
  if (high === 0 && low === 0 && !isSixToFour) return null;
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** Eight numbers of 16 bits. */
function toGroups(address: string): number[] {
  const plain = (address.split('%')[0] ?? '').replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(':'),
  );
  const [head = '', tail] = plain.split('::');
  const read = (text: string) =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  if (tail === undefined) return read(head);
  const [before, after] = [read(head), read(tail)];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}

function toHost({ hostname }: URL): string {
  return decodeURIComponent(hostname.replaceAll(/^\[|\]$/g, ''));
}

function parseNetwork(network: string): { address: string; bits: number; family: 'ipv4' | 'ipv6' } | null {
  const [address = '', length = '', more] = network.split('/');
  const family = isIP(address);
  const bits = Number(length);
  if (family === 0 || more !== undefined || !/^\d{1,3}$/.test(length) || bits > (family === 4 ? 32 : 128))
    return null;
  return { address, bits, family: family === 4 ? 'ipv4' : 'ipv6' };
}

function toBlockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const parsed = parseNetwork(network);
    if (parsed === null) throw new RangeError(`"${network}" is no network such as 10.0.0.0/8`);
    list.addSubnet(parsed.address, parsed.bits, parsed.family);
  }
  return list;
}
