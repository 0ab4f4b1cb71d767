// What a run asks of a balancer under test: to be started on a port in front of the same endpoints as the others.

import type { Started } from '../machine/processes.ts';

export interface Site {
  /** A folder of its own, in memory, for configuration and whatever the balancer writes. */
  readonly home: string;
  readonly endpointPorts: readonly number[];
  readonly cores: string;
  readonly workers: number;
}

export interface Running {
  readonly name: string;
  readonly port: number;
  readonly started: Started;
}

export interface Balancer {
  readonly name: string;
  readonly version: string;
  start(site: Site): Promise<Running>;
}
