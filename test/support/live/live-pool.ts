// A pool under a supervisor with the product's own workers, changed over the admin server while clients ask.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Document, WrittenDocument } from '../../../src/control-plane/configuration/document.ts';
import { documentSettings } from '../../../src/control-plane/configuration/document.ts';
import { Supervisor } from '../../../src/control-plane/supervising/supervisor.ts';
import { parseAddress } from '../../../src/domain/settings/addresses.ts';
import type { AdminServer } from '../../../src/interface/admin/admin-server.ts';
import { startAdminServer } from '../../../src/interface/admin/admin-server.ts';
import type { EndpointStatus, PoolStatus } from '../../../src/interface/admin/pool-status.ts';
import { configurationOf } from '../admin/configuration.ts';
import { idle } from '../planes.ts';
import { RecordedLog } from '../recorded-log.ts';
import { NamedEndpoint } from './named-endpoint.ts';

/** Far above what the slowest machine needs. */
const patience = 30_000;

export interface LiveParts {
  /** Names of endpoints, each with its settings beside the address. */
  readonly endpoints: Readonly<Record<string, object>>;
  readonly pool?: Partial<WrittenDocument['pools'][string]>;
  /** Routes of the listener; all to the pool when absent. */
  readonly routes?: readonly object[];
  /** What a worker thread runs; the product's own when absent. */
  readonly workerEntry?: URL;
}

/** What came back: a body and a status, and whether it says when to come again. */
export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | undefined;
}

interface Running {
  readonly supervisor: Supervisor;
  readonly log: RecordedLog;
  readonly admin: AdminServer;
}

/** Endpoints that are not open yet are opened. */
async function documentOf(
  { endpoints: settings, pool = {}, routes = [{ pool: 'web' }] }: Omit<LiveParts, 'workerEntry'>,
  endpoints: Map<string, NamedEndpoint>,
): Promise<Document> {
  for (const name of Object.keys(settings)) if (!endpoints.has(name)) endpoints.set(name, await NamedEndpoint.open(name));
  return documentSettings.parse({
    workers: 2,
    // A machine that is busy with other tests is no reason to refuse what a test asks for.
    overload: 'none',
    listeners: [{ name: 'web', bind: '127.0.0.1:0', routes }],
    pools: {
      web: { ...pool, endpoints: Object.entries(settings).map(([name, own]) => ({ address: endpoints.get(name)?.address, ...own })) },
    },
  });
}

export class LivePool implements AsyncDisposable {
  readonly endpoints: Map<string, NamedEndpoint>;
  readonly supervisor: Supervisor;
  readonly log: RecordedLog;
  readonly #admin: AdminServer;
  /** Clients that come back on the connections that they have: so many that both workers serve some of them. */
  readonly #clients = Array.from({ length: 32 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));

  private constructor(endpoints: Map<string, NamedEndpoint>, { supervisor, log, admin }: Running) {
    this.endpoints = endpoints;
    this.log = log;
    this.supervisor = supervisor;
    this.#admin = admin;
  }

  /** Two workers, one pool named `web`. */
  static async start({ workerEntry, ...parts }: LiveParts): Promise<LivePool> {
    const endpoints = new Map<string, NamedEndpoint>();
    const document = await documentOf(parts, endpoints);
    const log = new RecordedLog();
    const supervisor = new Supervisor({ document, log, ...(workerEntry === undefined ? {} : { workerEntry }) });
    const bind = parseAddress('127.0.0.1:0');
    assert.ok(bind !== undefined);
    const admin = await startAdminServer({ bind, supervisor, configuration: await configurationOf(supervisor), log, version: '0' });
    await supervisor.start();
    return new LivePool(endpoints, { supervisor, log, admin });
  }

  /** Another document comes in force. Endpoints with new names are opened; those that it does not name go on. */
  async become(parts: Omit<LiveParts, 'workerEntry'>): Promise<void> {
    const changed = await this.supervisor.change(await documentOf(parts, this.endpoints));
    assert.ok(changed.ok, changed.ok ? '' : changed.fault);
  }

  endpoint(name: string): NamedEndpoint {
    const endpoint = this.endpoints.get(name);
    assert.ok(endpoint !== undefined);
    return endpoint;
  }

  /** Changes an endpoint, and gives it as it is then. */
  async change(name: string, change: object): Promise<EndpointStatus> {
    const options = { method: 'PATCH', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(change) };
    const response = await fetch(this.#urlOf(name), options);
    assert.equal(response.status, 200);
    return (await response.json()) as EndpointStatus;
  }

  async status(name: string): Promise<EndpointStatus> {
    return (await (await fetch(this.#urlOf(name))).json()) as EndpointStatus;
  }

  async pool(): Promise<PoolStatus> {
    return (await (await fetch(`http://${this.#admin.address}/api/v1/pools/web`)).json()) as PoolStatus;
  }

  /** A client on a connection of its own, or one that comes back. */
  async ask(path = '/', agent: Agent | false = false, fields: Readonly<Record<string, string>> = {}): Promise<Reply> {
    const [listener] = this.supervisor.bound;
    assert.ok(listener?.bind.kind === 'tcp');
    const [response] = await once(get({ host: '127.0.0.1', port: listener.bind.port, path, agent, headers: fields }), 'response');
    const body = Buffer.concat(await response.toArray()).toString();
    return { status: response.statusCode, body, retryAfter: response.headers['retry-after'] };
  }

  /** So many requests by clients that come back, several at once. How many each endpoint answered, in the order of endpoints. */
  async shares(count: number): Promise<readonly number[]> {
    const replies: Reply[] = [];
    let begun = 0;
    const work = async (agent: Agent): Promise<void> => {
      while (begun++ < count) replies.push(await this.ask('/', agent));
    };
    await Promise.all(this.#clients.map(work));
    assert.equal(replies.length, count);
    for (const { status, body } of replies) assert.equal(status, 200, body);
    return [...this.endpoints.keys()].map((name) => replies.filter(({ body }) => body === name).length);
  }

  /** Workers notice a change at their next tick, which nobody tells of: asks until they have. */
  async sharesBecome(count: number, wanted: readonly number[]): Promise<void> {
    await this.until(async () => {
      const shares = await this.shares(count);
      return shares.every((share, index) => share === wanted[index]) ? undefined : `shares are ${shares}, not ${wanted}`;
    });
  }

  /** Asks again and again until there is no fault. */
  async until(findFault: () => Promise<string | undefined>): Promise<void> {
    const deadline = performance.now() + patience;
    for (let fault = await findFault(); fault !== undefined; fault = await findFault()) {
      if (performance.now() > deadline) throw new Error(`Waited in vain: ${fault}`);
      await sleep(20);
    }
  }

  #urlOf(name: string): string {
    return `http://${this.#admin.address}/api/v1/pools/web/endpoints/${encodeURIComponent(this.endpoint(name).address)}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.destroy();
    for (const endpoint of this.endpoints.values()) endpoint.release();
    try {
      // Whatever a test did, what it began is given back.
      await idle(this.supervisor.board);
    } finally {
      await this.supervisor.stop();
      await this.#admin.close();
      for (const endpoint of this.endpoints.values()) await endpoint[Symbol.asyncDispose]();
    }
  }
}
