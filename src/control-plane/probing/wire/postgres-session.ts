// A session with a PostgreSQL server: login by whatever the server asks for of cleartext, MD5 and SCRAM-SHA-256, then a query of one value.
// Each step takes what may come in it and nothing else, so that a server cannot keep a probe at work with questions.
// Follows PostgreSQL's documentation, "Message Flow".
import { createHash, randomBytes } from 'node:crypto';
import { ProbeFailure } from '../probe.ts';
import type { ProbeSocket } from '../probe-socket.ts';
import { quoted } from '../words.ts';
import type { LoginRequest, ServerError } from './postgres-messages.ts';
import {
  headLength,
  passwordMessage,
  queryMessage,
  readError,
  readHead,
  readLoginRequest,
  readOnlyValue,
  saslInitialResponse,
  saslResponse,
} from './postgres-messages.ts';
import { answerServer, firstMessage, isProvenBy, mechanism, mostRounds, roundsIn } from './scram.ts';

export interface Login {
  readonly user: string;
  readonly password?: string;
}

/** What an ErrorResponse said, so that who asks may judge its code. */
export class PostgresRefusal extends ProbeFailure {
  readonly code: string;

  constructor({ code, text }: ServerError) {
    super(`the server said ${quoted(text)} (SQLSTATE ${code})`);
    this.code = code;
  }
}

interface Message {
  readonly kind: string;
  readonly body: Buffer;
}

/** Kinds of messages that a server may send at any time and that say nothing of its health: notices and the values of its settings. */
const asides = 'NS';

/** All kinds that may come in such a session. What begins otherwise is another protocol, and has no length to believe. */
const known = 'CDEKNRSTZv';

/** The next message that is no aside. An ErrorResponse is thrown. */
async function nextMessage(socket: ProbeSocket, alsoAsides = ''): Promise<Message> {
  for (;;) {
    const { kind, length } = readHead(await socket.take(headLength));
    if (!known.includes(kind) || length < 0) throw new ProbeFailure('the answer was not of the PostgreSQL protocol');
    const body = await socket.take(length);
    if (kind === 'E') throw refusal(body);
    if (!asides.includes(kind) && !alsoAsides.includes(kind)) return { kind, body };
  }
}

function refusal(body: Buffer): ProbeFailure {
  const error = readError(body);
  return error === undefined ? new ProbeFailure('the server sent an error without a code') : new PostgresRefusal(error);
}

const unexpected = (kind: string): ProbeFailure => new ProbeFailure(`the server sent a message of kind ${kind} where none may come`);

/** What the server asks of somebody who wants to log in. */
export async function readRequest(socket: ProbeSocket): Promise<LoginRequest> {
  const { kind, body } = await nextMessage(socket, 'v');
  if (kind !== 'R') throw unexpected(kind);
  const request = readLoginRequest(body);
  if (request === undefined) throw new ProbeFailure('the server asked for a login with a message that is cut short');
  return request;
}

/** Answers the request, up to the server's word that the login is done. */
export async function logIn(socket: ProbeSocket, request: LoginRequest, { user, password }: Login): Promise<void> {
  if (request.kind === 'ok') return;
  if (password === undefined) throw new ProbeFailure('the server asks for a password, and the probe has none');
  if (request.kind === 'sasl') {
    await logInBySasl(socket, request.mechanisms, password);
  } else if (request.kind === 'clear password') {
    socket.write(passwordMessage(password));
  } else if (request.kind === 'md5') {
    socket.write(passwordMessage(`md5${md5(md5(password + user), request.salt)}`));
  } else {
    throw new ProbeFailure(`the server asks for a login that the probe does not know: ${nameOf(request)}`);
  }
  const last = await readRequest(socket);
  if (last.kind !== 'ok') throw new ProbeFailure(`the server asks for one more login: ${nameOf(last)}`);
}

const md5 = (...parts: readonly (string | Buffer)[]): string => {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

async function logInBySasl(socket: ProbeSocket, mechanisms: readonly string[], password: string): Promise<void> {
  if (!mechanisms.includes(mechanism))
    throw new ProbeFailure(`the server asks for a login by ${quoted(mechanisms.join(', '))}, not ${mechanism}`);
  // PostgreSQL takes the user of the startup message and ignores the one that stands here.
  const login = { user: '', password, nonce: randomBytes(18).toString('base64') };
  socket.write(saslInitialResponse(mechanism, firstMessage(login.user, login.nonce)));
  const first = await readRequest(socket);
  if (first.kind === 'sasl continue' && roundsIn(first.data) > mostRounds)
    throw new ProbeFailure(
      `the server asks for ${roundsIn(first.data)} rounds of ${mechanism}, and a probe makes no more than ${mostRounds}`,
    );
  const answer = first.kind === 'sasl continue' ? await answerServer(login, first.data) : undefined;
  if (answer === undefined) throw new ProbeFailure(`the server broke off ${mechanism}: ${nameOf(first)}`);
  socket.write(saslResponse(answer.message));
  const final = await readRequest(socket);
  if (final.kind !== 'sasl final' || !isProvenBy(final.data, answer.expected)) {
    throw new ProbeFailure('the server did not prove that it knows the password');
  }
}

const nameOf = (request: LoginRequest): string => (request.kind === 'other' ? request.name : request.kind);

/** Waits until the server takes queries. */
export async function untilReady(socket: ProbeSocket): Promise<void> {
  const { kind } = await nextMessage(socket, 'K');
  if (kind !== 'Z') throw unexpected(kind);
}

/** The one value that a query gives. */
export async function queryValue(socket: ProbeSocket, sql: string): Promise<string> {
  socket.write(queryMessage(sql));
  let value: string | undefined;
  for (const expected of ['T', 'D', 'C', 'Z']) {
    const { kind, body } = await nextMessage(socket);
    if (kind !== expected) throw unexpected(kind);
    if (kind === 'D') value = readOnlyValue(body);
  }
  if (value === undefined) throw new ProbeFailure(`the server gave no value for ${quoted(sql)}`);
  return value;
}
