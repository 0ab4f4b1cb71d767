// Which hosts a route takes: one name, or every name below a domain. Letters of either case are the same, a port makes no difference
// (RFC 9110 section 4.2.3), and neither does the dot that may end a full name.

export type HostPattern =
  | { readonly kind: 'exact'; readonly host: string }
  /** `*.example.com` takes `shop.example.com` and `a.shop.example.com`, not `example.com` itself. The suffix is `.example.com`. */
  | { readonly kind: 'below'; readonly suffix: string };

/** Takes what the settings allow: `shop.example.com`, `*.example.com`, `[::1]`. */
export function parseHostPattern(text: string): HostPattern {
  if (text.startsWith('*.')) return { kind: 'below', suffix: bareHost(text.slice(1)) };
  return { kind: 'exact', host: bareHost(text) };
}

/** Hot path. A host as clients write it, brought to the form in which patterns are kept. Makes no new string when it has that form. */
export function bareHost(host: string): string {
  let end = endOfName(host);
  if (host.charCodeAt(end - 1) === dot) end--;
  const hasCapital = hasUpperCase(host, end);

  const bare = end === host.length ? host : host.slice(0, end);
  // Only for those that need it: it makes a copy each time.
  return hasCapital ? bare.toLowerCase() : bare;
}

const dot = 0x2e;
const colon = 0x3a;

/** Where the port begins, with its colon. An IPv6 address ends in a bracket, so none of its colons is taken for that one. */
function endOfName(host: string): number {
  let at = host.length - 1;
  while (at >= 0 && isDigit(host.charCodeAt(at))) at--;
  return host.charCodeAt(at) === colon ? at : host.length;
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

function hasUpperCase(text: string, end: number): boolean {
  for (let at = 0; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x41 && code <= 0x5a) return true;
  }
  return false;
}
