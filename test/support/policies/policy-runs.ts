// What a policy meets in a balancer at work, without one: requests with keys, tries that begin, are answered and end.
import { buildPicker } from '../../../src/domain/balancing/build-picker.ts';
import type { Trial, TrialOutcome } from '../../../src/domain/balancing/learner.ts';
import type { Options } from '../../../src/domain/balancing/options.ts';
import type { Candidates, Picker, PickRequest, Policy, PolicyTools } from '../../../src/domain/balancing/policy.ts';
import type { PolicySettings } from '../../../src/domain/balancing/policy-settings.ts';
import type { Endpoint } from '../../../src/domain/endpoints/endpoint.ts';
import { SharedTable } from '../../../src/foundation/algorithms/shared-table.ts';
import { itemAt } from '../../../src/foundation/basics/item-at.ts';
import type { Random } from '../../../src/foundation/basics/random.ts';
import { seeded } from '../../../src/foundation/basics/random.ts';
import { milliseconds } from '../../../src/foundation/basics/units.ts';
import { policyTools, times } from '../endpoints.ts';

/** Requests with keys of their own: addresses, which policies that read them need and others take as any text. */
export function requestsOf(count: number, seed = 1): readonly PickRequest[] {
  const random = seeded(seed);
  const byte = (): number => Math.floor(random() * 256);
  return times(count, () => ({ key: `${byte()}.${byte()}.${byte()}.${byte()}`, attempt: 0 }));
}

/** In whole milliseconds: a number with decimals becomes an object on its way out of a clock, which would count as memory of the policy's. */
export interface Clock {
  now: number;
}

/** A picker with all that its policy may ask for, on a clock of its own. */
export function pickerFor(
  policy: Pick<Policy<string, Options>, 'needsAssignments'>,
  settings: PolicySettings,
  candidates: Candidates,
  given: { readonly random: Random; readonly turns?: Int32Array; readonly clock?: Clock },
): Picker {
  const { random, turns, clock = { now: 1_000_000 } } = given;
  const tools: PolicyTools = {
    ...policyTools({ random, now: () => clock.now, ...(turns === undefined ? {} : { turns }) }),
    ...(policy.needsAssignments ? { assignments: new SharedTable({ capacity: 4096, lifetime: milliseconds(60_000) }, 0) } : {}),
  };
  return buildPicker(settings, candidates, tools);
}

/** Exchanges of one worker that begin and end as a seed has it. */
export class Exchanges {
  readonly #picker: Picker;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #requests: readonly PickRequest[];
  readonly #running: { -readonly [Name in keyof Trial]: Trial[Name] }[] = [];
  #begun = 0;

  constructor(picker: Picker, parts: { readonly clock: Clock; readonly seed: number; readonly requests?: readonly PickRequest[] }) {
    this.#picker = picker;
    this.#clock = parts.clock;
    this.#random = seeded(parts.seed);
    this.#requests = parts.requests ?? requestsOf(256, parts.seed);
  }

  /** Begins one, with no more than `most` running, and lets some of those that run end. The endpoint that was picked. */
  step(most: number): Endpoint {
    this.#clock.now += Math.floor(this.#random() * 20);
    if (this.#begun % 50 === 49) this.#picker.refresh?.(this.#clock.now);
    while (this.#running.length >= most || (this.#running.length > 0 && this.#random() < 0.4)) this.#end();
    const endpoint = this.#picker.pick(itemAt(this.#requests, this.#begun++ % this.#requests.length));
    endpoint.load.hold();
    const { now } = this.#clock;
    const trial = { endpoint, now, begunAt: now, answeredAt: 0, status: 0, fields: '', tag: 0 };
    trial.tag = this.#picker.learner?.begun(trial) ?? 0;
    this.#running.push(trial);
    return endpoint;
  }

  /** Lets all end that run. */
  drain(): void {
    while (this.#running.length > 0) this.#end();
    this.#picker.refresh?.(this.#clock.now);
  }

  #end(): void {
    const [trial] = this.#running.splice(Math.floor(this.#random() * this.#running.length), 1);
    if (trial === undefined) return;
    const luck = this.#random();
    trial.now = this.#clock.now;
    if (luck > 0.1) {
      trial.answeredAt = trial.now;
      trial.status = luck > 0.15 ? 200 : 503;
      trial.fields = `server: x\r\nendpoint-load-metrics: TEXT cpu=${(luck / 2).toFixed(3)},rps_fractional=${(luck * 100).toFixed(1)},eps=0\r\n`;
      this.#picker.learner?.answered(trial);
    }
    trial.endpoint.load.release();
    this.#picker.learner?.ended(trial, outcomeOf(luck));
  }
}

function outcomeOf(luck: number): TrialOutcome {
  if (luck > 0.1) return 'succeeded';
  return luck > 0.05 ? 'failed' : 'ignored';
}
