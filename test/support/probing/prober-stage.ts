// A schedule of probes with a clock, chance and answers that the test makes up.
import assert from 'node:assert/strict';
import { setImmediate as soon } from 'node:timers/promises';
import type { ProbeContext, ProbeResult } from '../../../src/control-plane/probing/probe.ts';
import { pass } from '../../../src/control-plane/probing/probe.ts';
import type { ProbeRules, ProbeTask } from '../../../src/control-plane/probing/probe-task.ts';
import type { ProbedChange, ProberParts } from '../../../src/control-plane/probing/prober.ts';
import { Prober, proberTick } from '../../../src/control-plane/probing/prober.ts';
import { seeded } from '../../../src/foundation/basics/random.ts';
import { milliseconds } from '../../../src/foundation/basics/units.ts';

const usual: ProbeRules = {
  rise: 2,
  fall: 3,
  start: 'up',
  interval: milliseconds(2000),
  fastInterval: milliseconds(500),
  timeout: milliseconds(1000),
  jitter: 0,
};

export const failure: ProbeResult = { passed: false, reason: 'the answer was 503' };

/** A probe that was begun and waits for the test to answer it. */
interface Asked {
  readonly key: string;
  readonly at: number;
  readonly context: ProbeContext;
  readonly answer: (result: ProbeResult) => void;
}

export class Stage {
  now = 1_000_000;
  readonly asked: Asked[] = [];
  readonly changes: string[] = [];
  readonly prober: Prober;
  /** What each probe gets at once; undefined for one that the test answers, or nobody. */
  reply: (key: string) => ProbeResult | undefined = () => pass;
  mostUnderWay = 0;
  readonly #underWay = new Set<string>();

  constructor(parts: Partial<ProberParts<ProbeTask>> = {}) {
    this.prober = new Prober({
      now: () => this.now,
      random: seeded(0x5eed),
      onTransition: ({ task, state, reason }: ProbedChange<ProbeTask>) => this.changes.push(`${task.key} ${state}: ${reason}`),
      ...parts,
    });
  }

  /** The group is the first word of the key. */
  task(key: string, rules: Partial<ProbeRules> = {}, question = 'how are you?'): ProbeTask {
    const [group = ''] = key.split(' ');
    return { key, group, question, rules: { ...usual, ...rules }, late: 'failure', ask: (context) => this.#ask(key, context) };
  }

  tasks(count: number, rules: Partial<ProbeRules> = {}): readonly ProbeTask[] {
    return Array.from({ length: count }, (_, index) => this.task(`web ${index}`, rules));
  }

  /** Lets time pass tick by tick, with everything that follows from it. */
  async pass(time: number): Promise<void> {
    const end = this.now + time;
    while (this.now < end) {
      this.now = Math.min(end, this.now + proberTick);
      this.prober.advance();
      await soon();
    }
  }

  async answer(result: ProbeResult): Promise<void> {
    this.asked.at(-1)?.answer(result);
    await soon();
  }

  /** Milliseconds from one probe of the endpoint to the next. */
  gaps(key: string): readonly number[] {
    const times = this.asked.filter((each) => each.key === key).map((each) => each.at);
    return times.slice(1).map((time, index) => time - (times[index] ?? 0));
  }

  #ask(key: string, context: ProbeContext): Promise<ProbeResult> {
    assert.ok(!this.#underWay.has(key), `${key} is asked twice at a time`);
    this.#underWay.add(key);
    this.mostUnderWay = Math.max(this.mostUnderWay, this.#underWay.size);
    const { promise, resolve } = Promise.withResolvers<ProbeResult>();
    const asked: Asked = { key, at: this.now, context, answer: resolve };
    this.asked.push(asked);
    const done = (): void => {
      this.#underWay.delete(key);
    };
    context.signal.addEventListener('abort', done);
    promise.then(done);
    const reply = this.reply(key);
    if (reply !== undefined) resolve(reply);
    return promise;
  }
}
