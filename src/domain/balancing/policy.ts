// The contract of a policy: a way of choosing among the endpoints that may be picked now.
// The built-in policies and those of users are written against this file and options.ts alone.
import type { SharedTable } from '../../foundation/algorithms/shared-table.ts';
import type { Random } from '../../foundation/basics/random.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import type { Learner } from './learner.ts';
import type { Options, OptionValues } from './options.ts';

/** Lent for the time of a pick; the next exchange has the same object with other values. */
export interface PickRequest {
  /** What the pool is keyed on, as it came, one character for each byte; undefined without a keyed policy. Never empty. */
  readonly key: string | undefined;
  /** 0 for the first try, 1 for the first retry, and so on. Keyed policies move on by it along the key's own order of endpoints. */
  readonly attempt: number;
}

/** Chooses among the candidates that it was built with. Built anew, never patched, when they change. */
export interface Picker {
  /** Hot path: answers at once, and allocates nothing. */
  pick(request: PickRequest): Endpoint;
  /** Told how tries go, where a policy learns from more than the requests in flight. */
  readonly learner?: Learner;
  /** Called about ten times a second, off the way of requests: for tables that follow what was learned. `now` as in `PolicyTools`. */
  refresh?(now: number): void;
}

/** Never empty: a pool without candidates answers `no-endpoint` before any policy is asked. */
export type Candidates = readonly [Endpoint, ...Endpoint[]];

export interface PolicyTools {
  /** Given from outside, so that tests and the simulator can replay a run. */
  readonly random: Random;
  /** Milliseconds with fractions, of a clock that only goes forward and is the same for all workers. */
  readonly now: () => number;
  /** A counter that all workers share, for turns that they take together: one word at index 0. Absent where there is one worker alone. */
  readonly turns?: Int32Array;
  /** What all workers remember of which key is where: the hash of a key to the slot of an endpoint. Given to policies that need it. */
  readonly assignments?: SharedTable;
  /** Something that this worker keeps for an endpoint, by its identity, while pickers come and go: made at the first call. */
  readonly remember: <Memory>(endpoint: Endpoint, make: () => Memory) => Memory;
}

/** What a person describes a policy with. Marked optional is what only the reference page and the shared tests of built-in policies read. */
export interface PolicyDefinition<Name extends string, Of extends Options> {
  readonly name: Name;
  /** One sentence for documentation and messages: what it does. */
  readonly summary: string;
  /** For the reference: when a person does well to choose it. */
  readonly choose?: string;
  /** For the reference: what a pick and a build cost, in the number of endpoints n. */
  readonly cost?: string;
  /** For the reference: the paper or program that it follows. */
  readonly source?: string;
  /** Whether shares of picks follow weights while all candidates are equally busy for their weight. The shared tests hold it to its word. */
  readonly honoursWeights?: boolean;
  /**
   * Present when the same key goes to the same endpoint: the sources of the key. Such a policy is built over all endpoints of a tier, also those
   * that are down, so that an endpoint that comes back finds its keys; `attempt` walks on along the key's own order, each endpoint once.
   */
  readonly keyedOn?: (settings: OptionValues<Of>) => readonly string[];
  /** The policy keeps keys in `PolicyTools.assignments`. */
  readonly needsAssignments?: boolean;
  readonly options: Of;
  build(candidates: Candidates, settings: OptionValues<Of>, tools: PolicyTools): Picker;
}

/** A definition with everything told. */
export interface Policy<Name extends string, Of extends Options> extends PolicyDefinition<Name, Of> {
  readonly choose: string;
  readonly cost: string;
  readonly source: string;
  readonly honoursWeights: boolean;
}

/** Keeps `Name` and options exact, so that the list yields a union told apart by `policy`. */
export function definePolicy<const Name extends string, const Of extends Options>(
  definition: PolicyDefinition<Name, Of>,
): Policy<Name, Of> {
  return { choose: '', cost: '', source: '', honoursWeights: false, ...definition };
}
