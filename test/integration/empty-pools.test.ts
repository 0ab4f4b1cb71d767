// A pool whose endpoints are still to be found, or are all gone: it answers, whatever it is set to, and serves as soon as there is somebody.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { documentSettings } from '../../src/control-plane/configuration/document.ts';
import { Supervisor } from '../../src/control-plane/supervising/supervisor.ts';
import { allPolicies } from '../../src/domain/balancing/policy-settings.ts';
import { readPools } from '../../src/interface/admin/pool-figures.ts';
import { NamedEndpoint } from '../support/live/named-endpoint.ts';
import { RecordedLog } from '../support/recorded-log.ts';

const timeout = 120_000;
const discover = { file: '/nowhere/at.all', init: 'empty' } as const;

/** Beside the policies: whatever else looks at the endpoints of a pool. */
const variants: Readonly<Record<string, object>> = {
  plain: {},
  detection: { outliers: 'envoy', panic: 50, slowStart: '30s' },
  panicked: { panic: { threshold: 50, action: 'fail' } },
  timed: { outliers: 'nginx' },
  probed: { health: { http: '/healthz', agent: { port: 9 } } },
  limited: { maxRequests: 10, queue: { size: 5, timeout: '100ms' } },
  learning: { concurrency: {}, queue: { size: 5, timeout: '100ms' } },
  hedged: { hedge: {}, retry: { attempts: 3 } },
  broken: { breaker: {} },
  breakers: { endpointBreaker: {} },
  subset: { subset: { size: 2, identity: 'a' } },
  cookie: { sticky: { cookie: 'SERVER' } },
  session: { sticky: { session: 'cookie:ID' } },
  override: { override: { header: 'x-endpoint', trust: ['127.0.0.0/8'] } },
};

const pools = (endpoints: readonly string[]): Readonly<Record<string, object>> => ({
  ...Object.fromEntries(allPolicies.map(({ name }) => [`policy-${name}`, { balance: name, endpoints: [...endpoints], discover }])),
  ...Object.fromEntries(Object.entries(variants).map(([name, settings]) => [name, { ...settings, endpoints: [...endpoints], discover }])),
});
const names = Object.keys(pools([]));

function documentWith(endpoints: readonly string[]) {
  const routes = names.flatMap((pool) => [
    { path: `/${pool}/choice`, metadata: { version: 'v1' }, pool },
    { path: `/${pool}/*`, pool },
  ]);
  return documentSettings.parse({
    workers: 1,
    overload: 'none',
    listeners: [{ name: 'web', bind: '127.0.0.1:0', routes }],
    pools: pools(endpoints),
  });
}

describe('every policy, and everything else that looks at endpoints', { timeout }, () => {
  test('answers 503 with no endpoint, serves with some, and again with none', async () => {
    await using endpoints = new AsyncDisposableStack();
    const one = endpoints.use(await NamedEndpoint.open('one'));
    const two = endpoints.use(await NamedEndpoint.open('two'));
    const log = new RecordedLog();
    const supervisor = new Supervisor({ document: documentWith([]), log });
    await using _ = { [Symbol.asyncDispose]: () => supervisor.stop() };
    const [bound] = await supervisor.start();
    const ask = async (pool: string, last = 'x'): Promise<string> => {
      const answer = await fetch(`http://${bound?.address}/${pool}/${last}`, { headers: { 'x-endpoint': one.address, cookie: 'ID=7' } });
      return `${answer.status} ${(await answer.text()).trim()}`;
    };
    const askAll = async (): Promise<readonly string[]> => {
      const answers: string[] = [];
      for (const pool of names) answers.push(`${pool}: ${await ask(pool)}`);
      return answers;
    };
    const refused = /503 .*no-endpoint/;

    for (const answer of await askAll()) assert.match(answer, refused);
    for (const pool of names) assert.match(await ask(pool, 'choice'), refused, pool);
    for (const { name, endpoints: shown, isInPanic } of readPools(supervisor.document.pools, supervisor))
      assert.deepEqual([shown, isInPanic], [[], false], name);

    assert.ok((await supervisor.change(documentWith([one.address, two.address]))).ok);
    for (const answer of await askAll()) {
      // Those that probes have not passed yet get nothing.
      if (!answer.startsWith('probed')) assert.match(answer, /: 200 (one|two)$/);
    }

    assert.ok((await supervisor.change(documentWith([]))).ok);
    for (const answer of await askAll()) assert.match(answer, refused);
    assert.equal(supervisor.restarts, 0, log.lines.join('\n'));
    assert.deepEqual(log.matching(/^error/), []);
  });
});
