import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

/**
 * For `http.request`: looks a name up and refuses it when anything speaks against any of its addresses, so that what is connected to is what
 * was checked. `findTrouble` says what, in words; `null` for a good address.
 */
export function createCheckedLookup(
  findTrouble: (host: string, address: string) => string | null,
): LookupFunction {
  return (host, options, done) => {
    const refuse = (error: Error): void => done(error, options.all === true ? [] : '', 0);
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return refuse(error);
      const trouble = found.map(({ address }) => findTrouble(host, address)).find((one) => one !== null);
      const [first] = found;
      if (trouble !== undefined || first === undefined)
        return refuse(new Error(trouble ?? `${host} has no address`));
      return options.all === true ? done(null, found) : done(null, first.address, first.family);
    });
  };
}
