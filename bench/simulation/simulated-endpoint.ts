// What a scenario says of one endpoint.
import type { Random } from '../../src/foundation/basics/random.ts';
import type { Draw } from './draws.ts';
import type { ServerModel } from './servers.ts';

export interface SimulatedEndpoint {
  readonly server: ServerModel;
  /** 1 unless given. */
  readonly weight?: number;
  /** No limit unless given. */
  readonly maxConnections?: number;
  /** From the head of the answer to its last byte; it keeps no server busy. 0 unless given. */
  readonly body?: Draw;
  /** 200 unless given; 0 for a try that fails without an answer. */
  readonly status?: (random: Random, now: number) => number;
  /** Fields of an answer, as lines, when so many requests are in flight. None unless given. */
  readonly fields?: (inFlight: number, now: number) => string;
}
