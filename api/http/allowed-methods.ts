/** Which methods an address of this server knows, in their order: none where there is nothing. For answers of 404 and 405. */
export function listAllowedMethods(
  routes: readonly { readonly method: string; readonly url: string }[],
  pathname: string,
): readonly string[] {
  const known = routes.filter(({ url }) => toPattern(url).test(pathname)).map(({ method }) => method);
  return [...new Set(known)].toSorted();
}

const patterns = new Map<string, RegExp>();

/** `/api/cases/:caseNo` as an expression; routes are few and stay, so each is made once. */
function toPattern(url: string): RegExp {
  const made = patterns.get(url);
  if (made !== undefined) return made;
  const parts = url.split(/(:\w+|\*)/).map((part) => {
    if (part === '*') return '.*';
    return part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  const pattern = new RegExp(`^${parts.join('')}$`);
  patterns.set(url, pattern);
  return pattern;
}
