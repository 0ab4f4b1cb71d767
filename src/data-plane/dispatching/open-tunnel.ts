// From an exchange whose endpoint changed to another protocol to a tunnel between the two connections.
import { endpointCounter } from '../../domain/endpoints/scoreboard.ts';
import type { ResponseHead } from '../../domain/http/response-head.ts';
import { Tunnel } from '../sockets/tunnel.ts';
import type { Attempt, AttemptOwner } from './attempt.ts';

/** `early` is what the endpoint sent behind its head. The attempt lasts as long as the tunnel. */
export function openTunnel({ exchange, pool, tools }: AttemptOwner, attempt: Attempt, head: ResponseHead, early: Buffer | undefined): void {
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
    },
  });
  tunnels.add(tunnel);
  if (early !== undefined) client.wire.sendBytes(early, 0, early.length, true);
  if (client.early !== undefined) upstream.sendBytes(client.early, 0, client.early.length, true);
}
