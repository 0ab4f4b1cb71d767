// Every known name in every case, and names that are nearly one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cannotBeHopByHop, known, knownField } from './known-fields.ts';

function codeOf(name: string): number {
  const bytes = Buffer.from(`\n${name}: `, 'latin1');
  return knownField(bytes, 1, 1 + name.length);
}

const names: ReadonlyArray<readonly [string, number]> = [
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
  ['expect', known.expect],
  ['forwarded', known.forwarded],
  ['x-forwarded-for', known.xForwardedFor],
  ['x-forwarded-proto', known.xForwardedProto],
  ['x-forwarded-host', known.xForwardedHost],
  ['x-forwarded-port', known.xForwardedPort],
  ['set-cookie', known.notInTrailers],
];

test('known names are known in any case', () => {
  for (const [name, code] of names) {
    const capitals = name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
    assert.deepEqual([name, name.toUpperCase(), capitals].map(codeOf), [code, code, code], name);
  }
});

test('a name that differs in one byte is another name', () => {
  for (const [name] of names) {
    for (let at = 0; at < name.length; at++) {
      for (const other of ['_', 'q', '\r', String.fromCharCode(name.charCodeAt(at) ^ 0x40)]) {
        const changed = name.slice(0, at) + other + name.slice(at + 1);
        if (changed === name || other === '\r') continue;
        // To endpoints that take an underscore for a hyphen this is the same name: it is not let pass.
        const isTaken = name.startsWith('x-forwarded') && name[at] === '-' && other === '_';
        assert.equal(codeOf(changed), isTaken ? known.hopByHop : known.no, changed);
      }
    }
  }
});

test('longer, shorter and unheard-of names are not known', () => {
  for (const name of ['h', 'hosts', 'hos', 'x-forwarded', 'x-real-ip', 'a'.repeat(32), 'a'.repeat(33), 'a'.repeat(4000)]) {
    assert.equal(codeOf(name), known.no);
  }
});

test('what Connection may not take away is framing, routing and how a message is read', () => {
  for (const name of ['host', 'content-length', 'transfer-encoding', 'content-encoding', 'authorization', 'set-cookie']) {
    assert.ok(cannotBeHopByHop.has(name), name);
  }
  for (const name of ['keep-alive', 'te', 'x-anything']) assert.ok(!cannotBeHopByHop.has(name), name);
});
