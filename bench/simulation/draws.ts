// Distributions of times, in milliseconds. All take their chance from the generator that they are given.
import type { Random } from '../../src/foundation/basics/random.ts';

/** A time, drawn at a moment: milliseconds since the start of the simulation. */
export type Draw = (random: Random, now: number) => number;

export const constant =
  (value: number): Draw =>
  () =>
    value;

// `random` may give 0, of which there is no logarithm; 1 - random() is above 0.
export const exponential =
  (mean: number): Draw =>
  (random) =>
    -mean * Math.log(1 - random());

export const uniform =
  (least: number, most: number): Draw =>
  (random) =>
    least + (most - least) * random();

/** Of a whole shape, also known as Erlang: the sum of so many exponential times. */
export const gamma =
  (shape: number, mean: number): Draw =>
  (random) => {
    let product = 1;
    for (let stage = 0; stage < shape; stage++) product *= 1 - random();
    return (-mean / shape) * Math.log(product);
  };

/** Normal (G. E. P. Box and M. E. Muller, 1958), with 0 for what would lie below. */
export const normalFromZero =
  (mean: number, deviation: number): Draw =>
  (random) =>
    Math.max(0, mean + deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));

/** The rare draw with a small chance, the usual one otherwise. */
export const either =
  (chance: number, rare: Draw, usual: Draw): Draw =>
  (random, now) =>
    random() < chance ? rare(random, now) : usual(random, now);

/** Two exponential times, mixed so that both carry half of the work; `variation` is the squared coefficient of variation, 1 or more. */
export function hyperexponential(mean: number, variation: number): Draw {
  const chance = (1 - Math.sqrt((variation - 1) / (variation + 1))) / 2;
  return either(chance, exponential(mean / (2 * chance)), exponential(mean / (2 * (1 - chance))));
}

/** Something added between two moments, as when an endpoint is slow for a while. */
export const addedBetween =
  (from: number, until: number, extra: number, usual: Draw): Draw =>
  (random, now) =>
    usual(random, now) + (now >= from && now < until ? extra : 0);
