// A pool whose endpoints react to each request as a test says, and requests to it.
import type { BalancedParts } from '../balanced.ts';
import { balanced } from '../balanced.ts';
import type { Reaction } from '../recording-endpoint.ts';
import { RecordingEndpoint } from '../recording-endpoint.ts';

export const timeout = 60_000;

export const requestOf = (method: string, lines = ''): string => `${method} / HTTP/1.1\r\nHost: a.test\r\n${lines}\r\n`;

export const get = requestOf('GET');

export const post = requestOf('POST', 'Content-Length: 0\r\n');

export type Pool = NonNullable<BalancedParts['pool']>;

/** Endpoints with these reactions, the first of which is asked first. */
export async function world(reactions: readonly Reaction[], pool: Pool = {}, listener = {}) {
  await using stack = new AsyncDisposableStack();
  const endpoints: RecordingEndpoint[] = [];
  for (const reaction of reactions) endpoints.push(stack.use(await RecordingEndpoint.open(reaction)));
  const here = stack.use(await balanced({ endpoints, pool: { balance: 'first-available', ...pool }, listener }));
  const kept = stack.move();
  return {
    here,
    /** How many whole requests each got. */
    get got(): readonly number[] {
      return endpoints.map(({ requests }) => requests.length);
    },
    get inFlight(): readonly number[] {
      return endpoints.map((_, index) => here.endpoint(index).inFlight);
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
