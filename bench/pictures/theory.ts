// What queueing theory says of exponential times of service with a mean of 1: the pictures' data are held against it.

/** Random choice: every server is a queue of its own, M/M/1. */
export const meanOfRandom = (load: number): number => 1 / (1 - load);

/** Turns: each server sees every n-th arrival, E_n/M/1. L. Kleinrock, Queueing Systems I (1975), on G/M/1. */
export function meanOfTurns(load: number, servers: number): number {
  let share = 0.5;
  for (let step = 0; step < 10_000; step++) share = ((servers * load) / (servers * load + 1 - share)) ** servers;
  return 1 / (1 - share);
}

/** The shorter of two queues among endlessly many. M. Mitzenmacher, IEEE TPDS 12(10), 2001. */
export function meanOfTwoChoices(load: number): number {
  let sum = 0;
  for (let power = 1; power < 2 ** 30; power = 2 * power + 1) sum += load ** (power - 1);
  return sum;
}

/** One queue before all servers, M/M/n: no policy does better. Erlang's formula C. */
export function meanOfOneQueue(load: number, servers: number): number {
  const offered = load * servers;
  let blocked = 1;
  for (let server = 1; server <= servers; server++) blocked = (offered * blocked) / (server + offered * blocked);
  const waits = blocked / (1 - load * (1 - blocked));
  return 1 + waits / (servers * (1 - load));
}

/** Random choice and any times of service: Pollaczek and Khinchine, by the squared coefficient of variation. */
export const meanOfVaried = (load: number, variation: number): number => 1 + (load * (1 + variation)) / (2 * (1 - load));
