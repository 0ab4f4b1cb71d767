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
  let end = host.length;
  // The colons of an IPv6 address stand before its bracket.
  const colon = host.lastIndexOf(':');
  if (colon >= 0 && colon > host.lastIndexOf(']')) end = colon;
  if (end > 0 && host.charCodeAt(end - 1) === dot) end--;

  const bare = end === host.length ? host : host.slice(0, end);
  return hasUpperCase(bare) ? bare.toLowerCase() : bare;
}

const dot = 0x2e;

/** toLowerCase would make a copy each time, also of what is in lower case already. */
function hasUpperCase(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x41 && code <= 0x5a) return true;
  }
  return false;
}
