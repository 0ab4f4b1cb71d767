// One upstream address: who it is, how to reach it, and the load that all workers have on it.
import type { EndpointLoad } from './endpoint-load.ts';

/** Where to connect to. */
export type EndpointAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

export interface Endpoint {
  /** The address as text (`10.0.0.1:8080`, `[::1]:80`, `unix:/run/app.sock`). State is kept by it, never by position. */
  readonly id: string;
  readonly address: EndpointAddress;
  /** Above 0. Twice the weight, twice the share, for policies that honour weights. */
  readonly weight: number;
  readonly load: EndpointLoad;
}
