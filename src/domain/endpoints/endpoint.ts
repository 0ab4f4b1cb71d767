// One upstream address: who it is, how to reach it, and the load that all workers have on it.
import type { EndpointLoad } from './endpoint-load.ts';

/** Where to connect to. */
export type EndpointAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** One snapshot of an endpoint: when its weight changes, another one takes its place, with the same `id` and `load`. */
export interface Endpoint {
  /** The address as text (`10.0.0.1:8080`, `[::1]:80`, `unix:/run/app.sock`). State is kept by it, never by position. */
  readonly id: string;
  readonly address: EndpointAddress;
  /** Above 0. Twice the weight, twice the share, for policies that honour weights. */
  readonly weight: number;
  /** Requests in flight that it takes at most, from all workers together; `Infinity` for no limit. */
  readonly maxConnections: number;
  /** 0 is asked first; a tier is asked when the one before it has no endpoint that may be picked. */
  readonly tier: number;
  readonly load: EndpointLoad;
}
