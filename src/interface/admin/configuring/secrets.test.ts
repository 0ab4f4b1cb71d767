// Secrets that stand in a document are not shown, and come back as they were.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeholder, secretlessAt, withoutSecrets, withSecrets } from './secrets.ts';

const written = {
  admin: { bind: ':1', token: 'abc', tokens: { read: ['one', '$' + '{env:TWO}'], full: 'three' } },
  pools: { web: { sticky: { cookie: 'S', secret: 'def' }, health: { redis: { user: 'u', password: 'ghi' } }, endpoints: ['10.0.0.1:80'] } },
};

test('only what was written plainly is hidden', () => {
  assert.deepEqual(withoutSecrets(written), {
    admin: { bind: ':1', token: placeholder, tokens: { read: [placeholder, '$' + '{env:TWO}'], full: placeholder } },
    pools: {
      web: {
        sticky: { cookie: 'S', secret: placeholder },
        health: { redis: { user: 'u', password: placeholder } },
        endpoints: ['10.0.0.1:80'],
      },
    },
  });
});

test('a part that comes back is what it was', () => {
  const { web } = written.pools;
  assert.deepEqual(withSecrets(secretlessAt(['pools', 'web'], web), written, ['pools', 'web']), { value: web });
  assert.deepEqual(withSecrets({ password: placeholder }, written, ['pools', 'web', 'health', 'redis']), { value: { password: 'ghi' } });
  assert.deepEqual(withSecrets('plain', written, ['pools', 'web', 'balance']), { value: 'plain' });
});

const found = {
  pools: {
    web: { discover: { http: 'http://a.test/list?token=abc', headers: { authorization: 'Bearer def', accept: '$' + '{env:ACCEPT}' } } },
    plain: { discover: { http: 'http://a.test/list' }, health: { http: '/healthz?deep=1' } },
    known: {
      discover: { http: 'http://a.test/list?token=$' + '{env:TOKEN}' },
      health: { http: { path: '/', headers: { cookie: 'ghi' } } },
    },
  },
};

test('what clients are told is no secret', () => {
  const answer = { listeners: [{ routes: [{ respond: { status: 200, headers: { 'x-a': 'b' } } }] }] };
  assert.deepEqual(withoutSecrets(answer), answer);
});

test('what is sent to sources of endpoints and by probes is hidden, and comes back', () => {
  const { web, plain, known } = found.pools;
  const hidden = withoutSecrets(found);
  assert.deepEqual(hidden, {
    pools: {
      web: {
        discover: { http: `http://a.test/list?${placeholder}`, headers: { authorization: placeholder, accept: '$' + '{env:ACCEPT}' } },
      },
      plain,
      known: { ...known, health: { http: { path: '/', headers: { cookie: placeholder } } } },
    },
  });
  assert.deepEqual(withSecrets(hidden, found, []), { value: found });
  assert.equal(secretlessAt(['pools', 'web', 'discover', 'http'], web.discover.http), `http://a.test/list?${placeholder}`);
  assert.equal(secretlessAt(['pools', 'web', 'discover', 'headers', 'authorization'], 'Bearer def'), placeholder);
  assert.deepEqual(withSecrets(`http://a.test/list?${placeholder}`, found, ['pools', 'web', 'discover', 'http']), {
    value: web.discover.http,
  });
});

test('a placeholder stands for nothing anywhere else', () => {
  assert.equal(withSecrets({ sticky: { secret: placeholder } }, written, ['pools', 'other']), undefined);
  assert.equal(withSecrets({ endpoints: [placeholder, placeholder] }, written, ['pools', 'web']), undefined);
  assert.equal(withSecrets({ sticky: placeholder }, written, ['pools', 'web']), undefined, 'a section is no secret');
  const elsewhere = `http://b.test/list?${placeholder}`;
  assert.equal(
    withSecrets(elsewhere, found, ['pools', 'web', 'discover', 'http']),
    undefined,
    'the token of one server is not sent to another',
  );
});

test('names of pools hide nothing, and show nothing', () => {
  const pools = {
    tokens: { endpoints: ['10.0.0.1:80'], sticky: { cookie: 'S', secret: 'def' } },
    health: { endpoints: ['10.0.0.1:80'], lastResort: { headers: { a: 'b' } } },
    token: { endpoints: ['10.0.0.1:80'], health: { http: { path: '/', headers: { cookie: 'ghi' } } } },
  };
  const shown = {
    tokens: { ...pools.tokens, sticky: { cookie: 'S', secret: placeholder } },
    health: pools.health,
    token: { ...pools.token, health: { http: { path: '/', headers: { cookie: placeholder } } } },
  };
  assert.deepEqual(withoutSecrets({ pools }), { pools: shown });
  for (const name of ['tokens', 'health', 'token'] as const) assert.deepEqual(secretlessAt(['pools', name], pools[name]), shown[name]);
});
