// What sources said last, kept on disk for pools with `init: last`: the next start has endpoints before anybody answers. Written whole and put in
// place in one step, so that a crash leaves the one or the other.
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { EndpointSettings } from '../../domain/endpoints/endpoint-settings.ts';
import type { DiscoverSettings } from '../../domain/traffic/discover-settings.ts';
import { thrownText } from '../../foundation/basics/thrown.ts';
import { writeWhole } from '../changing/history/whole-file.ts';
import { endpointsIn } from './reconcile.ts';

export interface KeptAnswer {
  readonly settings: DiscoverSettings;
  readonly endpoints: readonly EndpointSettings[];
}

const fileShape = z.object({
  version: z.literal(1),
  pools: z.record(z.string(), z.object({ source: z.string(), endpoints: z.array(z.unknown()) })),
});

type Kept = z.output<typeof fileShape>['pools'];

export interface LastAnswersParts {
  /** Absent where nothing is kept. */
  readonly path: string | undefined;
  readonly log: { warn(text: string): void };
}

export class LastAnswers {
  readonly #parts: LastAnswersParts;
  #kept: Kept = {};
  #written: string | undefined;
  /** Never rejects. */
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: LastAnswersParts) {
    this.#parts = parts;
  }

  async load(): Promise<void> {
    const { path, log } = this.#parts;
    if (path === undefined) return;
    try {
      this.#kept = fileShape.parse(JSON.parse(await readFile(path, 'utf8'))).pools;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
      log.warn(`${path} is not what sources of endpoints said last, and is written anew: ${thrownText(error)}`);
    }
  }

  /** Of this source and no other one; undefined where nothing is kept of it. */
  of(pool: string, settings: DiscoverSettings): readonly EndpointSettings[] | undefined {
    const kept = Object.hasOwn(this.#kept, pool) ? this.#kept[pool] : undefined;
    if (kept === undefined || kept.source !== keyOf(settings)) return undefined;
    const { endpoints } = endpointsIn(kept.endpoints, settings, []);
    return endpoints.length === 0 ? undefined : endpoints;
  }

  /** In the place of all that was kept. Resolves when it is on disk, or cannot be. */
  keep(answers: ReadonlyMap<string, KeptAnswer>): Promise<void> {
    const { path, log } = this.#parts;
    if (path === undefined) return Promise.resolve();
    const pools = [...answers].map(([pool, { settings, endpoints }]) => [
      pool,
      { source: keyOf(settings), endpoints: endpoints.map(writtenEndpoint) },
    ]);
    const text = `${JSON.stringify({ version: 1, pools: Object.fromEntries(pools) }, undefined, 1)}\n`;
    if (text === this.#written) return this.#writing;
    this.#written = text;
    this.#writing = this.#writing
      .then(() => writeWhole(path, text))
      .catch((error: unknown) => {
        this.#written = undefined;
        log.warn(`What sources of endpoints said last could not be kept in ${path}: ${thrownText(error)}`);
      });
    return this.#writing;
  }
}

/** What decides whether an answer is one to the same question. Secrets do not, and are not written. */
function keyOf({ source }: DiscoverSettings): string {
  switch (source.kind) {
    case 'dns':
      return `dns ${source.name}:${source.port} ${source.family}`;
    case 'srv':
      return `srv ${source.name} ${source.family}`;
    case 'file':
      return `file ${source.path}`;
    case 'http':
      return `http ${new URL(source.url).origin}${new URL(source.url).pathname}`;
  }
}

/** As a document writes it. */
function writtenEndpoint({ id, address: _, maxConnections, capacity, weight, ...rest }: EndpointSettings): object {
  return {
    address: id,
    ...(capacity === undefined ? { weight } : { capacity }),
    maxConnections: Number.isFinite(maxConnections) ? maxConnections : 'none',
    ...rest,
  };
}
