// Who may choose an endpoint by a header, and which.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endpointsOf } from '../../../test/support/endpoints.ts';
import { exchangeFacts } from '../../../test/support/http/exchange-facts.ts';
import { Override } from './override.ts';
import { noSlot } from './sessions.ts';

const endpoints = endpointsOf([1, 1, 1]);
const newOverride = (trust: readonly string[] = ['10.0.0.0/8', 'fd00::/8']): Override =>
  new Override({ header: 'x-endpoint', trust }, endpoints);

describe('a header that overrides the policy', () => {
  test('names an endpoint by its address', () => {
    const override = newOverride();
    for (const slot of [0, 1, 2]) assert.equal(override.find(exchangeFacts([`X-Endpoint: e${slot}:80`], '10.1.2.3')), slot);
  });

  test('names nothing that is not of the pool', () => {
    const override = newOverride();
    for (const name of ['', 'e9:80', 'e1', 'E1:80', 'e1:80, e2:80', 'constructor']) {
      assert.equal(override.find(exchangeFacts([`X-Endpoint: ${name}`], '10.1.2.3')), noSlot, name);
    }
    assert.equal(override.find(exchangeFacts([], '10.1.2.3')), noSlot);
  });

  test('is the first one where there are two', () => {
    assert.equal(newOverride().find(exchangeFacts(['X-Endpoint: e2:80', 'X-Endpoint: e1:80'], '10.1.2.3')), 2);
  });

  test('is not looked at when it comes from anybody else', () => {
    const override = newOverride();
    const peers = ['11.0.0.1', '192.0.2.1', '::1', 'unknown', '', '::ffff:11.0.0.1'];
    for (const peer of peers) assert.equal(override.find(exchangeFacts(['X-Endpoint: e1:80'], peer)), noSlot, peer);
  });

  test('is believed from trusted peers of both versions, also where IPv4 comes as IPv6', () => {
    const override = newOverride();
    for (const peer of ['10.255.0.1', 'fd00::1', '::ffff:10.0.0.1'])
      assert.equal(override.find(exchangeFacts(['X-Endpoint: e1:80'], peer)), 1, peer);
  });

  test('is judged for each peer anew', () => {
    const override = newOverride();
    const from = (peer: string): number => override.find(exchangeFacts(['X-Endpoint: e1:80'], peer));
    assert.deepEqual(['10.0.0.1', '192.0.2.1', '10.0.0.1', '10.0.0.1', '192.0.2.1', '192.0.2.1'].map(from), [
      1,
      noSlot,
      1,
      1,
      noSlot,
      noSlot,
    ]);
  });

  test('is judged by the peer, not by whom the peer speaks for', () => {
    const facts = { ...exchangeFacts(['X-Endpoint: e1:80'], '192.0.2.1'), client: '10.0.0.1' };
    assert.equal(newOverride().find(facts), noSlot);
    assert.equal(newOverride().find({ ...exchangeFacts(['X-Endpoint: e1:80'], '10.0.0.1'), client: '192.0.2.1' }), 1);
  });

  test('names a socket whose path has letters beyond ASCII by its bytes', () => {
    const [first] = endpoints;
    const override = new Override({ header: 'x-endpoint', trust: ['10.0.0.1'] }, [{ ...first, id: 'unix:/run/\u00e9.sock' }]);
    assert.equal(override.find(exchangeFacts(['X-Endpoint: unix:/run/\u00c3\u00a9.sock'], '10.0.0.1')), 0);
  });

  test('cannot be trusted from what is no network', () => {
    assert.throws(() => newOverride(['localhost']), /localhost is no network/);
  });
});
