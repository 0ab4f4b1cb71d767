// A supervisor that serves what discovery finds, as Evenkeel joins them, and a hand to ask what is served.
import assert from 'node:assert/strict';
import type { WrittenDocument } from '../../../src/control-plane/configuration/document.ts';
import { documentSettings } from '../../../src/control-plane/configuration/document.ts';
import { Discovery } from '../../../src/control-plane/discovery/discovery.ts';
import type { SourceFigures } from '../../../src/control-plane/discovery/source-watch.ts';
import type { SupervisedDocument } from '../../../src/control-plane/supervising/supervisor.ts';
import { Supervisor } from '../../../src/control-plane/supervising/supervisor.ts';
import { eventually } from '../balanced.ts';
import { RecordedLog } from '../recorded-log.ts';

export type WrittenPools = WrittenDocument['pools'];

/** One listener, with a path for each pool. */
export const documentOf = (pools: WrittenPools) =>
  documentSettings.parse({
    workers: 1,
    overload: 'none',
    listeners: [{ name: 'web', bind: '127.0.0.1:0', routes: Object.keys(pools).map((pool) => ({ path: `/${pool}/*`, pool })) }],
    pools,
  });

export class Discovered implements AsyncDisposable {
  readonly log = new RecordedLog();
  readonly supervisor: Supervisor;
  readonly discovery: Discovery<SupervisedDocument>;
  #url = '';

  private constructor(pools: WrittenPools, kept?: string) {
    const document = documentOf(pools);
    this.supervisor = new Supervisor({ document, log: this.log });
    this.discovery = new Discovery<SupervisedDocument>(document, {
      change: (next) => this.supervisor.change(next),
      log: this.log,
      ...(kept === undefined ? {} : { kept }),
    });
  }

  static async start(pools: WrittenPools, kept?: string): Promise<Discovered> {
    const here = new Discovered(pools, kept);
    try {
      await here.discovery.prepare();
      const [bound] = await here.supervisor.start();
      here.#url = `http://${bound?.address}`;
      here.discovery.follow();
      return here;
    } catch (error) {
      await here[Symbol.asyncDispose]();
      throw error;
    }
  }

  async ask(pool = 'web', what = ''): Promise<string> {
    const answer = await fetch(`${this.#url}/${pool}/${what}`);
    return answer.status === 200 ? answer.text() : String(answer.status);
  }

  /** Whom a pool sends to by the document in force. */
  ids(pool = 'web'): readonly string[] {
    return this.supervisor.document.pools[pool]?.endpoints.map(({ id }) => id) ?? [];
  }

  figures(pool = 'web'): SourceFigures {
    return this.discovery.figuresOf(pool) ?? assert.fail(`Nobody finds endpoints of pool ${pool}.`);
  }

  until(isSo: () => boolean, what: string): Promise<void> {
    return eventually(isSo, `${what}\n${this.log.lines.join('\n')}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.discovery.stop();
    await this.supervisor.stop();
  }
}
