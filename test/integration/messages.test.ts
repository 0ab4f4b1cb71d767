// Requests and answers on their way through: keep-alive, pipelining, bodies, trailers, HEAD, answers before the answer, targets.
// The core runs twice: with what Node.js can do on Linux, and with nothing but what it documents.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { documentedOnly } from '../../src/data-plane/sockets/native-stream.ts';
import { balanced } from '../support/balanced.ts';
import { always, answerOf, echoHead, echoTarget, ScriptedEndpoint } from '../support/scripted-endpoint.ts';

const timeout = 60_000;

for (const { name, abilities } of [
  { name: 'with all that Node.js can do', abilities: undefined },
  { name: 'with what Node.js documents', abilities: documentedOnly },
]) {
  describe(`messages ${name}`, { timeout }, () => {
    test('one connection carries one exchange after another', async () => {
      await using endpoint = await ScriptedEndpoint.open(echoTarget);
      await using here = await balanced({ endpoints: [endpoint], abilities });
      await using client = await here.connect();
      for (const path of ['/one', '/two', '/three']) {
        client.send(`GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`);
        const { startLine, body } = await client.answer();
        assert.deepEqual([startLine, body], ['HTTP/1.1 200 OK', `GET ${path} HTTP/1.1`]);
      }
      assert.equal(endpoint.peers.length, 1);
      assert.equal(here.listener.accepted, 1);
      assert.equal(here.listener.exchanges, 3);
      assert.equal(here.endpoint().succeeded, 3);
    });

    test('pipelined requests are answered in their order, one at a time', async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint], abilities });
      await using client = await here.connect();
      const paths = Array.from({ length: 50 }, (_, index) => `/${index}`);
      client.send(paths.map((path) => `POST ${path} HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc`).join(''));
      const upstream = await endpoint.connection();
      for (const path of paths) {
        const { startLine, body } = await upstream.request();
        assert.deepEqual([startLine, body], [`POST ${path} HTTP/1.1`, 'abc']);
        assert.equal(upstream.received, '', 'the next request waits for its turn');
        upstream.send(answerOf(path));
        assert.equal((await client.answer()).body, path);
      }
    });

    test('bodies with a length pass both ways', async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint], abilities });
      await using client = await here.connect();
      client.send('PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 10\r\n\r\n01234');
      const upstream = await endpoint.connection();
      assert.match(await upstream.until('01234'), /^PUT \/ HTTP\/1\.1\r\nHost: a\.test\r\nContent-Length: 10\r\n/);
      client.send('56789');
      assert.equal(await upstream.bytes(5), '56789');
      upstream.send('HTTP/1.1 201 Made\r\nContent-Length: 6\r\n\r\nabc');
      assert.match(await client.until('abc'), /^HTTP\/1\.1 201 Made\r\nContent-Length: 6\r\n\r\n/);
      upstream.send('def');
      assert.equal(await client.bytes(3), 'def');
    });

    test('bodies in chunks pass both ways, with their trailers', async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint], abilities });
      await using client = await here.connect();
      client.send('POST / HTTP/1.1\r\nHost: a.test\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n');
      client.send('5;extension\r\nhello\r\n1\r\n \r\n');
      const upstream = await endpoint.connection();
      client.send('5\r\nworld\r\n0\r\nX-Sum: 11\r\n\r\n');
      const request = await upstream.request();
      assert.deepEqual([request.body, request.trailers], ['hello world', ['X-Sum: 11']]);
      assert.ok(request.lines.includes('TE: trailers') && request.lines.includes('Transfer-Encoding: chunked'));
      upstream.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Time, X-More\r\n\r\n');
      upstream.send('3\r\nabc\r\n');
      await client.until('3\r\nabc\r\n');
      upstream.send('2\r\nde\r\n0\r\nX-Time: 5\r\nX-More: yes\r\n\r\n');
      assert.equal(await client.until('\r\n\r\n'), '2\r\nde\r\n0\r\nX-Time: 5\r\nX-More: yes\r\n\r\n');
      client.send('GET /next HTTP/1.1\r\nHost: a.test\r\n\r\n');
      assert.equal((await upstream.request()).startLine, 'GET /next HTTP/1.1');
    });

    test('an answer to HEAD has the length and no body, and the connection goes on', async () => {
      await using endpoint = await ScriptedEndpoint.open(always('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n'));
      await using here = await balanced({ endpoints: [endpoint], abilities });
      await using client = await here.connect();
      for (let turn = 0; turn < 3; turn++) {
        client.send('HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n');
        const { lines } = await client.answer(true);
        assert.deepEqual(lines, ['Content-Length: 1000']);
      }
      assert.equal(endpoint.peers.length, 1);
    });

    test('204 and 304 have no body, whatever they announce', async () => {
      const answers = ['204 No Content\r\n', '304 Not Modified\r\nContent-Length: 77\r\n'];
      await using endpoint = await ScriptedEndpoint.open(async (peer) => {
        for (;;) peer.send(`HTTP/1.1 ${answers[Number((await peer.request()).startLine.slice(5, 6))]}\r\n`);
      });
      await using here = await balanced({ endpoints: [endpoint], abilities });
      await using client = await here.connect();
      for (const path of [0, 1, 0, 1]) {
        client.send(`GET /${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`);
        assert.equal(await client.until('\r\n\r\n'), `HTTP/1.1 ${answers[path]}\r\n`);
      }
      assert.equal(endpoint.peers.length, 1);
    });

    test('Expect: 100-continue is answered by the endpoint, and only then the body is sent', async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint], abilities });
      await using client = await here.connect();
      client.send('POST / HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n');
      const upstream = await endpoint.connection();
      const head = await upstream.until('\r\n\r\n');
      assert.match(head, /\r\nExpect: 100-continue\r\n/);
      assert.equal(client.received, '');
      upstream.send('HTTP/1.1 100 Continue\r\n\r\n');
      assert.equal(await client.until('\r\n\r\n'), 'HTTP/1.1 100 Continue\r\n\r\n');
      client.send('hello');
      assert.equal(await upstream.bytes(5), 'hello');
      upstream.send(answerOf('thanks'));
      assert.equal((await client.answer()).body, 'thanks');
      assert.equal(here.endpoint().status1xx, 1);
    });

    test('a final answer in place of 100 ends the exchange, and the body is not waited for', async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint], abilities });
      await using client = await here.connect();
      client.send('POST / HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n');
      const upstream = await endpoint.connection();
      await upstream.until('\r\n\r\n');
      upstream.send('HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\n\r\nno');
      const { startLine, lines, body } = await client.answer();
      assert.deepEqual([startLine, body], ['HTTP/1.1 417 Expectation Failed', 'no']);
      assert.ok(lines.includes('Connection: close'), 'whether the body still comes cannot be known');
      assert.equal((await client.over()).ending, 'end');
      await upstream.closed();
    });

    test('early hints come at once, and before the answer', async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint], abilities });
      await using client = await here.connect();
      client.send('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n');
      const upstream = await endpoint.connection();
      await upstream.request();
      for (const hint of ['</a.css>', '</b.css>']) {
        upstream.send(`HTTP/1.1 103 Early Hints\r\nLink: ${hint}\r\n\r\n`);
        assert.equal(await client.until('\r\n\r\n'), `HTTP/1.1 103 Early Hints\r\nLink: ${hint}\r\n\r\n`);
      }
      upstream.send(answerOf('page'));
      assert.equal((await client.answer()).body, 'page');
    });

    test('an absolute target goes on in origin form', async () => {
      await using endpoint = await ScriptedEndpoint.open(echoHead);
      await using here = await balanced({ endpoints: [endpoint], abilities });
      const answer = await here.ask('GET http://a.test/path?query HTTP/1.1\r\nHost: a.test\r\n\r\n');
      assert.match(answer, /GET \/path\?query HTTP\/1\.1\r\nHost: a\.test\r\n/);
    });

    test('OPTIONS * goes on as it is', async () => {
      await using endpoint = await ScriptedEndpoint.open(echoTarget);
      await using here = await balanced({ endpoints: [endpoint], abilities });
      assert.match(await here.ask('OPTIONS * HTTP/1.1\r\nHost: a.test\r\n\r\n'), /OPTIONS \* HTTP\/1\.1$/);
    });

    test('CONNECT is refused', async () => {
      await using endpoint = await ScriptedEndpoint.open();
      await using here = await balanced({ endpoints: [endpoint], abilities });
      const answer = await here.ask('CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n');
      assert.match(answer, /^HTTP\/1\.1 501 .*"method-not-implemented"/s);
      assert.equal(endpoint.peers.length, 0);
    });
  });
}
