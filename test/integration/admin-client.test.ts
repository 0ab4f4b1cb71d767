// The client by itself: what it loads, and which addresses it takes. What it says and hears is in test/integration/admin-config.test.ts.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { AdminError, connectAdmin } from '../../src/client.ts';

test('loads nothing of the server: all that it imports are types', () => {
  const text = readFileSync(new URL('../../src/client.ts', import.meta.url), 'utf8');
  const imports = text.split('\n').filter((line) => /^(import|export .* from)\b|\bimport\(/.test(line));
  assert.ok(imports.length > 3);
  assert.deepEqual(
    imports.filter((line) => !line.startsWith('import type ')),
    [],
  );
});

test('addresses that are none are told at once', () => {
  for (const address of ['127.0.0.1:9900', 'ftp://127.0.0.1', '', 'localhost'])
    assert.throws(() => connectAdmin({ address }), /expected an address such as http:\/\/127\.0\.0\.1:9900/, address);
  for (const address of ['http://[::1]:9900', 'https://balancer.example.com', 'unix:/run/admin.sock']) connectAdmin({ address });
});

test('an answer that says no is told with all that is wrong', () => {
  const error = new AdminError(422, { error: 'Mistakes.', issues: ['one', 'two'] });
  assert.deepEqual([error.message, error.status, error.name], ['422: Mistakes.\none\ntwo', 422, 'AdminError']);
});
