// How much of its weight an endpoint has while it warms up: a curve as in Envoy's slow start window, and steps of a sixteenth as in
// HAProxy's `slowstart`. Never decreases with time, and is the whole weight once the window is over.
import type { Milliseconds } from '../basics/units.ts';

export interface SlowStart {
  readonly window: Milliseconds;
  /** 1 is a straight line; above 1, traffic comes early; below 1, late. Above 0. */
  readonly aggression: number;
  /** The factor to begin with at least: with next to nothing, an endpoint would never warm up. */
  readonly least: number;
}

/** The factor for a weight, `elapsed` milliseconds after the endpoint became healthy or joined. From `least` to 1. */
export function slowStartFactor(elapsed: number, { window, aggression, least }: SlowStart): number {
  if (elapsed >= window) return 1;
  // Envoy counts from the first millisecond on, so that a time of 0, or a clock put back, has a factor as well.
  const passed = Math.max(elapsed, 1) / window;
  return Math.min(1, Math.max(passed ** (1 / aggression), least));
}

/** Sixteenths of a weight, 1 to 16, `elapsed` milliseconds after the endpoint came up. HAProxy counts whole seconds and takes steps from there. */
export function slowStartSixteenths(elapsed: number, window: Milliseconds): number {
  if (elapsed >= window) return 16;
  const passed = Math.max(0, Math.floor(elapsed / 1000)) * 1000;
  return Math.min(16, Math.floor((16 * passed + window) / window));
}
