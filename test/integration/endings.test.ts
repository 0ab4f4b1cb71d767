// Ends in the middle: a client that leaves spares the endpoint the rest, and an endpoint that dies leaves the client with an answer that
// shows that it is not whole.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { documentedOnly } from '../../src/data-plane/sockets/native-stream.ts';
import { balanced, eventually } from '../support/balanced.ts';
import { answerOf, ScriptedEndpoint } from '../support/scripted-endpoint.ts';

const timeout = 60_000;
const get = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n';

for (const { name, abilities } of [
  { name: 'with all that Node.js can do', abilities: undefined },
  { name: 'with what Node.js documents', abilities: documentedOnly },
]) {
  describe(`a client that leaves, ${name},`, { timeout }, () => {
    for (const how of ['close', 'reset', 'end'] as const) {
      test(`by ${how} while it waits ends the attempt`, async () => {
        await using endpoint = await ScriptedEndpoint.open();
        await using here = await balanced({ endpoints: [endpoint], abilities });
        await using client = await here.connect();
        client.send(get);
        const upstream = await endpoint.connection();
        await upstream.request();
        client[how]();
        await upstream.closed();
        await eventually(() => here.endpoint().inFlight === 0 && here.listener.openConnections === 0, 'nothing is left');
        assert.equal(here.listener.clientsGone, 1);
        assert.equal(here.listener.exchangesInFlight, 0);
        assert.equal(here.endpoint().ignored, 1);
        assert.equal(here.endpoint().failed, 0, 'the endpoint is not to blame');
      });
    }

    test('in the middle of the answer ends the attempt', async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint], abilities });
      await using client = await here.connect();
      client.send(get);
      const upstream = await endpoint.connection();
      await upstream.request();
      upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nabc');
      await client.until('abc');
      client.close();
      await upstream.closed();
      await eventually(() => here.endpoint().inFlight === 0 && here.listener.openConnections === 0, 'nothing is left');
    });

    test('in the middle of its upload ends the attempt', async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint], abilities });
      await using client = await here.connect();
      client.send('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000000\r\n\r\nabc');
      const upstream = await endpoint.connection();
      await upstream.until('abc');
      client.close();
      await upstream.closed();
      await eventually(() => here.endpoint().inFlight === 0 && here.listener.openConnections === 0, 'nothing is left');
    });

    test('after an upload that the endpoint was slow to read ends the attempt', async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint], abilities });
      await using client = await here.connect();
      const size = 20_000_000;
      client.send(`POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${size}\r\n\r\n`);
      const upstream = await endpoint.connection();
      await upstream.until('\r\n\r\n');
      upstream.socket.pause();
      client.send(Buffer.alloc(size, 'x'));
      await eventually(() => client.socket.writableLength > 0, 'the client is held back');
      upstream.socket.resume();
      assert.ok((await upstream.bytes(size)).length === size);
      client.close();
      await upstream.closed();
    });

    test('with a pipelined request unread ends the attempt', async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint], abilities });
      await using client = await here.connect();
      client.send(get + get);
      const upstream = await endpoint.connection();
      await upstream.request();
      client.close();
      await upstream.closed();
    });
  });

  describe(`an endpoint that dies in the middle of its answer, ${name},`, { timeout }, () => {
    const cases = [
      { what: 'by an early end of a counted body', answer: 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', how: 'end' },
      { what: 'by a reset in a counted body', answer: 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', how: 'reset' },
      { what: 'by an end without the last chunk', answer: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', how: 'end' },
      { what: 'by an end within a chunk', answer: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nabc', how: 'end' },
      {
        what: 'by an end within the trailers',
        answer: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n',
        how: 'end',
      },
      { what: 'by a reset of a body up to the end', answer: 'HTTP/1.1 200 OK\r\n\r\nabc', how: 'reset' },
    ] as const;
    for (const { what, answer, how } of cases) {
      for (const version of ['1.1', '1.0']) {
        test(`${what}, leaves HTTP/${version} with a broken answer`, async () => {
          await using endpoint = await ScriptedEndpoint.open();
          await using here = await balanced({ endpoints: [endpoint], abilities });
          await using client = await here.connect();
          client.send(`GET / HTTP/${version}\r\nHost: a.test\r\n\r\n`);
          const upstream = await endpoint.connection();
          await upstream.request();
          upstream.send(answer);
          const head = await client.until('\r\n\r\n');
          await client.until('abc');
          upstream[how]();
          const { ending, rest } = await client.over();
          if (/Content-Length/.test(head)) assert.equal(rest, '', 'fewer bytes than announced');
          else if (version === '1.1') assert.doesNotMatch(rest, /0\r\n\r\n/, 'no last chunk');
          else assert.equal(ending, 'reset', 'an end would look like the end of the answer');
          assert.equal(here.listener.brokenAnswers, 1);
          assert.equal(here.endpoint().failed, 1);
          assert.equal(here.endpoint().inFlight, 0);
        });
      }
    }

    test('before the end of its head, is answered for with 502', async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint], abilities });
      await using client = await here.connect();
      client.send('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n');
      const upstream = await endpoint.connection();
      await upstream.request();
      upstream.send('HTTP/1.1 200 OK\r\nX: ');
      upstream.end();
      assert.match((await client.answer()).head, /^HTTP\/1\.1 502 /);
    });
  });
}

describe('an answer that comes before the end of its upload', { timeout }, () => {
  for (const { what, size } of [
    { what: 'short', size: 10 },
    { what: 'long', size: 3_000_000 },
  ]) {
    for (const endpointCloses of [true, false]) {
      test(`reaches the client whole (${what}, the endpoint ${endpointCloses ? 'closes' : 'stays open'})`, async () => {
        await using endpoint = await ScriptedEndpoint.open();
        await using here = await balanced({ endpoints: [endpoint] });
        await using client = await here.connect();
        client.send('POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100000000\r\n\r\n');
        client.send(Buffer.alloc(5_000_000, 'u'));
        const upstream = await endpoint.connection();
        await upstream.until('\r\n\r\n');
        upstream.socket.pause();
        upstream.send(`HTTP/1.1 403 Forbidden\r\nContent-Length: ${size}\r\n\r\n${'n'.repeat(size)}`);
        if (endpointCloses) upstream.end();
        const { startLine, body } = await client.answer();
        assert.equal(startLine, 'HTTP/1.1 403 Forbidden');
        assert.ok(body === 'n'.repeat(size));
        // The client may go on to send all it has, and reads an orderly end.
        assert.equal((await client.over()).ending, 'end');
        client.send(Buffer.alloc(1_000_000, 'u'));
        upstream.socket.resume();
        await upstream.closed();
      });
    }
  }
});

test('the answer to a client that closes its connection with the request is whole', { timeout }, async () => {
  await using endpoint = await ScriptedEndpoint.open(async (peer) => {
    for (;;) {
      await peer.request();
      peer.send(answerOf('x'.repeat(3_000_000)));
    }
  });
  await using here = await balanced({ endpoints: [endpoint] });
  await using client = await here.connect();
  client.send('GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n');
  assert.ok((await client.answer()).body === 'x'.repeat(3_000_000));
  assert.equal((await client.over()).ending, 'end');
});
