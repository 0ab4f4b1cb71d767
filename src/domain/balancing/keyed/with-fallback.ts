// Hot path. Exchanges that have no key: they are balanced by a policy that needs none, over the endpoints that are up.
import type { Endpoint } from '../../endpoints/endpoint.ts';
import type { Fallback } from '../keyed-options.ts';
import type { Learner } from '../learner.ts';
import type { Options } from '../options.ts';
import { withOwnMemory } from '../own-memory.ts';
import { leastConnections } from '../policies/least-connections.ts';
import { random } from '../policies/random.ts';
import { roundRobin } from '../policies/round-robin.ts';
import type { Candidates, Picker, PickRequest, Policy, PolicyTools } from '../policy.ts';

// Each is given the values of its own options, which the compiler does not follow.
const policies: Readonly<Record<Fallback, Pick<Policy<string, Options>, 'options' | 'build'>>> = {
  'round-robin': roundRobin as unknown as Policy<string, Options>,
  random: random as unknown as Policy<string, Options>,
  'least-connections': leastConnections as unknown as Policy<string, Options>,
};

/** A keyed policy's picker, and another one for requests without a key. That one is built when the first of them comes. */
export class WithFallback implements Picker {
  readonly learner?: Learner;
  readonly #picker: Picker;
  readonly #candidates: Candidates;
  readonly #build: (candidates: Candidates) => Picker;
  #fallback: Picker | undefined;
  /** What the fallback was built over; empty when nothing was up, and it was built over all. */
  #up: readonly Endpoint[] = [];

  constructor(picker: Picker, candidates: Candidates, fallback: Fallback, tools: PolicyTools) {
    const { options, build } = policies[fallback];
    // None of these policies has a duration, whose default would still have to be read.
    const settings = Object.fromEntries(Object.entries(options).map(([name, option]) => [name, option.default]));
    this.#picker = picker;
    this.#candidates = candidates;
    const apart = withOwnMemory(tools);
    this.#build = (over) => build(over, settings, apart);
    if (picker.learner !== undefined) this.learner = picker.learner;
  }

  pick(request: PickRequest): Endpoint {
    return request.key === undefined ? this.#pickWithoutKey(request) : this.#picker.pick(request);
  }

  refresh(now: number): void {
    this.#picker.refresh?.(now);
    if (this.#fallback === undefined) return;
    const up = this.#candidates.filter(({ load }) => load.isUp);
    if (up.length !== this.#up.length || up.some((endpoint, index) => endpoint !== this.#up[index])) this.#renew();
    this.#fallback.refresh?.(now);
  }

  #pickWithoutKey(request: PickRequest): Endpoint {
    const endpoint = (this.#fallback ?? this.#renew()).pick(request);
    // One that went down since is found out here; when all are, the caller is told by getting one of them.
    return endpoint.load.isUp || this.#up.length === 0 ? endpoint : this.#renew().pick(request);
  }

  #renew(): Picker {
    this.#up = this.#candidates.filter(({ load }) => load.isUp);
    const [first, ...others] = this.#up;
    const renewed = this.#build(first === undefined ? this.#candidates : [first, ...others]);
    this.#fallback = renewed;
    return renewed;
  }
}
