// Sticky pools before real endpoints: sessions stay, move when their endpoint is gone, and an override has its way.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Balanced } from '../support/balanced.ts';
import { balanced } from '../support/balanced.ts';
import { times } from '../support/endpoints.ts';
import { always, answerOf, ScriptedEndpoint } from '../support/scripted-endpoint.ts';

const timeout = 60_000;
const sticky = { cookie: 'SERVER' } as const;

interface Answer {
  readonly body: string;
  /** The cookies that were set, `NAME=VALUE`. */
  readonly cookies: readonly string[];
}

async function ask(here: Balanced, lines: readonly string[] = []): Promise<Answer> {
  const text = await here.ask(`GET / HTTP/1.1\r\nHost: a.test\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`);
  assert.match(text, /^HTTP\/1\.1 200 /);
  const cookies = [...text.matchAll(/^Set-Cookie: ([^;\r]+)/gim)].map(([, cookie = '']) => cookie);
  return { body: text.slice(text.indexOf('\r\n\r\n') + 4), cookies };
}

const bodies = async (here: Balanced, count: number, lines: readonly string[] = []): Promise<readonly string[]> => {
  const answers: Answer[] = [];
  for (const _ of times(count, () => 0)) answers.push(await ask(here, lines));
  return answers.map(({ body }) => body);
};

describe('a sticky pool', { timeout }, () => {
  test('sends whoever has its cookie to one endpoint, and the others as before', async () => {
    await using one = await ScriptedEndpoint.open(always(answerOf('one')));
    await using two = await ScriptedEndpoint.open(always(answerOf('two')));
    await using here = await balanced({ endpoints: [one.address, two.address], pool: { sticky } });

    const first = await ask(here);
    const [cookie = ''] = first.cookies;
    assert.match(cookie, /^SERVER=[\w-]{22}$/);
    assert.deepEqual(new Set(await bodies(here, 6, [`Cookie: ${cookie}`])), new Set([first.body]));
    assert.deepEqual((await ask(here, [`Cookie: ${cookie}`])).cookies, []);
    assert.deepEqual(new Set(await bodies(here, 6)), new Set(['one', 'two']));
    assert.deepEqual(new Set(await bodies(here, 6, ['Cookie: SERVER=forged'])), new Set(['one', 'two']));
  });

  test('moves a session once when its endpoint is gone', async () => {
    await using one = await ScriptedEndpoint.open(always(answerOf('one')));
    await using two = await ScriptedEndpoint.open(always(answerOf('two')));
    await using three = await ScriptedEndpoint.open(always(answerOf('three')));
    await using here = await balanced({ endpoints: [one.address, two.address, three.address], pool: { sticky } });
    let answer = await ask(here);
    while (answer.body !== 'one') answer = await ask(here);
    const lines = [`Cookie: ${answer.cookies[0]}`];
    assert.equal((await ask(here, lines)).body, 'one');
    await one[Symbol.asyncDispose]();

    const moved = await ask(here, lines);
    assert.notEqual(moved.body, 'one');
    assert.equal(moved.cookies.length, 1);
    assert.deepEqual(new Set(await bodies(here, 6, [`Cookie: ${moved.cookies[0]}`])), new Set([moved.body]));
  });

  test('learns the sessions of the application', async () => {
    await using one = await ScriptedEndpoint.open(always(answerOf('one', 'Set-Cookie: SID=of-one; Path=/\r\n')));
    await using two = await ScriptedEndpoint.open(always(answerOf('two')));
    await using here = await balanced({ endpoints: [one.address, two.address], pool: { sticky: { session: 'cookie:SID' } } });

    // The endpoint that gives the session is asked at the latest the second time.
    await bodies(here, 2);
    assert.deepEqual(new Set(await bodies(here, 6, ['Cookie: SID=of-one'])), new Set(['one']));
    const unknown = await bodies(here, 6, ['Cookie: SID=of-two']);
    assert.deepEqual(new Set(unknown.slice(unknown.indexOf('two'))), new Set(['two']));
  });

  test('does as trusted peers say, and as nobody else does', async () => {
    await using one = await ScriptedEndpoint.open(always(answerOf('one')));
    await using two = await ScriptedEndpoint.open(always(answerOf('two')));
    const endpoints = [one.address, two.address];
    const header = 'x-endpoint';
    await using trusting = await balanced({ endpoints, pool: { override: { header, trust: ['127.0.0.0/8'] } } });
    await using other = await balanced({ endpoints, pool: { override: { header, trust: ['10.0.0.0/8'] } } });
    assert.deepEqual(new Set(await bodies(trusting, 6, [`X-Endpoint: ${two.address}`])), new Set(['two']));
    assert.deepEqual(new Set(await bodies(trusting, 6, ['X-Endpoint: 127.0.0.1:1'])), new Set(['one', 'two']));
    assert.deepEqual(new Set(await bodies(other, 6, [`X-Endpoint: ${two.address}`])), new Set(['one', 'two']));
  });
});
