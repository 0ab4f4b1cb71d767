// The contract of a policy: a way of choosing among the endpoints that may be picked now.
import type * as z from 'zod';
import type { Random } from '../../foundation/basics/random.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';

export interface PickRequest {
  /** Hash of whatever the pool is keyed on, 32 bits. Policies without affinity ignore it. */
  readonly key: number;
  /** 0 for the first try, 1 for the first retry, and so on. Hashing policies move on by it. */
  readonly attempt: number;
}

/** Chooses among the candidates that it was built with. Built anew, never patched, when they change. */
export interface Picker {
  pick(request: PickRequest): Endpoint;
}

/** Never empty: a pool without candidates answers `no-endpoint` before any policy is asked. */
export type Candidates = readonly [Endpoint, ...Endpoint[]];

export interface PolicyTools {
  /** Given from outside, so that tests and the simulator can replay a run. */
  readonly random: Random;
}

/** `Options` is a zod shape: the policy's own options, each with a default. */
export interface Policy<Name extends string, Options extends z.ZodRawShape> {
  readonly name: Name;
  /** One sentence for documentation and messages. */
  readonly summary: string;
  /** Whether shares of picks follow weights while all candidates are equally busy for their weight. The shared tests hold it to its word. */
  readonly honoursWeights: boolean;
  readonly options: Options;
  build(candidates: Candidates, settings: z.infer<z.ZodObject<Options>>, tools: PolicyTools): Picker;
}

/** Keeps `Name` and `Options` exact, so that the list yields a union told apart by `policy`. */
export function definePolicy<const Name extends string, Options extends z.ZodRawShape>(
  definition: Policy<Name, Options>,
): Policy<Name, Options> {
  return definition;
}
