// Makes HTTP/1.1 messages for property tests: good ones whose meaning is known, and damage for them.
import fc from 'fast-check';

/** A message as text, one character for each byte, and what it says. */
export interface MadeMessage {
  readonly text: string;
  /** The lines that pass to the next hop, in their order. */
  readonly passing: string;
  readonly body: string;
  readonly trailers: string;
}

export interface MadeRequest extends MadeMessage {
  readonly method: string;
  readonly target: string;
  readonly host: string;
}

export interface MadeResponse extends MadeMessage {
  readonly status: number;
  readonly reason: string;
}

const between = (first: number, last: number): string =>
  Array.from({ length: last - first + 1 }, (_, index) => String.fromCharCode(first + index)).join('');
const textOf = (characters: string, minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength });

const letters = between(0x61, 0x7a) + between(0x41, 0x5a);
const tokenCharacters = `${letters}0123456789!#$%&'*+-.^_\`|~`;
const visible = between(0x21, 0x7e);

export const someToken = textOf(tokenCharacters, 1, 12);
const someBlanks = textOf(' \t', 0, 3);
const someWords = textOf(`${visible}${between(0x80, 0xff)}`, 1, 10);
const someValue = fc.array(fc.tuple(someWords, textOf(' \t', 1, 2)), { maxLength: 3 }).map((parts) => parts.flat().join('').trimEnd());
/** `trimEnd` takes a no-break space away that was part of the value, which leaves another good value. */
const someQuery = textOf(`${letters}0123456789-._~%!$&'()*+,;=:@/?[]{}|^\``, 0, 20);
const someBytes = textOf(between(0, 255), 0, 60);

const passingNames = fc.oneof(
  { weight: 3, arbitrary: someToken.map((token) => `X-${token}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('Accept', 'cookie', 'Content-Type', 'User-Agent', 'hos', 'TEA', 'Host2', 'Content_Length', 'Via'),
  },
);
const endingFields = fc.constantFrom(
  'Keep-Alive: timeout=5',
  'keep-alive: timeout=5, max=100',
  'Connection: close',
  'Connection: keep-alive',
  'connection: Keep-Alive, X-Gone',
  'Connection: x-gone,, X-GONE-2',
  'X-Gone: 1',
  'x-gone: again',
  'X-Gone-2:',
  'TE: trailers',
  'te: gzip;q=0.5',
  'Proxy-Connection: keep-alive',
  'Proxy-Authorization: Basic YTpi',
  'Upgrade: websocket',
);
const toldFields = fc.constantFrom('X-Forwarded-For: 1.2.3.4', 'x-forwarded-proto: https', 'Forwarded: for=1.2.3.4', 'X-Forwarded-Port: 1');

interface MadeLine {
  readonly line: string;
  readonly passes: boolean;
}

const someFields = (ending: fc.Arbitrary<string>): fc.Arbitrary<readonly MadeLine[]> =>
  fc.array(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc
          .tuple(passingNames, someBlanks, someValue, someBlanks)
          .map(([name, lead, value, trail]) => ({ line: `${name}:${lead}${value}${trail}\r\n`, passes: true })),
      },
      { weight: 1, arbitrary: ending.map((line) => ({ line: `${line}\r\n`, passes: false })) },
    ),
    { maxLength: 8 },
  );

interface MadeFraming {
  readonly line: string;
  readonly passes: boolean;
  readonly body: string;
  readonly written: string;
  readonly trailers: string;
}

const noBody: MadeFraming = { line: '', passes: true, body: '', written: '', trailers: '' };
const counted = someBytes.map(
  (body): MadeFraming => ({ line: `Content-Length: ${body.length}\r\n`, passes: true, body, written: body, trailers: '' }),
);

const someExtension = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constantFrom(';a', '; a=b', ' ;\ta = "b;\\"c" ;d', ';chunk-signature=0123456789abcdef') },
);
const someChunk = fc.tuple(textOf(between(0, 255), 1, 20), someExtension, fc.boolean(), fc.constantFrom('', '0', '000'));
const someTrailers = fc.array(
  fc.tuple(someToken, someValue).map(([name, value]) => `X-T-${name}: ${value}\r\n`),
  { maxLength: 3 },
);
const chunked = fc
  .tuple(fc.array(someChunk, { maxLength: 5 }), someTrailers, someExtension, fc.constantFrom('chunked', 'Chunked', 'CHUNKED'))
  .map(([chunks, trailers, lastExtension, coding]): MadeFraming => {
    const written = chunks.map(([data, extension, inCapitals, zeros]) => {
      const size = data.length.toString(16);
      return `${zeros}${inCapitals ? size.toUpperCase() : size}${extension}\r\n${data}\r\n`;
    });
    return {
      line: `Transfer-Encoding: ${coding}\r\n`,
      passes: false,
      body: chunks.map(([data]) => data).join(''),
      written: `${written.join('')}0${lastExtension}\r\n${trailers.join('')}\r\n`,
      trailers: trailers.join(''),
    };
  });

const someMethod = fc.oneof(
  fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PURGE', 'M-SEARCH'),
  someToken.filter((token) => token !== 'CONNECT'),
);
export const someHost = fc.constantFrom('a.test', 'A.Test:8080', '127.0.0.1', '[::1]:80', '[2001:db8::1]', 'localhost:65535', 'x_y.test');

/** Where the Host and framing lines stand among the others is drawn too. */
function placed(fields: readonly MadeLine[], special: readonly MadeLine[], places: readonly number[]): readonly MadeLine[] {
  const lines = [...fields];
  for (const [index, line] of special.entries()) lines.splice((places[index] ?? 0) % (lines.length + 1), 0, line);
  return lines;
}

const all = (lines: readonly MadeLine[]): string => lines.map(({ line }) => line).join('');

/** Lines named by the Connection lines above do not occur under a name that passes: those all begin otherwise. */
const passingOf = (lines: readonly MadeLine[]): string => all(lines.filter(({ passes }) => passes));

/** `X-Gone` fields end here only when a Connection line names them, so one that does is always there. */
const namesGone: MadeLine = { line: 'Connection: X-Gone, x-gone-2\r\n', passes: false };

export const someRequest: fc.Arbitrary<MadeRequest> = fc
  .record({
    method: someMethod,
    path: someQuery,
    host: someHost,
    isAbsolute: fc.boolean(),
    fields: someFields(fc.oneof(endingFields, toldFields)),
    framing: fc.oneof(fc.constant(noBody), counted, chunked),
    places: fc.array(fc.nat(20), { minLength: 3, maxLength: 3 }),
    emptyLine: fc.constantFrom('', '', '\r\n'),
  })
  .map(({ method, path, host, isAbsolute, fields, framing, places, emptyLine }) => {
    const special = [{ line: `Host: ${host}\r\n`, passes: true }, { line: framing.line, passes: framing.passes }, namesGone];
    const lines = placed(fields, special, places);
    const target = `/${path}`;
    return {
      text: `${emptyLine}${method} ${isAbsolute ? `http://${host}` : ''}${target} HTTP/1.1\r\n${all(lines)}\r\n${framing.written}`,
      method,
      target,
      host,
      passing: passingOf(lines),
      body: framing.body,
      trailers: framing.trailers,
    };
  });

export const someResponse: fc.Arbitrary<MadeResponse> = fc
  .record({
    status: fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304),
    reason: someValue,
    fields: someFields(endingFields),
    framing: fc.oneof(
      someBytes.map((body): MadeFraming => ({ line: '', passes: true, body, written: body, trailers: '' })),
      counted,
      chunked,
    ),
    places: fc.array(fc.nat(20), { minLength: 2, maxLength: 2 }),
  })
  .map(({ status, reason, fields, framing, places }) => {
    const lines = placed(fields, [{ line: framing.line, passes: framing.passes }, namesGone], places);
    return {
      text: `HTTP/1.1 ${status} ${reason}\r\n${all(lines)}\r\n${framing.written}`,
      status,
      reason,
      passing: passingOf(lines),
      body: framing.body,
      trailers: framing.trailers,
    };
  });

/** Bytes that mean something to a parser, and any others. */
const someByte = fc.oneof(fc.constantFrom(...'\r\n\0\t :;,"/*0159afAFxHT\x7f\x80\xa0'), textOf(between(0, 255), 1, 1));
const somePart = fc.oneof(someByte, fc.constantFrom('\r\n', '\r\n\r\n', '\r\n ', '0\r\n\r\n', ', ', 'HTTP/1.0', '00', '::'));
const someLine = fc.constantFrom(
  'Content-Length: 3\r\n',
  'content-length: 0\r\n',
  'Transfer-Encoding: chunked\r\n',
  'transfer-encoding: identity\r\n',
  'Transfer-Encoding:\r\n',
  'Host: b.test\r\n',
  'Connection: close\r\n',
  'Connection: host\r\n',
  ' folded\r\n',
  'No colon\r\n',
  '3\r\nabc\r\n',
  '0\r\n\r\n',
);

/** A share of a length, at most just short of 1. Evenly drawn: places would else crowd at the ends. */
export const someShare = fc.noBias(fc.nat(9999)).map((tenThousandths) => tenThousandths / 10_000);

export interface Damage {
  /** Where, as a share of the text's length. */
  readonly place: number;
  /** The place is the beginning of the next line. */
  readonly atLine: boolean;
  readonly removed: number;
  readonly inserted: string;
}

const someDamage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ place: someShare, atLine: fc.constant(false), removed: fc.constant(1), inserted: someByte }),
  fc.record({ place: someShare, atLine: fc.constant(false), removed: fc.constant(0), inserted: somePart }),
  fc.record({ place: someShare, atLine: fc.constant(true), removed: fc.constant(0), inserted: someLine }),
  fc.record({ place: someShare, atLine: fc.boolean(), removed: fc.integer({ min: 1, max: 4 }), inserted: fc.constant('') }),
);
export const someDamages = fc.array(someDamage, { minLength: 1, maxLength: 3 });

/** The text with bytes flipped, inserted and removed. */
export function damaged(text: string, damages: readonly Damage[]): string {
  let result = text;
  for (const { place, atLine, removed, inserted } of damages) {
    const drawn = Math.floor(place * result.length);
    const at = atLine ? result.indexOf('\r\n', drawn) + 2 : drawn;
    result = result.slice(0, at) + inserted + result.slice(at + removed);
  }
  return result;
}

/** Places to cut so many bytes at, in order. */
export const cutsOf = (length: number, shares: readonly number[]): number[] =>
  shares.map((share) => Math.floor(share * length)).sort((one, other) => one - other);
export const someShares = fc.array(someShare, { maxLength: 6 });
