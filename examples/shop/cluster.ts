// Everything that runs: Evenkeel, the instances of the shop and the shoppers. Started in order, watched, and ended in order.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Addresses, documentFor } from './addresses.ts';
import { KeptProcess } from './kept-process.ts';
import { type OrderNews, Shoppers } from './shoppers.ts';
import { StatusSource } from './status-source.ts';
import { addNews, buildView, type News, type View } from './view.ts';

const root = join(import.meta.dirname, '../..');

const balancerReturnsAfter = 2000;
/** How long each is given to finish what it has begun. */
const patience = 5000;
const askEvery = 500;
const keptNews = 20;

export interface ClusterSettings {
  readonly addresses: Addresses;
  readonly perSecond: number;
  /** Milliseconds after which an instance that stopped is started again. */
  readonly returnsAfter: number;
}

export class Cluster implements AsyncDisposable {
  readonly #settings: ClusterSettings;
  readonly #folder: string;
  readonly #balancer: KeptProcess;
  readonly #instances: readonly KeptProcess[];
  readonly #shoppers: Shoppers;
  readonly #status: StatusSource;
  readonly #startedAt: number;
  #orders: readonly OrderNews[];
  #news: readonly News[];
  #asking: NodeJS.Timeout | undefined;

  private constructor(settings: ClusterSettings, folder: string, document: string) {
    const { addresses, perSecond, returnsAfter } = settings;
    this.#settings = settings;
    this.#folder = folder;
    this.#startedAt = Date.now();
    this.#orders = [];
    this.#news = [];
    this.#asking = undefined;
    const tell = (what: string): void => this.#tell(what, !what.endsWith('back'));
    this.#instances = addresses.instancePorts.map((port, index) =>
      shopProcess({ name: `shop-${index + 1}`, port, folder, returnsAfter, tell }),
    );
    this.#balancer = new KeptProcess({
      name: 'evenkeel',
      command: join(root, 'bin/evenkeel'),
      args: ['run', document],
      readyWhen: /admin on/,
      restartAfter: balancerReturnsAfter,
      tell,
    });
    this.#status = new StatusSource(addresses.adminPort);
    this.#shoppers = new Shoppers({
      port: addresses.port,
      perSecond,
      onOrder: (order) => {
        this.#orders = [...this.#orders, order].slice(-keptNews);
      },
      onFailure: (what) => this.#tell(what, true),
    });
  }

  /** Resolves when all of it runs. Rejects with the reason when some part does not, and then nothing runs. */
  static async start(settings: ClusterSettings): Promise<Cluster> {
    const folder = await mkdtemp(join(tmpdir(), 'evenkeel-shop-'));
    const cluster = new Cluster(settings, folder, await documentFor(settings.addresses, folder));
    try {
      await Promise.all(cluster.#instances.map((instance) => instance.start()));
      await cluster.#balancer.start();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    cluster.#shoppers.start();
    cluster.#askAgain();
    return cluster;
  }

  view(): View {
    const now = Date.now();
    const { addresses, returnsAfter } = this.#settings;
    return buildView({
      now,
      startedAt: this.#startedAt,
      port: addresses.port,
      adminPort: addresses.adminPort,
      returnsAfter,
      balancer: this.#balancer.facts(now),
      instances: this.#instances.map((instance) => instance.facts(now)),
      samples: this.#status.samples,
      shoppers: this.#shoppers.counts,
      orders: this.#orders,
      news: this.#news,
    });
  }

  /** Ends the shoppers first, then Evenkeel, then the shop: nobody waits for an answer that nobody gives. */
  async stop(): Promise<void> {
    clearTimeout(this.#asking);
    await this.#shoppers.stop(1000);
    await this.#balancer.stop(patience);
    await Promise.all(this.#instances.map((instance) => instance.stop(patience)));
    await rm(this.#folder, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #askAgain(): void {
    void this.#status.ask().finally(() => {
      this.#asking = setTimeout(() => this.#askAgain(), askEvery);
    });
  }

  #tell(what: string, isBad: boolean): void {
    this.#news = addNews(this.#news, { at: Date.now(), what, isBad }, keptNews);
  }
}

interface ShopProcess {
  readonly name: string;
  readonly port: number;
  readonly folder: string;
  readonly returnsAfter: number;
  readonly tell: (what: string) => void;
}

function shopProcess({ name, port, folder, returnsAfter, tell }: ShopProcess): KeptProcess {
  const service = join(import.meta.dirname, 'service.ts');
  const args = [service, '--name', name, '--port', String(port), '--orders', folder];
  return new KeptProcess({ name, command: process.execPath, args, readyWhen: /listening/, restartAfter: returnsAfter, tell });
}
