// What may be written for sessions, and what it is read as. Messages stand in test/golden.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { overrideSettings } from './override-settings.ts';
import { stickySettings } from './sticky-settings.ts';

const refuses = (inputs: readonly unknown[], schema: { safeParse(input: unknown): { success: boolean } } = stickySettings): void => {
  for (const input of inputs) assert.equal(schema.safeParse(input).success, false, `${JSON.stringify(input)} is refused`);
};
const accepts = (inputs: readonly unknown[]): void => {
  for (const input of inputs) assert.equal(stickySettings.safeParse(input).success, true, `${JSON.stringify(input)} is accepted`);
};

describe('a cookie that is issued', () => {
  test('needs nothing but a name', () => {
    assert.deepEqual(stickySettings.parse({ cookie: 'SERVER' }), { cookie: 'SERVER', path: '/', secure: false, httpOnly: true });
  });

  test('has the attributes that are given', () => {
    const all = {
      cookie: 'S',
      path: '/a',
      domain: 'a.test',
      secure: true,
      httpOnly: false,
      sameSite: 'strict',
      secret: '0123456789abcdef',
    };
    assert.deepEqual(stickySettings.parse({ ...all, maxAge: '2m' }), { ...all, maxAge: 120_000 });
  });

  test('has a name that is a token', () => {
    accepts(['S', 'server.id', "!#$%&'*+-.^_`|~0", 'x'.repeat(128)].map((cookie) => ({ cookie })));
    refuses(['', 'a b', 'a=b', 'a;b', 'a,b', '"a"', 'a\r\n', 'cookie:a', '\u00e9', 'x'.repeat(129), 5, null].map((cookie) => ({ cookie })));
  });

  test('has nothing in it that would end an attribute or a line', () => {
    refuses(['', 'a', '/a;b', '/a b', '/a\r\nb', '/\u00e9', `/${'x'.repeat(256)}`].map((path) => ({ cookie: 'S', path })));
    refuses(
      ['', '.a.test', 'a.test:80', 'a..test', 'a test', 'a;b', '10.0.0.1', '::1', 'a.test.', '-a.test'].map((domain) => ({
        cookie: 'S',
        domain,
      })),
    );
    accepts(['/', '/a/b', '/a,"b"'].map((path) => ({ cookie: 'S', path })));
    accepts(['localhost', 'shop.a.test', 'A.Test', '1.test', 'xn--bcher-kva.test'].map((domain) => ({ cookie: 'S', domain })));
  });

  test('lasts whole seconds', () => {
    accepts(['1s', '1.5m', '400d'].map((maxAge) => ({ cookie: 'S', maxAge })));
    refuses(['0s', '500ms', '1.5s', '401d', 'none', 60].map((maxAge) => ({ cookie: 'S', maxAge })));
  });

  test('has a secret that is long enough to be one, or none', () => {
    accepts([16, 1024].map((length) => ({ cookie: 'S', secret: 'x'.repeat(length) })));
    refuses(['', 'x'.repeat(15), 'x'.repeat(1025), 1234567890123456, null].map((secret) => ({ cookie: 'S', secret })));
  });

  test('is none that browsers would drop', () => {
    refuses([
      { cookie: 'S', sameSite: 'none' },
      { cookie: 'S', sameSite: 'none', secure: false },
      { cookie: '__Secure-S' },
      { cookie: '__SECURE-S', secure: false },
      { cookie: '__Host-S', path: '/' },
      { cookie: '__Host-S', secure: true, path: '/a' },
      { cookie: '__host-S', secure: true, domain: 'a.test' },
    ]);
    accepts([
      { cookie: 'S', sameSite: 'none', secure: true },
      { cookie: '__Secure-S', secure: true, path: '/a', domain: 'a.test' },
      { cookie: '__Host-S', secure: true },
      { cookie: '__Host-S', secure: true, path: '/' },
      { cookie: '__Hostess-S', path: '/a' },
    ]);
  });
});

describe('a session that is learned', () => {
  test('needs nothing but its place', () => {
    assert.deepEqual(stickySettings.parse({ session: 'cookie:SID' }), {
      session: { kind: 'cookie', name: 'SID' },
      idle: 1_800_000,
      most: 65_536,
    });
  });

  test('is in a header whatever letters that is written in', () => {
    assert.deepEqual(stickySettings.parse({ session: 'header:X-Session', idle: '5m', most: 10 }), {
      session: { kind: 'header', name: 'x-session' },
      idle: 300_000,
      most: 10,
    });
  });

  test('is in nothing else, and not where it never gets to be found', () => {
    refuses(['', 'SID', 'cookie:', 'cookie', 'cookie:a b', 'query:id', 'COOKIE:SID', 'cookie:SID\n', 5].map((session) => ({ session })));
    const ending = [
      'connection',
      'Keep-Alive',
      'te',
      'upgrade',
      'transfer-encoding',
      'x-forwarded-for',
      'forwarded',
      'proxy-authorization',
    ];
    refuses([...ending, 'cookie', 'Set-Cookie'].map((name) => ({ session: `header:${name}` })));
    accepts(['authorization', 'x-user', 'host'].map((name) => ({ session: `header:${name}` })));
  });
});

test('a form is chosen, and nothing of the other one is given with it', () => {
  refuses([
    {},
    null,
    [],
    'S',
    { path: '/' },
    { idle: '5m' },
    { cookie: 'S', session: 'cookie:SID' },
    { cookie: 'S', idle: '5m' },
    { cookie: 'S', most: 10 },
    { session: 'cookie:SID', httpOnly: true },
    { session: 'cookie:SID', secret: '0123456789abcdef' },
    { cookie: 'S', unknown: 1 },
  ]);
});

test('a header that overrides the policy needs somebody who is trusted', () => {
  assert.deepEqual(overrideSettings.parse({ header: 'X-Endpoint', trust: ['10.0.0.0/8'] }), {
    header: 'x-endpoint',
    trust: ['10.0.0.0/8'],
  });
  const header = 'x-endpoint';
  refuses(
    [{ header }, { header, trust: [] }, { header, trust: '10.0.0.0/8' }, { header, trust: ['all'] }, { trust: ['::1'] }],
    overrideSettings,
  );
  refuses(
    ['', 'a b', 'connection', 'X-Forwarded-For'].map((name) => ({ header: name, trust: ['::1'] })),
    overrideSettings,
  );
});

test('every network that may be trusted is one that the override understands', async () => {
  const { Override } = await import('./override.ts');
  for (const network of ['10.0.0.0/8', '192.0.2.7', '0.0.0.0/0', 'fd00::/8', '::1', '::/0', '::ffff:10.0.0.1', '::ffff:10.0.0.0/104']) {
    const settings = overrideSettings.parse({ header: 'x-endpoint', trust: [network] });
    assert.doesNotThrow(() => new Override(settings, []), network);
  }
  refuses([{ header: 'x-endpoint', trust: ['::ffff:10.0.0.0/80'] }], overrideSettings);
});
