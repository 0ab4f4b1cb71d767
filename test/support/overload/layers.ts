// Balancers before balancers before endpoints that fail everything at once: what each layer's retries make of the load on the last one.
import { SteadyLoad } from '../chaos/steady-load.ts';
import { RunningEvenkeel } from './running-evenkeel.ts';
import { TimedEndpoints } from './timed-endpoints.ts';

export const layers = 3;
export const attempts = 4;

export interface Amplified {
  readonly requests: number;
  /** Of them and of their retries, at endpoints. */
  readonly arrived: number;
  readonly seconds: number;
  /** What clients were told. */
  readonly answers: ReadonlySet<string>;
}

/** At least so many requests, sixteen at a time. */
export async function amplify(requests: number, budget: string): Promise<Amplified> {
  await using stack = new AsyncDisposableStack();
  const parts = Array.from({ length: attempts }, () => ({ places: Number.MAX_SAFE_INTEGER, mean: 0, shape: 1, status: 503 }));
  const endpoints = stack.use(await TimedEndpoints.start(parts, 1));
  let { ports } = endpoints;
  for (let layer = 0; layer < layers; layer++) {
    const evenkeel = stack.use(await RunningEvenkeel.start(documentOf(ports, budget)));
    ports = await Promise.all(names.map((name) => evenkeel.port(name)));
  }
  const [port = 0] = ports;
  const begun = performance.now();
  const load = new SteadyLoad({ port, clients: 16, method: 'GET' });
  await load.more(requests);
  await load.stop();
  const seconds = (performance.now() - begun) / 1000;
  const { arrived } = await endpoints.tally();
  return { requests: load.outcomes.length, arrived, seconds, answers: new Set(load.outcomes.map(({ detail }) => detail)) };
}

/** A retry goes to an endpoint that was not tried before, so that each layer needs as many of the next as it has tries. */
const names: readonly string[] = Array.from({ length: attempts }, (_, index) => `listener-${index}`);

// Ejected endpoints would take the load off the next layer by themselves, and so would a balancer that the machine gives too little time.
const documentOf = (ports: readonly number[], budget: string): string => `workers: 1
overload: none
listeners: [${names.map((name) => `{ name: ${name}, bind: "127.0.0.1:0", pool: next }`).join(', ')}]
pools:
  next:
    endpoints: [${ports.map((port) => `"127.0.0.1:${port}"`).join(', ')}]
    outliers: none
    retry: { attempts: ${attempts}, on: [503], budget: ${budget} }
`;
