// What happened to endpoints, as the admin server tells it: who brought it about, why, and what came since a moment.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseAddress } from '../../src/domain/settings/addresses.ts';
import { startAdminServer } from '../../src/interface/admin/admin-server.ts';
import type { EventsReport } from '../../src/interface/admin/operations/events.ts';
import { configurationOf } from '../support/admin/configuration.ts';
import { readPrometheusText } from '../support/prometheus-text.ts';
import { supervised } from '../support/supervised.ts';

const timeout = 60_000;

async function world() {
  const { supervisor, log } = supervised({ pools: { web: { endpoints: ['10.0.0.1:80', '10.0.0.2:80'] } } });
  const bind = parseAddress('127.0.0.1:0');
  assert.ok(bind !== undefined);
  const admin = await startAdminServer({ bind, supervisor, configuration: await configurationOf(supervisor), log, version: '1' });
  const url = `http://${admin.address}`;
  return {
    supervisor,
    url,
    events: async (query = ''): Promise<EventsReport> => {
      const response = await fetch(`${url}/api/v1/events${query}`);
      assert.equal(response.status, 200);
      return (await response.json()) as EventsReport;
    },
    patch: (endpoint: string, change: object): Promise<Response> =>
      fetch(`${url}/api/v1/pools/web/endpoints/${endpoint}`, {
        method: 'PATCH',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(change),
      }),
    probed: (slot: number, state: 'up' | 'down', reason: string) =>
      supervisor.health.keeper.probedAs({ slot, asks: 'endpoint' }, state, reason),
    [Symbol.asyncDispose]: () => admin.close(),
  };
}

describe('events', { timeout }, () => {
  test('there are none before anything happened', async () => {
    await using here = await world();
    assert.deepEqual(await here.events(), { startedAt: here.supervisor.startedAt.toISOString(), last: 0, events: [] });
  });

  test('of health, people and agents stand in one list, the newest last', async () => {
    await using here = await world();
    const begun = Date.now();
    here.probed(0, 'down', 'connection refused (3 failures in a row)');
    await here.patch('10.0.0.2:80', { weight: 3, state: 'draining' });
    here.supervisor.endpoints.advise('web', 0, { state: 'maint' });
    here.probed(0, 'up', '2 probes passed in a row');
    const { events, last } = await here.events();
    assert.equal(last, 5);
    assert.deepEqual(
      events.map(({ at: _, ...event }) => event),
      [
        {
          id: 1,
          kind: 'endpoint',
          pool: 'web',
          endpoint: '10.0.0.1:80',
          by: 'health',
          to: 'failing',
          reason: 'connection refused (3 failures in a row)',
        },
        {
          id: 2,
          kind: 'endpoint',
          pool: 'web',
          endpoint: '10.0.0.2:80',
          by: 'operator',
          to: 'weight',
          reason: 'it was changed: weight 3, draining',
        },
        {
          id: 3,
          kind: 'endpoint',
          pool: 'web',
          endpoint: '10.0.0.2:80',
          by: 'operator',
          to: 'draining',
          reason: 'it was changed: weight 3, draining',
        },
        {
          id: 4,
          kind: 'endpoint',
          pool: 'web',
          endpoint: '10.0.0.1:80',
          by: 'agent',
          to: 'down',
          reason: 'its agent says down, 100 % of its weight',
        },
        { id: 5, kind: 'endpoint', pool: 'web', endpoint: '10.0.0.1:80', by: 'health', to: 'well', reason: '2 probes passed in a row' },
      ],
    );
    for (const { at } of events) assert.ok(Date.parse(at) >= begun && Date.parse(at) <= Date.now());

    const metrics = readPrometheusText(await (await fetch(`${here.url}/metrics`)).text());
    const series = metrics.get('evenkeel_endpoint_transitions_total')?.series;
    const count = (endpoint: string, to: string) =>
      series?.get(`evenkeel_endpoint_transitions_total{endpoint="${endpoint}",pool="web",to="${to}"}`);
    assert.deepEqual(
      [count('10.0.0.1:80', 'failing'), count('10.0.0.1:80', 'well'), count('10.0.0.1:80', 'down'), count('10.0.0.2:80', 'draining')],
      [1, 1, 1, 1],
    );
    assert.equal(count('10.0.0.2:80', 'well'), 0);
  });

  test('since a number or a time are those alone', async () => {
    await using here = await world();
    for (const state of ['down', 'up', 'down'] as const) here.probed(0, state, 'so it is');
    const ids = async (query: string) => (await here.events(query)).events.map(({ id }) => id);
    assert.deepEqual(await ids('?since=1'), [2, 3]);
    assert.deepEqual(await ids('?since=3'), []);
    assert.deepEqual(await ids('?since='), [1, 2, 3]);
    const { events } = await here.events();
    assert.deepEqual((await ids(`?since=${events[0]?.at}`))[0], 1, 'from that time on');
    assert.deepEqual(await ids('?since=2999-12-31'), []);
    assert.deepEqual(await ids('?since=2001-12-31T12:00:00+02:00'), [1, 2, 3]);
  });

  test('since what is neither is refused', async () => {
    await using here = await world();
    for (const since of ['yesterday', '-1', '2026-13-45', '2026-01-31 12:00', '12:00']) {
      const response = await fetch(`${here.url}/api/v1/events?since=${encodeURIComponent(since)}`);
      assert.equal(response.status, 400, since);
      assert.match(String(((await response.json()) as { error: string }).error), /"since" is the number of an event, or a time/);
    }
  });
});
