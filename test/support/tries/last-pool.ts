// Pools that have another pool or an answer behind them.
import assert from 'node:assert/strict';
import type { WrittenDocument } from '../../../src/control-plane/configuration/document.ts';
import { HoldingEndpoint } from '../holding-endpoint.ts';
import type { PlanesParts } from '../planes.ts';
import { Planes } from '../planes.ts';

export const timeout = 60_000;

export const requestOf = (method: string, path = '/', lines = ''): string => `${method} ${path} HTTP/1.1\r\nHost: a.test\r\n${lines}\r\n`;

export const get = requestOf('GET');

export const lastResort = { status: 503, type: 'text/html; charset=utf-8', body: '<p>Gleich zurück</p>' } as const;

export type PoolParts = Partial<WrittenDocument['pools'][string]>;

export interface World extends AsyncDisposable {
  readonly here: Planes;
  readonly endpoints: readonly HoldingEndpoint[];
  endpoint(place: number): HoldingEndpoint;
  /** The body of an answer with the status 200. */
  answered(request?: string): Promise<string>;
}

/** Pools by name, each with its settings, and two endpoints each: e0 and e1 of the first one, and so on. */
export async function world(pools: Readonly<Record<string, PoolParts>>, more: Partial<PlanesParts> = {}): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const endpoints: HoldingEndpoint[] = [];
  const open = async (): Promise<string> => {
    const endpoint = stack.use(await HoldingEndpoint.open(`e${endpoints.length}`));
    endpoints.push(endpoint);
    return endpoint.address;
  };
  const written: Record<string, object> = {};
  for (const [name, settings] of Object.entries(pools)) {
    const places = [{ address: await open() }, { address: await open() }];
    written[name] = {
      balance: 'first-available',
      ...settings,
      endpoints: places.map((each, at) => ({ ...each, ...(settings.endpoints?.[at] as object) })),
    };
  }
  const here = stack.use(await Planes.start({ pools: written as WrittenDocument['pools'], ...more }));
  const all = stack.move();
  return {
    here,
    endpoints,
    endpoint: (place) => endpoints[place] ?? assert.fail(),
    async answered(request = get) {
      const answer = await here.ask(request);
      assert.match(answer, /^HTTP\/1\.1 200 /);
      return answer.split('\r\n\r\n')[1] ?? '';
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

export const setAll = ({ here }: World, places: readonly number[], state: 'up' | 'draining' | 'down'): void => {
  for (const place of places) here.set(place, state);
};
