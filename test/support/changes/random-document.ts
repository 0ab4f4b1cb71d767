// Documents that follow one another: each differs from the one before by a few random changes, and some of them are wrong in a random way.
// What WebSockets hang on (the listener `shop`, the pool `sockets` and its two endpoints) is in each of them.
import type { Random } from '../../../src/foundation/basics/random.ts';

/** What there is to name in documents. */
export interface Stage {
  /** Ports of endpoints that answer every request. The last two are those of WebSockets. */
  readonly ports: readonly number[];
  /** A port that somebody else listens on. */
  readonly takenPort: number;
  /** Where the admin server listens. */
  readonly admin: string;
}

interface Pool {
  endpoints: Map<number, number>;
  balance: string;
  settings: Map<string, string>;
}

const policies = ['round-robin', 'random', 'least-connections', 'power-of-two-choices', 'maglev', 'peak-ewma', 'ip-hash', 'least-time'];
const poolSettings: readonly (readonly [string, readonly string[]])[] = [
  ['retry', ['{ attempts: 2 }', '{ attempts: 3, body: 1KiB }', '{ attempts: 1 }']],
  ['timeouts', ['{ response: 30s }', '{ response: 40s, connect: 2s }']],
  ['connections', ['{ idle: 10 }', '{ idle: 100 }']],
  ['outliers', ['none', 'mild', 'envoy']],
  ['maxRequests', ['1000', '2000']],
  ['queue', ['{ size: 100, timeout: 10s }', '{ size: 200, timeout: 10s, order: fifo }']],
  ['breaker', ['{ failures: 90 }', '{ failures: 95 }']],
  ['health', ['{ http: /, interval: 1s, timeout: 900ms, start: up }', '{ tcp: true, interval: 1s, timeout: 900ms }']],
  ['slowStart', ['5s', '10s']],
];
const listenerSettings = ['', 'limits: { connections: 5000 }, ', 'timeouts: { keepAlive: 70s }, ', 'limits: { fields: 90 }, '];

export class RandomDocuments {
  readonly #random: Random;
  readonly #stage: Stage;
  readonly #pools = new Map<string, Pool>();
  /** More listeners, by name: the pool that each leads to. */
  readonly #listeners = new Map<string, string>();
  #shopSettings = '';
  #routes: string[] = [];
  #made = 0;

  constructor(stage: Stage, random: Random) {
    this.#stage = stage;
    this.#random = random;
    const [first = 0, second = 0] = stage.ports;
    this.#pools.set('web', {
      endpoints: new Map([
        [first, 1],
        [second, 1],
      ]),
      balance: 'round-robin',
      settings: new Map(),
    });
    const sockets = stage.ports.slice(-2).map((port) => [port, 1] as const);
    this.#pools.set('sockets', { endpoints: new Map(sockets), balance: 'round-robin', settings: new Map() });
  }

  /** The document as it stands. */
  text(): string {
    const routes = [...this.#routes, '{ path: /socket, pool: sockets }', '{ pool: web }'].join(', ');
    const more = [...this.#listeners].map(([name, pool]) => `  - { name: ${name}, bind: "127.0.0.1:0", pool: ${pool} }\n`).join('');
    const pools = [...this.#pools].map(([name, pool]) => poolText(name, pool)).join('');
    const head = `workers: 2\noverload: none\nadmin: { bind: "${this.#stage.admin}" }\n`;
    return `${head}listeners:\n  - { name: shop, bind: "127.0.0.1:0", ${this.#shopSettings}routes: [${routes}] }\n${more}pools:\n${pools}`;
  }

  /** A few random changes. */
  change(): string {
    for (let left = 1 + this.#below(3); left > 0; left--)
      this.#draw([this.#changeEndpoint, this.#changePool, this.#changeParts, this.#changeShop]).call(this);
    return this.text();
  }

  /** The document with a random mistake; the next one is without it. */
  mistake(): string {
    const text = this.text();
    return this.#draw([
      () => text.replace('pool: web', 'pool: wbe'),
      () => text.replace('weight: ', 'weight: -'),
      () => text.replace('balance: ', 'balance: un'),
      () => `${text}  - [`,
      () => text.slice(0, text.length / 2),
      () => `${text}pools: {}\n`,
      () => text.replace('listeners:\n', `listeners:\n  - { name: taken, bind: "127.0.0.1:${this.#stage.takenPort}", pool: web }\n`),
      () => text.replace('workers: 2', 'workers: two'),
    ])();
  }

  #changeEndpoint(): void {
    const name = this.#draw([...this.#pools.keys()]);
    const pool = this.#pools.get(name);
    if (pool === undefined) return;
    const port = this.#draw(this.#stage.ports);
    const isNeeded = pool.endpoints.size === 1 || (name === 'sockets' && this.#stage.ports.slice(-2).includes(port));
    if (pool.endpoints.has(port) && !isNeeded && this.#below(2) === 0) pool.endpoints.delete(port);
    else pool.endpoints.set(port, 1 + this.#below(5));
  }

  #changePool(): void {
    const pool = this.#pools.get(this.#draw([...this.#pools.keys()]));
    if (pool === undefined) return;
    if (this.#below(3) === 0) pool.balance = this.#draw(policies);
    const [key, values] = this.#draw(poolSettings);
    if (pool.settings.has(key) && this.#below(2) === 0) pool.settings.delete(key);
    else pool.settings.set(key, this.#draw(values));
  }

  /** Pools and listeners come and go. */
  #changeParts(): void {
    const name = `p${this.#made++}`;
    const spare = [...this.#pools.keys()].filter((pool) => !['web', 'sockets'].includes(pool));
    if (spare.length < 4 && this.#below(2) === 0) {
      const endpoints = new Map([[this.#draw(this.#stage.ports), 1]]);
      this.#pools.set(name, { endpoints, balance: this.#draw(policies), settings: new Map() });
      if (this.#below(2) === 0) this.#listeners.set(`l${name}`, name);
      else this.#routes.push(`{ path: "/${name}/*", pool: ${name} }`);
      return;
    }
    if (spare.length === 0) return;
    const gone = this.#draw(spare);
    this.#pools.delete(gone);
    this.#routes = this.#routes.filter((route) => !route.includes(`pool: ${gone} `));
    for (const [listener, pool] of this.#listeners) if (pool === gone) this.#listeners.delete(listener);
  }

  #changeShop(): void {
    if (this.#below(2) === 0) this.#shopSettings = this.#draw(listenerSettings);
    else this.#routes.push(`{ path: "/api/*", pool: ${this.#draw([...this.#pools.keys()].filter((name) => name !== 'sockets'))} }`);
    if (this.#routes.length > 6) this.#routes.shift();
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

function poolText(name: string, { endpoints, balance, settings }: Pool): string {
  const addresses = [...endpoints].map(([port, weight]) => `{ address: "127.0.0.1:${port}", weight: ${weight} }`).join(', ');
  const more = [...settings].map(([key, value]) => `    ${key}: ${value}\n`).join('');
  return `  ${name}:\n    balance: ${balance}\n    endpoints: [${addresses}]\n${more}`;
}
