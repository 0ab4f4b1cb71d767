// Places and repeated keys in JSON, held to the YAML reader, which can read all of JSON and keeps every place.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Path, Place } from '../issue.ts';
import { jsonPlaces, repeatedKeys } from './json-source.ts';
import { readText } from './text-source.ts';

const offsets = (text: string): readonly string[] => repeatedKeys(text).map((offset) => text.slice(offset, offset + 5));

/** Of every value and key, by the YAML reader. */
function placesOf(text: string): readonly { readonly path: Path; readonly value: Place; readonly key: Place }[] {
  const lines = new LineCounter();
  const found: { readonly path: Path; readonly value: Place; readonly key: Place }[] = [];
  const placeOf = (node: unknown): Place => {
    const { line, col } = lines.linePos((node as { readonly range: readonly [number] }).range[0]);
    return { line, column: col };
  };
  const look = (node: unknown, path: Path, key: Place): void => {
    found.push({ path, value: placeOf(node), key });
    if (isSeq(node)) for (const [index, item] of node.items.entries()) look(item, [...path, index], placeOf(item));
    if (!isMap(node)) return;
    for (const pair of node.items) {
      look(pair.value, [...path, isScalar(pair.key) ? String(pair.key.value) : ''], placeOf(pair.key));
    }
  };
  const root = parseDocument(text, { lineCounter: lines, uniqueKeys: false });
  look(root.contents, [], placeOf(root.contents));
  return found;
}

describe('JSON', () => {
  test('keys that stand twice in a section are found, however they are written', () => {
    assert.deepEqual(offsets('{"a":1,"b":{"a":1},"a":[{"a":"a"}]}'), ['"a":[']);
    assert.deepEqual(offsets('{"a\\"b":1, "c" : "x", "c"\n:2, "\\u0063": 3}'), ['"c"\n:', '"\\u00']);
    assert.deepEqual(offsets('{"a":"\\\\","b":["a","a","\\\\\\""],"c":"}{\\"a\\":"}'), []);
    assert.deepEqual(offsets('"a"'), []);
  });

  test('every value and key stands where the YAML reader sees it', () => {
    const key = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !/[\p{C}<]/u.test(text));
    const leaf = fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), key);
    const { value: anything } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('value'), { maxLength: 4 }), fc.dictionary(key, tie('value'), { maxKeys: 4 })),
    }));
    fc.assert(
      fc.property(anything, fc.constantFrom(undefined, 1, 3), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        const place = jsonPlaces(text);
        for (const { path, value: ofValue, key: ofKey } of placesOf(text)) {
          assert.deepEqual(place(path, false), ofValue, `${text} ${path.join('.')}`);
          assert.deepEqual(place(path, true), ofKey);
        }
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  test('what is not there is pointed at by what is around it', () => {
    const text = '{\n  "a": { "b": "short" }\n}';
    const place = jsonPlaces(text);
    assert.deepEqual(place(['a', 'c'], false), { line: 2, column: 3 });
    assert.deepEqual(place(['a', 'b', 'c'], false), { line: 2, column: 15 });
    assert.deepEqual(place(['x', 'y'], true), { line: 1, column: 1 });
  });

  test('brackets nested without end are told, not crashed on', () => {
    const text = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    assert.deepEqual(jsonPlaces(text)([0, 0], false), { line: 1, column: 3 });
    const read = readText({ file: 'doc', text, format: 'json' });
    assert.ok(read.ok || /nested deeper/.test(read.fault[0]?.message ?? ''));
  });
});
