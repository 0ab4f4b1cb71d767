// A session with a MySQL or MariaDB server: greeting, login, commands. Packets are numbered, and one out of turn ends the session.
// A login is carried to its end even where it cannot succeed: whoever leaves in its midst is counted, and blocked after max_connect_errors.

import { ProbeFailure } from '../probe.ts';
import type { ProbeSocket } from '../probe-socket.ts';
import type { ProbeTls } from '../probe-tls.ts';
import { quoted } from '../words.ts';
import type { Greeting, Reply } from './mysql-packets.ts';
import {
  headLength,
  loginPacket,
  packet,
  pingCommand,
  quitCommand,
  readGreeting,
  readHead,
  readReply,
  tlsRequest,
} from './mysql-packets.ts';
import { clearPassword, passwordProof, sealedPassword } from './mysql-passwords.ts';

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** An error packet, so that who asks may judge its number. */
export class MysqlRefusal extends ProbeFailure {
  readonly code: number;

  constructor(code: number, text: string) {
    super(`the server said ${quoted(text)} (error ${code})`);
    this.code = code;
  }
}

const fullLogin = 0x04;
const fastLogin = 0x03;
const keyRequest = Buffer.of(0x02);

export class MysqlSession {
  readonly #socket: ProbeSocket;
  readonly #greeting: Greeting;
  /** The number of the next packet, whoever sends it. */
  #next: number;
  #isSecret = false;

  private constructor(socket: ProbeSocket, greeting: Greeting) {
    this.#socket = socket;
    this.#greeting = greeting;
    this.#next = 1;
  }

  /** Reads what the server sends first. A server that takes nobody, or not this host, sends an error, which is thrown. */
  static async begin(socket: ProbeSocket): Promise<MysqlSession> {
    const body = await readPacket(socket, 0);
    const greeting = readGreeting(body);
    if (greeting !== undefined) return new MysqlSession(socket, greeting);
    const reply = readReply(body);
    throw reply?.kind === 'error'
      ? new MysqlRefusal(reply.code, reply.text)
      : new ProbeFailure('the first packet was neither a greeting of version 10 nor an error');
  }

  async secure(tls: ProbeTls): Promise<void> {
    if (!this.#greeting.offersTls) {
      await this.#endPolitely();
      throw new ProbeFailure('the server does not offer TLS');
    }
    this.#socket.write(tlsRequest());
    this.#next++;
    await this.#socket.secure(tls);
    this.#isSecret = true;
  }

  /** Gives the server a login to refuse, so that it does not count one that was broken off. */
  async #endPolitely(): Promise<void> {
    this.#socket.write(loginPacket(this.#next++, { user: '', proof: Buffer.alloc(0), plugin: 'mysql_native_password' }));
    await readPacket(this.#socket, this.#next++);
  }

  /** Returns when the server has let the user in; throws the error that it sent instead. */
  async logIn({ user, password }: Login): Promise<void> {
    const { plugin, challenge } = this.#greeting;
    const first = passwordProof(plugin, password, challenge) === undefined ? 'mysql_native_password' : plugin;
    const proof = passwordProof(first, password, challenge) as Buffer; // One of the two is known.
    this.#socket.write(loginPacket(this.#next++, { user, proof, plugin: first }, this.#isSecret));
    const reply = await this.#read();
    if (reply.kind === 'switch') await this.#switch(reply.plugin, reply.challenge, password);
    else await this.#finish(reply, challenge, password);
  }

  /** The server wants another way of login than the one it greeted with, as it does when the user has his own. */
  async #switch(plugin: string, challenge: Buffer, password: string): Promise<void> {
    const proof = passwordProof(plugin, password, challenge);
    this.#send(proof ?? Buffer.alloc(0));
    const reply = await this.#read();
    if (proof === undefined && password !== '')
      throw new ProbeFailure(`the server asks for a login that the probe does not know: ${quoted(plugin)}`);
    await this.#finish(reply, challenge, password);
  }

  /** What caching_sha2_password has to say beside yes and no: it remembers the password, or wants it whole. */
  async #finish(reply: Reply, challenge: Buffer, password: string): Promise<void> {
    if (reply.kind === 'ok') return;
    if (reply.kind !== 'more') throw unexpected(reply);
    const [word] = reply.data;
    if (word === fullLogin) await this.#sendPassword(challenge, password);
    else if (word !== fastLogin) throw unexpected(reply);
    const last = await this.#read();
    if (last.kind !== 'ok') throw unexpected(last);
  }

  /** In clear where TLS hides it, else for the key of the server. Whether the key is the server's own, nobody can tell. */
  async #sendPassword(challenge: Buffer, password: string): Promise<void> {
    if (this.#isSecret) return this.#send(clearPassword(password));
    this.#send(keyRequest);
    const reply = await this.#read();
    const sealed = reply.kind === 'more' ? sealedPassword(password, challenge, reply.data.latin1Slice()) : undefined;
    if (sealed === undefined) throw new ProbeFailure('the server gave no key to send the password with');
    this.#send(sealed);
  }

  async ping(): Promise<void> {
    this.#command(pingCommand());
    const reply = await this.#read();
    if (reply.kind !== 'ok') throw unexpected(reply);
  }

  quit(): void {
    this.#command(quitCommand());
  }

  /** Each command counts from the start. */
  #command(bytes: Buffer): void {
    this.#socket.write(bytes);
    this.#next = 1;
  }

  #send(body: Buffer): void {
    this.#socket.write(packet(this.#next++, body));
  }

  async #read(): Promise<Reply> {
    const reply = readReply(await readPacket(this.#socket, this.#next++));
    if (reply === undefined) throw notMysql();
    if (reply.kind === 'error') throw new MysqlRefusal(reply.code, reply.text);
    return reply;
  }
}

async function readPacket(socket: ProbeSocket, expected: number): Promise<Buffer> {
  const { length, number } = readHead(await socket.take(headLength));
  if (length === 0 || number !== expected) throw notMysql();
  return await socket.take(length);
}

const notMysql = (): ProbeFailure => new ProbeFailure('the answer was not of the MySQL protocol');

const unexpected = ({ kind }: Reply): ProbeFailure =>
  new ProbeFailure(`the server sent a packet of kind ${quoted(kind)} where none may come`);
