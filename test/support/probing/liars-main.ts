// A process of endpoints that lie to probes, each in its own way. Tells its parent the port of each.
import { createServer as createHttpServer } from 'node:http';
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { writeForEver } from './probed-server.ts';

const head = 'HTTP/1.1 200 OK\r\n';
const chunk = Buffer.alloc(64 * 1024, 'x');
const garbage = Buffer.from(Uint8Array.from({ length: 64 * 1024 }, (_, index) => (index * 167 + 13) % 251));
/** Settings of HTTP/2, the head of an answer, and windows that are widened by one byte, of which nobody is told. */
const greeting = Buffer.from('0000000400000000000000010104000000' + '0188', 'hex');
const widening = Buffer.concat(new Array<Buffer>(2000).fill(Buffer.from('00000408000000000100000001', 'hex')));

const each = (treat: (socket: Socket) => void): Server =>
  createServer((socket) => {
    socket.on('error', () => {});
    treat(socket);
    socket.resume();
  });
const asked = (treat: (socket: Socket) => void): Server => each((socket) => socket.once('data', () => treat(socket)));

const servers = {
  honest: createHttpServer((_, response) => response.end('all is well')),
  endless: asked((socket) => {
    socket.write(`${head}\r\n`);
    writeForEver(socket, chunk);
  }),
  dripping: asked((socket) => {
    socket.write(`${head}content-length: 1000000\r\n\r\n`);
    const dripping = setInterval(() => socket.write('x'), 5);
    socket.on('close', () => clearInterval(dripping));
  }),
  redirecting: createHttpServer((_, response) => response.writeHead(302, { location: '/' }).end()),
  /** One field that never ends. */
  heading: asked((socket) => {
    socket.write(`${head}x: `);
    writeForEver(socket, chunk);
  }),
  garbage: each((socket) => writeForEver(socket, garbage)),
  flooding: asked((socket) => {
    socket.write(greeting);
    writeForEver(socket, widening);
  }),
  /** The beginning of a handshake. */
  stalling: asked((socket) => socket.write(Buffer.from([22, 3, 3, 0x40, 0, 2]))),
  silent: each(() => {}),
} as const;

export type LiarName = Exclude<keyof typeof servers, 'honest'>;

const ports = await Promise.all(
  Object.entries(servers).map(async ([name, server]) => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return [name, typeof address === 'object' ? address?.port : undefined] as const;
  }),
);
process.send?.(Object.fromEntries(ports));
