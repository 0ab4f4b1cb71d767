// From an exchange whose endpoint changed to another protocol to a tunnel between the two connections.
import { endpointCounter } from '../../domain/endpoints/scoreboard.ts';
import type { ResponseHead } from '../../domain/http/response-head.ts';
import { Tunnel } from '../sockets/tunnel.ts';
import type { Attempt, AttemptOwner } from './attempt.ts';

export interface Switched {
  readonly head: ResponseHead;
  /** What the endpoint sent behind its head. */
  readonly early: Buffer | undefined;
  /** To be called when the tunnel is closed. */
  readonly over: () => void;
}

/** The attempt lasts as long as the tunnel. */
export function openTunnel({ exchange, pool, tools }: AttemptOwner, attempt: Attempt, { head, early, over }: Switched): void {
  const upstream = attempt.connection?.wire;
  if (upstream === undefined) return;
  const client = exchange.switchProtocol(pool.keepSession(exchange, attempt.endpoint, head));
  const { tunnels } = tools;
  const tunnel = new Tunnel({
    client: client.wire,
    endpoint: upstream,
    tools,
    idle: pool.settings.timeouts.tunnel,
    done: () => {
      tunnels.delete(tunnel);
      attempt.end(endpointCounter.succeeded);
      client.done();
      over();
    },
  });
  tunnels.add(tunnel);
  if (early !== undefined) client.wire.sendBytes(early, 0, early.length, true);
  if (client.early !== undefined) upstream.sendBytes(client.early, 0, client.early.length, true);
}
