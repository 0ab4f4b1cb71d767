// The tables against the words of the RFCs, byte by byte.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CharacterTable } from './characters.ts';
import { hostCharacters, targetCharacters, tokenCharacters, valueCharacters } from './characters.ts';

const digits = '0123456789';
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const allowed = (table: CharacterTable): string =>
  Array.from(table, (isAllowed, code) => (isAllowed === 1 ? String.fromCharCode(code) : '')).join('');
const sorted = (text: string): string => [...text].sort().join('');

test('a token has letters, digits and the fifteen signs of RFC 9110 section 5.6.2', () => {
  assert.equal(allowed(tokenCharacters), sorted(`${digits}${letters}!#$%&'*+-.^_\`|~`));
});

test('a value has everything but control characters, of which it has the tab', () => {
  const refused = Array.from({ length: 256 }, (_, code) => code).filter((code) => valueCharacters[code] === 0);
  assert.deepEqual(refused, [...Array.from({ length: 32 }, (_, code) => code).filter((code) => code !== 9), 127]);
});

test('a target has visible ASCII without quotes, fragments, angle brackets and backslashes', () => {
  assert.equal(allowed(targetCharacters), sorted(`${digits}${letters}-._~:/?[]@!$&'()*+,;=%{}|^\``));
});

test('a host has the characters of names, without the percent sign', () => {
  assert.equal(allowed(hostCharacters), sorted(`${digits}${letters}-._~!$&'()*+,;=`));
});
