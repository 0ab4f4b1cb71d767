// Endpoints that lie to their probes in every way at once, beside some that are well: those are asked on time all the while, and what the liars send
// is neither kept nor followed. Liars have a process of their own, so that what they write is not counted as memory of the prober.
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setInterval } from 'node:timers';
import type { HealthTask } from '../../src/control-plane/judging/probe-tasks.ts';
import { probeTasks } from '../../src/control-plane/judging/probe-tasks.ts';
import { Prober, proberTick } from '../../src/control-plane/probing/prober.ts';
import { firstPlaces } from '../../src/domain/endpoints/places.ts';
import { poolSettings } from '../../src/domain/traffic/pool-settings.ts';
import { eventually } from '../support/balanced.ts';
import type { LiarName } from '../support/probing/liars-main.ts';

const mebibyte = 1024 * 1024;
const hurried = { interval: '400ms', timeout: '400ms' } as const;

/** Which liar is asked, how, and what is said of it. */
const lies: readonly (readonly [liar: LiarName, health: object, reason: RegExp])[] = [
  ['endless', { http: { path: '/', body: 'well' } }, /^the expected text is not in the first 65536 bytes of the body/],
  ['dripping', { http: { path: '/', body: 'well' } }, /^no answer within 400 ms, while reading the body of the answer$/],
  ['redirecting', { http: { path: '/', status: [200] } }, /^the answer was 302$/],
  ['heading', { http: '/' }, /^the head of the answer is too long$/],
  ['garbage', { http: '/' }, /^the answer is not HTTP\/1\.1/],
  ['garbage', { tcp: { expect: 'all is well' } }, /^the answer is longer than 65536 bytes$/],
  ['garbage', { tls: true }, /^(the answer is not TLS|the TLS handshake failed: .*)$/],
  ['garbage', { grpc: true }, /^(the answer is not HTTP\/2|the connection was .*|the stream was closed .*)$/],
  ['garbage', { postgres: true }, /^the answer (was not of the PostgreSQL protocol|is longer than 65536 bytes)$/],
  ['garbage', { mysql: true }, /^the answer (was not of the MySQL protocol|is longer than 65536 bytes)$/],
  ['garbage', { redis: true }, /^the answer (was not of the Redis protocol|is longer than 65536 bytes)/],
  ['flooding', { grpc: true }, /^the answer is longer than 65536 bytes$/],
  ['stalling', { http: { path: '/', tls: true } }, /^no answer within 400 ms, while shaking hands for TLS$/],
  ['silent', { http: '/' }, /^no answer within 400 ms, while waiting for the head of the answer$/],
  ['silent', { postgres: true }, /^no answer within 400 ms, while waiting for PostgreSQL to answer$/],
];

class Liars implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly ports: Readonly<Record<LiarName | 'honest', number>>;

  private constructor(child: ChildProcess, ports: Liars['ports']) {
    this.#child = child;
    this.ports = ports;
  }

  static async start(): Promise<Liars> {
    const child = fork(join(import.meta.dirname, '../support/probing/liars-main.ts'));
    const [ports] = await once(child, 'message');
    return new Liars(child, ports);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}

describe('liars', { timeout: 120_000 }, () => {
  test('of all kinds, three of each, are found out, and hold up and fill up nobody', async () => {
    await using liars = await Liars.start();
    const pool = (port: number, count: number, health: object) => {
      const { endpoints, ...settings } = poolSettings.parse({
        endpoints: [`127.0.0.1:${port}`],
        health: { ...hurried, ...health },
      } as never);
      // The same endpoint under several names.
      return {
        ...settings,
        endpoints: endpoints.flatMap((endpoint) => Array.from({ length: count }, (_, at) => ({ ...endpoint, id: `e${at}` }))),
      };
    };
    const pools = Object.fromEntries([
      ...lies.map(([liar, health], index) => [`lie ${index}`, pool(liars.ports[liar], 3, health)] as const),
      ['honest', pool(liars.ports.honest, 10, { http: '/' })] as const,
    ]);
    const asked = { honest: 0, failed: 0 };
    const reasons = new Map<string, Set<string>>();
    const prober = new Prober<HealthTask>({
      now: () => performance.now(),
      random: Math.random,
      onTransition: () => undefined,
      onResult: (task, result) => {
        if (task.pool === 'honest') asked.honest += Number(result.passed === true);
        else reasons.set(task.pool, (reasons.get(task.pool) ?? new Set()).add(result.passed === true ? 'it passed' : result.reason));
      },
    });
    let most = 0;
    const ticking = setInterval(() => {
      prober.advance();
      most = Math.max(most, process.memoryUsage().rss);
    }, proberTick);
    prober.watch(probeTasks(pools, firstPlaces({ listeners: [], pools })));
    try {
      // Everything that is loaded once is loaded.
      await eventually(() => prober.figures.ended >= 300, 'three hundred probes');
      const [before, honest] = [process.memoryUsage().rss, asked.honest];
      most = 0;
      await eventually(() => prober.figures.ended >= 1300, 'a thousand more');
      // They are ten of fifty-five, and make as many of all probes where none is held up: let it be a third of that.
      assert.ok(asked.honest - honest >= 60, `${asked.honest - honest} of the honest ones passed`);
      assert.ok(most - before < 64 * mebibyte, `${Math.round((most - before) / mebibyte)} MiB more`);
    } finally {
      clearInterval(ticking);
      prober.stop();
    }
    for (const [index, [liar, , reason]] of lies.entries()) {
      const said = [...(reasons.get(`lie ${index}`) ?? [])];
      // On a machine that has much else to do, any of them may be too late.
      const found = said.filter((each) => reason.test(each));
      assert.ok(found.length > 0, `${liar}: ${said}`);
      for (const each of said) assert.ok(reason.test(each) || each.startsWith('no answer within 400 ms'), `${liar}: ${each}`);
    }
  });
});
