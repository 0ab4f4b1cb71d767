// Hot path. Knows by its bytes the few header fields that concern this hop; all others pass as they are.
import { itemAt } from '../../foundation/basics/item-at.ts';
import { byteAt } from './head-bytes.ts';

/** What a field is to this hop. */
export const known = {
  no: 0,
  host: 1,
  connection: 2,
  contentLength: 3,
  transferEncoding: 4,
  upgrade: 5,
  te: 6,
  keepAlive: 7,
  /** Ends at this hop and says nothing that we use. */
  hopByHop: 8,
  expect: 9,
  /** Who the client is, as told by a balancer in front of us. */
  forwarded: 10,
  xForwardedFor: 11,
  xForwardedProto: 12,
  xForwardedHost: 13,
  xForwardedPort: 14,
  /** Must not come after a body, but is nothing to us in a head. */
  notInTrailers: 15,
} as const;

const codes: ReadonlyMap<string, number> = new Map([
  ['host', known.host],
  ['connection', known.connection],
  ['content-length', known.contentLength],
  ['transfer-encoding', known.transferEncoding],
  ['upgrade', known.upgrade],
  ['te', known.te],
  ['keep-alive', known.keepAlive],
  ['proxy-connection', known.hopByHop],
  ['proxy-authenticate', known.hopByHop],
  ['proxy-authorization', known.hopByHop],
  ['trailer', known.notInTrailers],
  ['expect', known.expect],
  ['forwarded', known.forwarded],
  ['x-forwarded-for', known.xForwardedFor],
  ['x-forwarded-proto', known.xForwardedProto],
  ['x-forwarded-host', known.xForwardedHost],
  ['x-forwarded-port', known.xForwardedPort],
  // Endpoints that hand fields over as variables cannot tell these from the ones with hyphens, which only a trusted balancer may set.
  ...['for', 'proto', 'host', 'port'].flatMap((what) =>
    [`x_forwarded_${what}`, `x_forwarded-${what}`, `x-forwarded_${what}`].map((name) => [name, known.hopByHop] as const),
  ),
  ['authorization', known.notInTrailers],
  ['cookie', known.notInTrailers],
  ['set-cookie', known.notInTrailers],
  ['content-encoding', known.notInTrailers],
  ['content-type', known.notInTrailers],
  ['content-range', known.notInTrailers],
  ['cache-control', known.notInTrailers],
  ['max-forwards', known.notInTrailers],
  ['range', known.notInTrailers],
]);

interface Candidate {
  readonly name: Uint8Array;
  readonly code: number;
}

const longestName = 32;

/** The known fields by the length of their names, which tells most others apart at a glance. */
const byLength: readonly (readonly Candidate[])[] = Array.from({ length: longestName + 1 }, (_, length) =>
  [...codes]
    .filter(([name]) => name.length === length)
    .map(([name, code]) => ({ name: Uint8Array.from(name, (character) => character.charCodeAt(0) | 0x20), code })),
);
const none: readonly Candidate[] = [];

/** One of `known`, for the name that stands from `start` to `end`. */
export function knownField(bytes: Uint8Array, start: number, end: number): number {
  const candidates = end - start > longestName ? none : itemAt(byLength, end - start);
  for (let index = 0; index < candidates.length; index++) {
    const candidate = itemAt(candidates, index);
    if (isSameName(bytes, start, candidate.name)) return candidate.code;
  }
  return known.no;
}

/** True when `name`, in small letters, stands at `start`. The sixth bit makes capitals small; letters and hyphens may have it. */
export function isSameName(bytes: Uint8Array, start: number, name: Uint8Array): boolean {
  for (let index = 0; index < name.length; index++) {
    if ((byteAt(bytes, start + index) | 0x20) !== byteAt(name, index)) return false;
  }
  return true;
}

/** Fields that say where a message goes, where it ends or how it is read. `Connection` may not name them: without them it is another message. */
export const cannotBeHopByHop: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'trailer',
  'expect',
  'content-type',
  'content-encoding',
  'content-range',
  'range',
  'authorization',
  'cookie',
  'set-cookie',
  'cache-control',
]);
