// Which bytes may stand where: lookup tables for the loops that check every byte of a head.
// RFC 9110 sections 5.5 and 5.6.2, RFC 3986 sections 2 and 3.2.2.

/** 1 where the byte may stand, else 0. */
export type CharacterTable = Uint8Array;

function tableOf(isAllowed: (character: string, code: number) => boolean): CharacterTable {
  return Uint8Array.from({ length: 256 }, (_, code) => (isAllowed(String.fromCharCode(code), code) ? 1 : 0));
}

/** Methods and field names. */
export const tokenCharacters = tableOf((character) => /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(character));

/** Field values and reason phrases: no control characters but the tab. */
export const valueCharacters = tableOf((_, code) => code === 0x09 || (code >= 0x20 && code !== 0x7f));

/**
 * Request targets: visible ASCII without what RFC 3986 forbids and servers read differently: a fragment, quotes, angle brackets and the
 * backslash, which some take for a slash. `{ | } ^` and the backtick are let through, since browsers send them in queries.
 */
export const targetCharacters = tableOf((character, code) => code > 0x20 && code < 0x7f && !'#"<>\\'.includes(character));

/**
 * Names in Host: registered names and IPv4 addresses, without percent signs: some readers decode them and others do not, and no host needs
 * them. Brackets and ports are judged apart.
 */
export const hostCharacters = tableOf((character) => /[A-Za-z0-9\-._~!$&'()*+,;=]/.test(character));
