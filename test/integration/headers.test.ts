// What becomes of header fields on their way: those of one connection end here, who the client is gets told, all others pass as they are.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { balanced } from '../support/balanced.ts';
import { ScriptedEndpoint } from '../support/scripted-endpoint.ts';

const timeout = 60_000;

interface Seen {
  readonly request: readonly string[];
  readonly answer: readonly string[];
  readonly port: string;
}

/** Sends the lines of a request and of its answer through, and gives what came out on each side. */
async function pass(parts: { request?: readonly string[]; answer?: readonly string[]; listener?: object }): Promise<Seen> {
  await using endpoint = await ScriptedEndpoint.open();
  await using here = await balanced({ endpoints: [endpoint], listener: parts.listener ?? {} });
  await using client = await here.connect();
  client.send(`GET / HTTP/1.1\r\n${(parts.request ?? ['Host: a.test']).map((line) => `${line}\r\n`).join('')}\r\n`);
  const upstream = await endpoint.connection();
  const request = await upstream.request();
  upstream.send(`HTTP/1.1 200 OK\r\n${(parts.answer ?? ['Content-Length: 0']).map((line) => `${line}\r\n`).join('')}\r\n`);
  const answer = await client.answer();
  assert.ok(here.bound.bind.kind === 'tcp');
  return { request: request.lines, answer: answer.lines, port: String(here.bound.bind.port) };
}

const told = /^(x-forwarded-|forwarded:)/i;
const untold = (lines: readonly string[]): string[] => lines.filter((line) => !told.test(line));

describe('header fields', { timeout }, () => {
  test('pass both ways in their order and spelling', async () => {
    const request = [
      'hOsT: A.Test:8080',
      'b: 2',
      'A: 1',
      'B: 3',
      'X-Empty:',
      'Cookie: a=b',
      'cookie: c=d',
      'Accept: */*,\ttext/html',
      'X-High: \xff',
    ];
    const answer = ['Set-Cookie: a=1', 'content-LENGTH: 0', 'set-cookie: b=2', 'Z: 1', 'ETag: "x"', 'A: 2'];
    const seen = await pass({ request, answer });
    assert.deepEqual(untold(seen.request), request);
    assert.deepEqual(seen.answer, answer);
  });

  test('of one connection end here, also those that Connection names', async () => {
    const seen = await pass({
      request: [
        'Host: a.test',
        'Connection: keep-alive, X-Mine, x-also',
        'X-Mine: 1',
        'X-ALSO: 2',
        'Keep-Alive: timeout=5',
        'Proxy-Connection: keep-alive',
        'Proxy-Authorization: Basic x',
        'TE: gzip',
        'X-Stays: 1',
      ],
      answer: [
        'Content-Length: 0',
        'Connection: X-Theirs, keep-alive',
        'x-theirs: 1',
        'Keep-Alive: timeout=50',
        'Proxy-Authenticate: x',
        'X-Stays: 2',
      ],
    });
    assert.deepEqual(untold(seen.request), ['Host: a.test', 'X-Stays: 1']);
    assert.deepEqual(seen.answer, ['Content-Length: 0', 'X-Stays: 2']);
  });

  test('TE: trailers is passed on as this hop is able to carry them', async () => {
    const seen = await pass({ request: ['Host: a.test', 'TE: trailers, gzip', 'Connection: TE'] });
    assert.deepEqual(untold(seen.request), ['Host: a.test', 'Connection: TE', 'TE: trailers']);
  });
});

describe('who the client is', { timeout }, () => {
  const lies = [
    'Host: a.test',
    'X-Forwarded-For: 1.2.3.4',
    'x-forwarded-proto: https',
    'X-Forwarded-Host: evil.test',
    'X-Forwarded-Port: 443',
    'Forwarded: for=1.2.3.4;proto=https',
  ];

  test('is told to the endpoint', async () => {
    const { request, port } = await pass({});
    assert.deepEqual(request, [
      'Host: a.test',
      'X-Forwarded-For: 127.0.0.1',
      'X-Forwarded-Proto: http',
      'X-Forwarded-Host: a.test',
      `X-Forwarded-Port: ${port}`,
      'Forwarded: for=127.0.0.1;host=a.test;proto=http',
    ]);
  });

  test('is not what a client says that nobody trusts', async () => {
    const { request, port } = await pass({ request: lies });
    assert.deepEqual(
      request.filter((line) => told.test(line)),
      [
        'X-Forwarded-For: 127.0.0.1',
        'X-Forwarded-Proto: http',
        'X-Forwarded-Host: a.test',
        `X-Forwarded-Port: ${port}`,
        'Forwarded: for=127.0.0.1;host=a.test;proto=http',
      ],
    );
  });

  test('is added to what a trusted balancer says', async () => {
    const { request } = await pass({ request: lies, listener: { forwarding: { trust: ['127.0.0.0/8'] } } });
    assert.deepEqual(
      request.filter((line) => told.test(line)),
      [
        'X-Forwarded-For: 1.2.3.4, 127.0.0.1',
        'X-Forwarded-Proto: https',
        'X-Forwarded-Host: evil.test',
        'X-Forwarded-Port: 443',
        'Forwarded: for=1.2.3.4;proto=https, for=127.0.0.1;host=a.test;proto=http',
      ],
    );
  });

  test('follows each request of a connection, whatever host it asks for', async () => {
    await using endpoint = await ScriptedEndpoint.open();
    await using here = await balanced({ endpoints: [endpoint] });
    await using client = await here.connect();
    for (const host of ['a.test', 'b.test', 'a.test']) {
      client.send(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      const upstream = endpoint.peers[0] ?? (await endpoint.connection());
      assert.ok((await upstream.request()).lines.includes(`X-Forwarded-Host: ${host}`));
      upstream.send('HTTP/1.1 204 No Content\r\n\r\n');
      await client.answer();
    }
  });
});

test('Via is added to requests when this hop has a name', { timeout }, async () => {
  const { request } = await pass({ request: ['Host: a.test', 'Via: 1.0 first'], listener: { forwarding: { via: 'evenkeel' } } });
  assert.deepEqual(
    request.filter((line) => line.startsWith('Via')),
    ['Via: 1.0 first', 'Via: 1.1 evenkeel'],
  );
});
