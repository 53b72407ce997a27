import { type LookupAddress, lookup as lookupAll } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { promisify } from 'node:util';
import {
  createCheckedLookup,
  isInNetworks,
  isLoopback,
  isNowhere,
  toBlockList,
  unwrapAddress,
} from '../platform/mod.ts';

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
    const inner = unwrapAddress(address);
    if (inner !== null) return findTrouble(host, inner);
    if (isNowhere(address)) return `${host} is at ${address}, where no camera is`;
    if (isLoopback(address) && !isLoopbackMeant) return `${host} is this machine itself`;
    if (open !== null && !isInNetworks(open, address))
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
    lookup: createCheckedLookup(findTrouble),
  };
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
  return isIP(host) !== 0 && isLoopback(host);
}

function toHost({ hostname }: URL): string {
  return decodeURIComponent(hostname.replaceAll(/^\[|\]$/g, ''));
}
