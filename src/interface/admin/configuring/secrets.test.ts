// Secrets that stand in a document are not shown, and come back as they were.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeholder, withoutSecrets, withSecrets } from './secrets.ts';

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
  assert.deepEqual(withSecrets(withoutSecrets(web), written, ['pools', 'web']), { value: web });
  assert.deepEqual(withSecrets({ password: placeholder }, written, ['pools', 'web', 'health', 'redis']), { value: { password: 'ghi' } });
  assert.deepEqual(withSecrets('plain', written, ['pools', 'web', 'balance']), { value: 'plain' });
});

test('a placeholder stands for nothing anywhere else', () => {
  assert.equal(withSecrets({ sticky: { secret: placeholder } }, written, ['pools', 'other']), undefined);
  assert.equal(withSecrets({ endpoints: [placeholder, placeholder] }, written, ['pools', 'web']), undefined);
  assert.equal(withSecrets({ sticky: placeholder }, written, ['pools', 'web']), undefined, 'a section is no secret');
});
