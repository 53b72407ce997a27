import { BlockList, isIP } from 'node:net';

/** Nothing that the program may ask is here, whatever a name, a redirection or a setting says: what a cloud tells its own machines, everybody at once, nobody. */
const nowhere = toBlockList([
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
]);
const loopback = toBlockList(['127.0.0.0/8', '::1/128']);
/** IPv6 networks whose last 32 bits are an IPv4 address: mapped, compatible, NAT64. 6to4 has it after its first 16. */
const wrapping = toBlockList(['::ffff:0:0/96', '::/96', '64:ff9b::/96', '2002::/16']);

/** A set of networks in CIDR form. Throws `RangeError` for what is none. */
export function toBlockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const parsed = parseNetwork(network);
    if (parsed === null) throw new RangeError(`"${network}" is no network such as 10.0.0.0/8`);
    list.addSubnet(parsed.address, parsed.bits, parsed.family);
  }
  return list;
}

/** The first of these that is no network such as `10.0.0.0/8`; `null` when all are. */
export function findBadNetwork(networks: readonly string[]): string | null {
  return networks.find((network) => parseNetwork(network) === null) ?? null;
}

export function isInNetworks(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** Whether no request may ever go to an IP address, nor to the IPv4 address that it carries. */
export function isNowhere(address: string): boolean {
  return isInNetworks(nowhere, unwrapAddress(address) ?? address);
}

export function isLoopback(address: string): boolean {
  return isInNetworks(loopback, address);
}

/** The IPv4 address inside an IPv6 one that carries one. */
export function unwrapAddress(address: string): string | null {
  if (isIP(address) !== 6 || !isInNetworks(wrapping, address) || isLoopback(address)) return null;
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

function parseNetwork(network: string): { address: string; bits: number; family: 'ipv4' | 'ipv6' } | null {
  const [address = '', length = '', more] = network.split('/');
  const family = isIP(address);
  const bits = Number(length);
  if (family === 0 || more !== undefined || !/^\d{1,3}$/.test(length) || bits > (family === 4 ? 32 : 128))
    return null;
  return { address, bits, family: family === 4 ? 'ipv4' : 'ipv6' };
}
