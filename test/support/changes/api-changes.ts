// What programs and people do over the admin server while files change: single places and several at once, versions of before, and what is refused.
// Each is known to be right or wrong before it is asked for, and anything else is an error of the test.
import assert from 'node:assert/strict';
import type { AdminClient } from '../../../src/client.ts';
import { AdminError, connectAdmin } from '../../../src/client.ts';
import type { Random } from '../../../src/foundation/basics/random.ts';
import type { Stage } from './random-document.ts';

type Change = { readonly op: 'put'; readonly path: string; readonly value: unknown } | { readonly op: 'delete'; readonly path: string };

/** Of pools that every document has. */
const settings: readonly (readonly [string, readonly unknown[]])[] = [
  ['/pools/sockets/timeouts', [{ response: '30s' }, { response: '50s', connect: '2s' }]],
  ['/pools/sockets/maxRequests', [3000, 4000]],
  ['/pools/web/retry', [{ attempts: 2 }, { attempts: 3, body: '1KiB' }]],
  ['/pools/web/connections', [{ idle: 20 }, { idle: 200 }]],
  ['/pools/web/sticky', [{ session: 'header:x-session' }]],
];

/** Versions so old that they may be forgotten meanwhile are left alone. */
const mostBack = 30;

export class ApiChanges {
  /** How many were made, and refused as they should be. */
  readonly counts = { changed: 0, refused: 0, rollbacks: 0 };
  readonly #client: AdminClient;
  readonly #random: Random;
  readonly #stage: Stage;
  /** Of endpoints that no file names. */
  readonly #ports: readonly number[];
  #made = 0;

  constructor(stage: Stage, ports: readonly number[], random: Random) {
    this.#client = connectAdmin({ address: stage.admin });
    this.#stage = stage;
    this.#ports = ports;
    this.#random = random;
  }

  /** Adds or changes something; right whatever else is in force. */
  async change(): Promise<void> {
    const [path, values] = this.#draw(settings);
    const name = `api${this.#made++}`;
    const endpoint = `127.0.0.1:${this.#draw(this.#ports)}`;
    const changes: readonly Change[] = this.#draw([
      [{ op: 'put', path: `/pools/web/endpoints/${endpoint}`, value: { weight: 1 + this.#below(5) } }],
      [{ op: 'put', path, value: this.#draw(values) }],
      [
        { op: 'put', path: `/pools/${name}`, value: { endpoints: [endpoint] } },
        { op: 'put', path: `/listeners/${name}`, value: { bind: '127.0.0.1:0', pool: name } },
      ],
    ]);
    await this.#client.post('/api/v1/config/transactions', { body: { changes } });
    this.counts.changed++;
  }

  /** Takes away something that was changed before, if anything was. */
  async takeBack(): Promise<void> {
    const { layer } = (await this.#client.get('/api/v1/history')).body;
    if (layer.length === 0) return;
    const path = this.#draw(layer);
    const name = /^\/(?:pools|listeners)\/(api\d+)$/.exec(path)?.[1];
    const both = ['listeners', 'pools'].map((kind): Change => ({ op: 'delete', path: `/${kind}/${name}` }));
    if (name === undefined) await this.#client.delete('/api/v1/config/layer', { query: { path } });
    else await this.#client.post('/api/v1/config/transactions', { body: { changes: both } });
    this.counts.changed++;
  }

  async rollback(): Promise<void> {
    const { versions } = (await this.#client.get('/api/v1/history')).body;
    const { version } = this.#draw(versions.slice(0, mostBack));
    await this.#client.post('/api/v1/rollback', { body: { version } });
    this.counts.rollbacks++;
  }

  /** Something that is refused, with the status that says why. */
  async mistake(): Promise<void> {
    const taken = { bind: `127.0.0.1:${this.#stage.takenPort}`, pool: 'web' };
    const asking = this.#draw<() => readonly [number, Promise<unknown>]>([
      () => [422, this.#transact({ op: 'put', path: '/pools/web/balance', value: 'unwise' })],
      () => [422, this.#transact({ op: 'put', path: '/listeners/lost', value: { bind: '127.0.0.1:0', pool: 'nowhere' } })],
      () => [422, this.#transact({ op: 'delete', path: '/pools/web' })],
      () => [409, this.#transact({ op: 'put', path: '/listeners/taken', value: taken })],
      () => [412, this.#transact({ op: 'put', path: '/pools/web/maxRequests', value: 7 }, '0-00000000')],
      () => [404, this.#client.post('/api/v1/rollback', { body: { version: 999_999 } })],
    ]);
    const [status, asked] = asking();
    await assert.rejects(asked, (error: unknown) => error instanceof AdminError && error.status === status);
    this.counts.refused++;
  }

  /** Nothing but the file is in force any more, and every version has its number. */
  async end(): Promise<void> {
    await this.#client.delete('/api/v1/config/layer');
    await this.#client.post('/api/v1/reload', { body: {} });
    const { drift, pinned, layer, versions } = (await this.#client.get('/api/v1/history')).body;
    assert.deepEqual({ drift, pinned, layer }, { drift: null, pinned: null, layer: [] });
    const newest = versions[0]?.version ?? 0;
    assert.deepEqual(
      versions.map(({ version }) => version),
      versions.map((_, index) => newest - index),
    );
  }

  #transact(change: Change, ifMatch = '*'): Promise<unknown> {
    return this.#client.post('/api/v1/config/transactions', { body: { changes: [change] }, ifMatch });
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  #draw<Item>(items: readonly Item[]): Item {
    const item = items[this.#below(items.length)];
    if (item === undefined) throw new Error('There is nothing to draw from.');
    return item;
  }
}
