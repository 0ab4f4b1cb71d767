// Texts made of requests: templates, paths and headers, and what clients can put into them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Rewrite } from '../route-rules.ts';
import { compileHeaders } from './header-changes.ts';
import { compileLocation, compileRewrite, withPath } from './rewriting.ts';
import type { TemplateFacts } from './template.ts';
import { parseTemplate, templateOf } from './template.ts';

function factsOf(target: string, captures: Readonly<Record<string, string>> = {}, fields = ''): TemplateFacts {
  const rest = { minor: 1, length: 0, keepAlive: true, upgrade: '', expectsContinue: false, acceptsTrailers: false, hopByHop: [] };
  const path = target.split('?', 1)[0] ?? '';
  const head = { method: 'GET', target, path, host: 'Shop.Test.:8080', fields, ...rest, forwarded: undefined };
  return { request: head, client: '192.0.2.1', peer: '192.0.2.1', captures: new Map(Object.entries(captures)), requestId: 'id' };
}

describe('a template', () => {
  const forms: readonly (readonly [written: string, text: string])[] = [
    ['', ''],
    ['plain } text', 'plain } text'],
    ['{host}{path}{query}{uri}', 'shop.test/aq=1&r/a?q=1&r'],
    ['{scheme} {client} {method} {request-id}', 'http 192.0.2.1 GET id'],
    ['{header:X-One}{header:none}-{cookie:c}-{query:q}-{path:p}', 'eins-zwei-1-drei'],
    ['{?query}', '?q=1&r'],
    ['{{host}', '{host}'],
    ['{"a":1}'.replace('{', '{{'), '{"a":1}'],
  ];
  for (const [written, text] of forms) {
    test(`${written} is ${text}`, () => {
      assert.equal(templateOf(written)(factsOf('/a?q=1&r', { p: 'drei' }, 'X-One: eins\r\nCookie: c=zwei\r\n')), text);
    });
  }

  test('of anything else is refused', () => {
    for (const written of ['{', '{}', '{hots}', '{toString}', '{header}', '{header:}', '{header:a b}', '{a', '{ host }', '{toString:x}'])
      assert.ok(!parseTemplate(written).ok, written);
    assert.ok(!parseTemplate('{path:a}', new Set(['b'])).ok);
    assert.ok(parseTemplate('{path:a}', new Set(['a'])).ok);
  });
});

describe('a path that goes on', () => {
  const rewritten = (rewrite: Rewrite, target: string, captures: Readonly<Record<string, string>> = {}, fields = ''): string => {
    const facts = factsOf(target, captures, fields);
    return withPath(facts.request, compileRewrite(rewrite)(facts)).target;
  };

  test('is made of a template, with what the star took', () => {
    assert.equal(rewritten({ path: '/v2/*' }, '/api/x?y', { '*': 'x' }), '/v2/x?y');
    assert.equal(rewritten({ path: '/v2?fixed=1' }, '/x?y'), '/v2?fixed=1&y');
  });

  test('is made by an expression, of its first match', () => {
    assert.equal(rewritten({ match: '^/a/([^/]+)', to: '/b/$1$1$$$9' }, '/a/x/y?q'), '/b/xx$/y?q');
    assert.equal(rewritten({ match: 'x', to: 'z' }, '/axbx'), '/azbx');
    assert.equal(rewritten({ match: '^', to: '/pre' }, '/a'), '/pre/a');
    assert.equal(rewritten({ match: '$', to: '/post?d=e' }, '/a?b=c'), '/a/post?d=e&b=c');
    assert.equal(rewritten({ match: 'none', to: 'z' }, '/a?b'), '/a?b');
    assert.equal(rewritten({ match: '^/a', to: '' }, '/a'), '/');
  });

  test('holds no character that a request may not have', () => {
    assert.equal(rewritten({ path: '/{header:x}' }, '/a', {}, 'X: a b"#\xff\t\r\n'), '/a%20b%22%23%FF');
    assert.equal(rewritten({ path: '/x' }, '*'), '*');
  });

  const readings: readonly (readonly [title: string, rewrite: Rewrite, came: string, goes: string])[] = [
    ['no two slashes around a value that is missing', { path: '/{query:none}/b?{query:c}' }, '/a?c=//d', '/b?//d&c=//d'],
    ['no two slashes around a group that took nothing', { match: '^/([^/]*)', to: '/v/$1/w' }, '/', '/v/w'],
    ['no way up that a part which gave way has left', { match: '^/img', to: '/' }, '/img../secret', '/secret'],
    ['no way up that a client writes elsewhere', { path: '/u/{query:user}/data' }, '/x?user=../admin', '/u/admin/data?user=../admin'],
    ['no hidden one either', { path: '/u/{query:user}/data' }, '/x?user=%2e%2E%2Fadmin', '/u/data?user=%2e%2E%2Fadmin'],
    ['none that two values make together', { path: '/u/{query:a}{query:b}' }, '/x?a=%2&b=e', '/u/?a=%2&b=e'],
    ['no segment of one dot', { match: '^/img', to: '/' }, '/img.', '/'],
    ['two slashes where a part gives way to one before another, as nginx does', { match: '^/api', to: '/' }, '/api/a', '//a'],
    ['dots that are none', { match: '^/img', to: '/' }, '/img.../a..b', '/.../a..b'],
    ['what the listener let pass', { match: '^/img', to: '/new/' }, '/img//a', '/new///a'],
    ['dots that the listener let pass', { match: '^/img', to: '/new' }, '/img/../a', '/new/../a'],
  ];
  for (const [title, rewrite, came, goes] of readings) test(`holds ${title}`, () => assert.equal(rewritten(rewrite, came), goes));
});

test('a redirect leads to no host that is a path of the request', () => {
  const leads = (to: string, target: string, captures: Readonly<Record<string, string>> = {}): string =>
    compileLocation(to)(factsOf(target, captures));
  assert.equal(leads('{uri}', '//evil.test/a?b'), '/evil.test/a?b');
  assert.equal(leads('/{path:*}{?query}', '/a//evil.test', { '*': '/evil.test' }), '/evil.test');
  assert.equal(leads('//shop.test{uri}', '/a?b'), '//shop.test/a?b');
  assert.equal(leads('https://shop.test{path}{?query}#{query:b}', '/a?b="'), 'https://shop.test/a?b=%22#%22');
});

describe('headers', () => {
  const lines = 'Host: a\r\nX-One: 1\r\nx-two: 2\r\nX-ONE: 3\r\n';

  test('are taken out, set and added', () => {
    const changes = compileHeaders({ set: { 'X-Two': '{client}' }, add: { 'X-Three': 'a', 'X-None': '{cookie:none}' }, remove: ['x-one'] });
    assert.equal(changes.apply(lines, factsOf('/')), 'Host: a\r\nX-Two: 192.0.2.1\r\nX-Three: a\r\n');
    assert.equal(changes.strip('X-Two: x\r\nVia: y\r\nX-Three: z\r\n'), 'Via: y\r\nX-Three: z\r\n');
  });

  test('cannot be made to hold an end of line or a character beyond a byte', () => {
    const changes = compileHeaders({ set: { 'X-Path': '{path:p}' }, add: {}, remove: [] });
    assert.equal(changes.apply('', factsOf('/', { p: 'a\r\nX-Evil: 1\u4e00\0' })), 'X-Path: a??X-Evil: 1??\r\n');
  });
});
