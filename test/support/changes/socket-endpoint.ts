// An endpoint that answers every request and echoes what comes on upgraded connections.
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export class SocketEndpoint implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #upgraded = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('upgrade', (_request, socket: Socket) => {
      this.#upgraded.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#upgraded.delete(socket));
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.pipe(socket);
    });
  }

  static async open(): Promise<SocketEndpoint> {
    // Kept connections are closed by the balancer alone: an order on one that was just closed could not be sent again.
    const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
      request.resume();
      request.on('end', () => response.end('answered'));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SocketEndpoint(server);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#upgraded) socket.destroy();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
