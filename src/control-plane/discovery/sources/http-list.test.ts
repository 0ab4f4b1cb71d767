// A list of endpoints from a server that behaves, and from some that do not.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import type { Answer, Source } from '../source.ts';
import { httpList } from './http-list.ts';

type Answering = (response: ServerResponse, request: IncomingMessage) => void;

class World implements AsyncDisposable {
  readonly seen: IncomingMessage['headers'][] = [];
  readonly source: Source;
  answers: Answering;
  readonly #server: Server;

  private constructor(server: Server, answers: Answering) {
    this.#server = server;
    this.answers = answers;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.seen.push(request.headers);
      this.answers(response, request);
    });
    const { port } = server.address() as AddressInfo;
    this.source = httpList.open({ kind: 'http', url: `http://127.0.0.1:${port}/list?token=abc`, headers: { authorization: 'Bearer x' } });
  }

  static async open(answers: Answering): Promise<World> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new World(server, answers);
  }

  ask(signal = new AbortController().signal): Promise<Answer> {
    return this.source.ask(signal);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    this.close();
    await once(this.#server, 'close');
  }
}

const reasonOf = (answer: Answer): string => (answer.kind === 'failed' ? answer.reason : assert.fail(JSON.stringify(answer)));

describe('a list from a server', { timeout: 60_000 }, () => {
  test('is asked for by its tag, and read again when that is another one', async () => {
    await using here = await World.open((response, { headers }) => {
      if (headers['if-none-match'] === '"1"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"1"' }).end('["10.0.0.1:80"]');
    });
    assert.deepEqual(await here.ask(), { kind: 'found', entries: ['10.0.0.1:80'] });
    assert.deepEqual(await here.ask(), { kind: 'same' });
    here.answers = (response) => response.writeHead(200, { etag: '"2"' }).end('{"endpoints": ["10.0.0.2:80"]}');
    assert.deepEqual(await here.ask(), { kind: 'found', entries: ['10.0.0.2:80'] });
    assert.deepEqual(
      here.seen.map((headers) => headers['if-none-match']),
      [undefined, '"1"', '"1"'],
    );
    assert.deepEqual([here.seen[0]?.authorization, here.seen[0]?.accept], ['Bearer x', 'application/json']);
  });

  test('is asked for as a whole after one that could not be read', async () => {
    await using here = await World.open((response) => response.writeHead(200, { etag: '"1"' }).end('["10.0.0.1:80"]'));
    await here.ask();
    here.answers = (response) => response.writeHead(200, { etag: '"2"' }).end('["10.0');
    assert.match(reasonOf(await here.ask()), /^this is not JSON/);
    await here.ask();
    assert.deepEqual(
      here.seen.map((headers) => headers['if-none-match']),
      [undefined, '"1"', undefined],
    );
  });

  test('is a failure with any other status, without an end, and without an answer', async () => {
    await using here = await World.open((response) => response.writeHead(302, { location: '/elsewhere' }).end());
    assert.equal(reasonOf(await here.ask()), 'it answers with status 302, where 200 was expected');
    here.answers = (response) => response.writeHead(304).end();
    assert.match(reasonOf(await here.ask()), /status 304/, 'nobody asked for that');
    here.answers = (response) => {
      // More than may come, as long as somebody reads.
      const write = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', write);
      write();
    };
    assert.match(reasonOf(await here.ask()), /more than 4 MiB/);
    here.answers = () => undefined;
    assert.equal(reasonOf(await here.ask(AbortSignal.timeout(50))), 'it does not answer in time');
    here.answers = (response) => response.write('["10.');
    assert.equal(reasonOf(await here.ask(AbortSignal.timeout(50))), 'it does not answer in time');
    here.answers = (response) => response.destroy();
    assert.notEqual(reasonOf(await here.ask()), '');
    here.close();
    assert.equal(reasonOf(await here.ask()), 'nobody answers there');
  });

  test('has a name without what may be a secret', () => {
    assert.equal(httpList.name({ kind: 'http', url: 'https://a.test:8443/list?token=abc', headers: {} }), 'http https://a.test:8443/list');
  });
});
