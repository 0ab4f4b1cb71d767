// The whole example, as `npm start` starts it: real processes, real requests. Ports are chosen by the system.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';

/** `npm start` at work, read line by line. */
class Run implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly heard: string[];

  constructor(...options: readonly string[]) {
    const args = [join(import.meta.dirname, 'start.ts'), '--port', '0', '--admin-port', '0', ...options];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    this.heard = [];
  }

  /** The first group of the first line that matches from here on. */
  async waitFor(pattern: RegExp): Promise<string> {
    for (let line = await this.#lines.next(); !line.done; line = await this.#lines.next()) {
      this.heard.push(line.value);
      const found = pattern.exec(line.value);
      if (found) return found[1] ?? '';
    }
    throw new Error(`ended without a line like ${pattern}:\n${this.heard.join('\n')}`);
  }

  /** Sends a signal and waits for the summary and the end. */
  async end(signal: NodeJS.Signals): Promise<{ readonly summary: string; readonly code: number | null }> {
    this.#child.kill(signal);
    return this.ended();
  }

  async ended(): Promise<{ readonly summary: string; readonly code: number | null }> {
    const exit = once(this.#child, 'exit');
    const summary = await this.waitFor(/^(evenkeel: ended\..*)$/);
    const [code] = await exit;
    return { summary, code };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exit;
  }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

// The shoppers' requests take turns between these, so that a few could miss an instance by chance.
const enough = 30;

/** Who answered so many requests, one after the other. Fails unless each is answered well. */
async function whoAnswers(url: string, count: number): Promise<Set<string>> {
  const names = new Set<string>();
  for (let sent = 0; sent < count; sent++) {
    const response = await fetch(`${url}/catalogue`);
    assert.equal(response.status, 200);
    await response.arrayBuffer();
    names.add(response.headers.get('x-instance') ?? '');
  }
  return names;
}

test('requests go to all three instances, on to two when one stops, and to three again when it is back', async () => {
  await using run = new Run('--plain', '--restart-after', '4');
  const url = await run.waitFor(/the shop is at (\S+),/);
  const [first, second, third] = [...(await run.waitFor(/(shop-1 has pid .*)/)).matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid));
  assert.ok(first && second && third);
  assert.deepEqual(await whoAnswers(url, enough), new Set(['shop-1', 'shop-2', 'shop-3']));

  process.kill(second, 'SIGTERM');
  await run.waitFor(/shop-2 down/);
  const meanwhile = await whoAnswers(url, enough);
  assert.ok(meanwhile.has('shop-1') && meanwhile.has('shop-3'));

  await run.waitFor(/shop-2 up, restarted 1×/);
  // Two probes have to pass before it gets anything.
  while (!(await whoAnswers(url, enough)).has('shop-2'));

  const { summary, code } = await run.end('SIGINT');
  assert.equal(code, 0);
  // An order that was on its way to the very instance that left may fail; the shopper asks again with the same key.
  assert.match(summary, / [01] failed;/);
  assert.deepEqual([first, second, third].filter(isAlive), []);
  await assert.rejects(fetch(url));
});

test('it ends by itself after the seconds given, with a summary', async () => {
  await using run = new Run('--seconds', '1');
  const { summary, code } = await run.ended();
  assert.match(summary, /^evenkeel: ended\. \d+ requests sent, [1-9]\d* answered, 0 failed; /);
  assert.equal(code, 0);
});
