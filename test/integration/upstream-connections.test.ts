// Connections to endpoints: shared by all clients, kept within limits and ages, retired before the endpoint closes them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { balanced, eventually } from '../support/balanced.ts';
import type { Script } from '../support/scripted-endpoint.ts';
import { answerOf, echoTarget, ScriptedEndpoint } from '../support/scripted-endpoint.ts';

const timeout = 60_000;
const get = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n';
const post = 'POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\nhi';

describe('connections to endpoints', { timeout }, () => {
  test('are shared by all clients', async () => {
    await using endpoint = await ScriptedEndpoint.open(echoTarget);
    await using here = await balanced({ endpoints: [endpoint] });
    for (let turn = 0; turn < 20; turn++) await here.ask(get);
    assert.equal(endpoint.peers.length, 1);
    assert.equal(here.endpoint().connects, 1);
    assert.equal(here.listener.accepted, 20);
  });

  test('of which no more are kept than the limit says', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint], pool: { connections: { idle: 2 } } });
    const asked = [here.ask(get), here.ask(get), here.ask(get), here.ask(get)];
    const peers = await Promise.all(asked.map(() => endpoint.connection()));
    for (const peer of peers) await peer.request();
    for (const peer of peers) peer.send(answerOf('ok'));
    await Promise.all(asked);
    await eventually(() => peers.filter((peer) => peer.isOver).length === 2, 'two of four connections are closed');
  });

  test('carry no more exchanges than the limit says', async () => {
    await using endpoint = await ScriptedEndpoint.open(echoTarget);
    await using here = await balanced({ endpoints: [endpoint], pool: { connections: { maxExchanges: 3 } } });
    for (let turn = 0; turn < 9; turn++) await here.ask(get);
    assert.equal(endpoint.peers.length, 3);
    await endpoint.peers[0]?.closed();
  });

  test('are closed when nobody asks for longer than the limit', async () => {
    await using endpoint = await ScriptedEndpoint.open(echoTarget);
    await using here = await balanced({ endpoints: [endpoint], pool: { connections: { idleTimeout: '200ms' } } });
    await here.ask(get);
    await endpoint.peers[0]?.closed();
    await here.ask(get);
    assert.equal(endpoint.peers.length, 2);
  });

  test('are not used again when they are too old', async () => {
    await using endpoint = await ScriptedEndpoint.open(echoTarget);
    await using here = await balanced({ endpoints: [endpoint], pool: { connections: { maxAge: '200ms' } } });
    await here.ask(get);
    await sleep(350);
    await here.ask(get);
    assert.equal(endpoint.peers.length, 2);
    await endpoint.peers[0]?.closed();
  });

  test('are retired before the time after which the endpoint says it closes them', async () => {
    await using endpoint = await ScriptedEndpoint.open(async (peer) => {
      for (;;) {
        await peer.request();
        peer.send(answerOf('ok', 'Keep-Alive: timeout=2, max=100\r\n'));
      }
    });
    await using here = await balanced({ endpoints: [endpoint] });
    assert.doesNotMatch(await here.ask(get), /keep-alive/i, 'the hint ends at this hop');
    // It would be kept for a minute without the hint; the endpoint itself never closes it.
    await endpoint.peers[0]?.closed();
    await here.ask(get);
    assert.equal(endpoint.peers.length, 2);
  });

  test('are retired earlier once the endpoint was seen to close them', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint] });
    const first = here.ask(get);
    const peer = await endpoint.connection();
    await peer.request();
    peer.send(answerOf('ok'));
    await first;
    await sleep(700);
    peer.close();
    await once(peer.socket, 'close');
    const second = here.ask(get);
    const next = await endpoint.connection();
    await next.request();
    next.send(answerOf('ok'));
    await second;
    await next.closed();
  });

  test('on which more came than the answer are closed, and no other client sees it', async () => {
    await using endpoint = await ScriptedEndpoint.open(async (peer) => {
      await peer.request();
      peer.send(`${answerOf('right')}${answerOf('wrong')}`);
      await peer.closed();
    });
    await using here = await balanced({ endpoints: [endpoint] });
    for (let turn = 0; turn < 5; turn++) {
      // What comes with the head is seen before anything has been sent on.
      const answer = await here.ask(get);
      assert.match(answer, /^HTTP\/1\.1 502 .*"fault":"body-longer-than-announced"/s);
      assert.doesNotMatch(answer, /wrong/);
    }
    assert.equal(endpoint.peers.length, 5);
  });

  test('on which something comes that nobody asked for are closed', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint] });
    const asked = here.ask(get);
    const peer = await endpoint.connection();
    await peer.request();
    peer.send(answerOf('right'));
    assert.match(await asked, /right$/);
    peer.send(answerOf('wrong'));
    await peer.closed();
  });
});

describe('a connection that the endpoint has closed meanwhile', { timeout }, () => {
  /** Answers one request on each connection, and closes it when a second comes. */
  const closesOnSecond: Script = async (peer) => {
    await peer.request();
    peer.send(answerOf('ok'));
    await peer.until('\r\n\r\n');
    peer.close();
  };

  test('costs a GET a second try, on a fresh connection to the same endpoint', async () => {
    await using endpoint = await ScriptedEndpoint.open(closesOnSecond);
    await using here = await balanced({ endpoints: [endpoint] });
    await here.ask(get);
    assert.match(await here.ask(get), /^HTTP\/1\.1 200 OK\r\n.*ok$/s);
    assert.equal(endpoint.peers.length, 2);
    assert.equal(here.endpoint().retries, 1);
  });

  test('fails a POST, which might be carried out twice', async () => {
    await using endpoint = await ScriptedEndpoint.open(closesOnSecond);
    await using here = await balanced({ endpoints: [endpoint] });
    await here.ask(get);
    assert.match(await here.ask(post), /^HTTP\/1\.1 502 .*"endpoint-closed"/s);
    assert.equal(endpoint.peers.length, 1);
    assert.equal(here.endpoint().retries, 0);
  });

  test('does not lose the body of a PUT that its client has not sent yet', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint] });
    const asked = here.ask(get);
    const stale = await endpoint.connection();
    await stale.request();
    stale.send(answerOf('ok'));
    await asked;

    await using client = await here.connect();
    client.send('PUT / HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n');
    await stale.until('\r\n\r\n');
    stale.close();
    client.send('hello');
    // Either way is right: the client is told, or the endpoint gets all of the request.
    const outcome = await Promise.race([client.answer(), endpoint.connection().then((fresh) => fresh.request())]);
    assert.match(`${outcome.startLine}|${outcome.body}`, /^(HTTP\/1\.1 502 .*|PUT \/ HTTP\/1\.1\|hello)/);
  });
});
