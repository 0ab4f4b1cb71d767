// The configurations of nginx that people have, run as they are: by the command line, in a process of its own, before real endpoints.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { BytePeer } from '../support/byte-peer.ts';
import { EvenkeelProcess } from '../support/evenkeel-process.ts';
import { RecordingEndpoint } from '../support/recording-endpoint.ts';

const listening = /listening on http:\/\/127\.0\.0\.1:(\d+)/;

describe('run with a configuration of nginx', { timeout: 60_000 }, () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evenkeel-nginx-run-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function write(name: string, text: string): Promise<string> {
    await writeFile(join(folder, name), text);
    return name;
  }

  async function ask(port: string, path = '/'): Promise<string> {
    await using client = await BytePeer.connect({ host: '127.0.0.1', port: Number(port) });
    client.send(`GET ${path} HTTP/1.1\r\nHost: shop.example.com\r\n\r\n`);
    const { head, body } = await client.answer();
    return `${head.split('\r\n')[0]} ${body}`;
  }

  test('the first origin: a weighted upstream of three servers behind location / serves by weights', async () => {
    const named = (name: string) => RecordingEndpoint.open((peer) => void peer.send(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${name}`));
    await using one = await named('a');
    await using two = await named('b');
    await using three = await named('c');
    const file = await write(
      'weighted.conf',
      `worker_processes 1;
       upstream backend { server ${one.address} weight=5; server ${two.address} weight=3; server ${three.address} weight=2; }
       server { listen 127.0.0.1:0; location / { proxy_pass http://backend; } }`,
    );
    await using evenkeel = new EvenkeelProcess(['run', file], folder);
    const port = await evenkeel.line(listening);
    const answers: string[] = [];
    for (let count = 0; count < 30; count++) answers.push((await ask(port)).slice(-1));
    const count = (name: string): number => answers.filter((answer) => answer === name).length;
    assert.deepEqual([count('a'), count('b'), count('c')], [15, 9, 6]);
    assert.match(one.requests[0]?.head ?? '', /\r\nhost: backend\r\n/i);
  });

  test('the second origin: of two servers with proxy timeouts the one that says nothing is given up after its time, and the other one asked', async () => {
    await using dumb = await RecordingEndpoint.open(() => undefined);
    await using well = await RecordingEndpoint.open((peer) => void peer.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
    const file = await write(
      'timeouts.conf',
      `http {
         upstream app { server ${dumb.address}; server ${well.address}; }
         server {
           listen 127.0.0.1:0;
           location / {
             proxy_pass http://app;
             proxy_connect_timeout 300ms; proxy_send_timeout 300ms; proxy_read_timeout 300ms;
             proxy_set_header Host $host; proxy_set_header X-Real-IP $remote_addr;
           }
         }
       }`,
    );
    await using evenkeel = new EvenkeelProcess(['run', file], folder);
    const port = await evenkeel.line(listening);
    assert.match(await ask(port), /^HTTP\/1\.1 200 OK ok$/);
    assert.match(await ask(port), /^HTTP\/1\.1 200 OK ok$/);
    assert.equal(dumb.requests.length, 1, 'one failure sets it aside, as max_fails=1');
    assert.match(well.requests[0]?.head ?? '', /\r\nhost: shop\.example\.com\r\n/i);
    assert.match(well.requests[0]?.head ?? '', /\r\nx-real-ip: 127\.0\.0\.1\r\n/i);
  });

  const refusing =
    'server { listen 127.0.0.1:0;\n location / { return 200 hello; }\n location /secret { auth_basic on; proxy_pass http://127.0.0.1:9; }\n}';

  test('what is refused is told with its place, and nothing is served without a word', async () => {
    const file = await write('refused.conf', refusing);
    await using evenkeel = new EvenkeelProcess(['run', file], folder);
    const { code, err } = await evenkeel.ended();
    assert.equal(code, 1);
    assert.match(err.join('\n'), /refused\.conf:3: auth_basic on: .*501/);
    assert.match(err.join('\n'), /evenkeel run --partial refused\.conf/);
  });

  test('with --partial the rest is served, and what is refused answers 501', async () => {
    const file = await write('partial.conf', refusing);
    await using evenkeel = new EvenkeelProcess(['run', '--partial', file], folder);
    const port = await evenkeel.line(listening);
    assert.match(await ask(port), /^HTTP\/1\.1 200 OK hello$/);
    assert.match(await ask(port, '/secret'), /^HTTP\/1\.1 501 /);
    assert.match(await ask(port, '/secrets/of/mine'), /^HTTP\/1\.1 501 /);
  });

  test('what import writes is what run serves, and the report says what became of it', async () => {
    const file = await write('import.conf', 'server { listen 127.0.0.1:0; gzip on; location / { return 200 hello; } }');
    await using evenkeel = new EvenkeelProcess(['import', 'nginx', file, '-o', 'out.yaml', '--report', 'report.json'], folder);
    assert.deepEqual(await evenkeel.ended(), { code: 0, out: [], err: [] });
    const report: unknown = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'));
    assert.ok(typeof report === 'object' && report !== null && 'counts' in report);
    assert.deepEqual(report.counts, { translated: 4, approximated: 1, refused: 0, unneeded: 0, default: 11 });
    await using running = new EvenkeelProcess(['run', 'out.yaml'], folder);
    assert.match(await ask(await running.line(listening)), /^HTTP\/1\.1 200 OK hello$/);
  });

  test('a change of any of its files comes in force, and one that is refused does not', async () => {
    const answering = (text: string): string => `location / { return 200 ${text}; }`;
    await write('site.locations', answering('one'));
    const file = await write('reloaded.conf', 'server { listen 127.0.0.1:0;\n include *.locations;\n}');
    await using evenkeel = new EvenkeelProcess(['run', '--watch', file], folder);
    const port = await evenkeel.line(listening);
    assert.match(await ask(port), / one$/);
    await write('site.locations', answering('two'));
    await evenkeel.said(/site\.locations has changed: reloaded\.conf is in force\./);
    assert.match(await ask(port), / two$/);
    await write('site.locations', 'location / { limit_req zone=a; }');
    await evenkeel.said(/site\.locations has changed: reloaded\.conf was not taken over, and what was in force stays:/);
    await evenkeel.said(/site\.locations:1:1: limit_req zone=a: /);
    assert.match(await ask(port), / two$/);
    await write('site.locations', answering('three'));
    await evenkeel.said(/site\.locations has changed: reloaded\.conf is in force\./, 2);
    await write('more.locations', 'location /more { return 200 more; }');
    await evenkeel.said(/\*\.locations in \S+ has changed: reloaded\.conf is in force\./);
    assert.match(await ask(port, '/more'), / more$/);
  });
});
