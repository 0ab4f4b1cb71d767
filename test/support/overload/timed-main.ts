// Endpoints whose only work is to wait: so many requests at once for a drawn time each, the rest in line behind them, the way a server with so
// many threads works. What it can bear is known, whatever the machine. It goes on with what a client no longer waits for.
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gamma } from '../../../bench/simulation/draws.ts';
import { seeded } from '../../../src/foundation/basics/random.ts';
import type { Asked, Timed } from './timed-endpoints.ts';

const parts = JSON.parse(process.argv[2] ?? '[]') as readonly Timed[];
const seed = Number(process.argv[3]);
const tally = { arrived: 0, served: 0, worked: 0 };
/** Milliseconds that some endpoints take longer, by their number. */
const extra = parts.map(() => 0);

function open({ places, mean, shape, status }: Timed, index: number): Promise<number> {
  const random = seeded(seed + index);
  const draw = gamma(shape, mean);
  const line: ServerResponse[] = [];
  let busy = 0;
  const begin = (response: ServerResponse): void => {
    busy++;
    const begun = performance.now();
    const end = (): void => {
      tally.served++;
      tally.worked += performance.now() - begun;
      response.writeHead(status, { 'Content-Length': 2, 'X-Endpoint': index }).end('ok');
      busy--;
      const next = line.shift();
      if (next !== undefined) begin(next);
    };
    const takes = draw(random, 0) + (extra[index] ?? 0);
    if (takes > 0) setTimeout(end, takes);
    else end();
  };
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    tally.arrived++;
    request.resume();
    if (busy < places) begin(response);
    else line.push(response);
  });
  return new Promise((resolve) => {
    // A server on a port has an address of this kind.
    server.listen(0, '127.0.0.1', 2048, () => resolve((server.address() as AddressInfo).port));
  });
}

process.on('message', (asked: Asked) => {
  if (asked.kind === 'slow') extra[asked.endpoint] = asked.extra;
  process.send?.({ kind: 'tally', ...tally });
});
process.on('disconnect', () => process.exit());

process.send?.({ kind: 'listening', ports: await Promise.all(parts.map(open)) });
