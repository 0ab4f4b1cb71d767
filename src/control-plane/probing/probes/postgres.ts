// PostgreSQL: whether it takes connections, by the rule of pg_isready; with a user also whether it is a primary or a replica.
// Every probe ends so that the server has nothing to log: a session by Terminate, a login that was asked for by closing without an answer.
import type { PostgresProbe } from '../../../domain/health/probe-settings.ts';
import type { ProbeContext, ProbeResult, ProbeTarget } from '../probe.ts';
import { defineProbe, ProbeFailure, pass } from '../probe.ts';
import { ProbeSocket } from '../probe-socket.ts';
import type { ProbeTls } from '../probe-tls.ts';
import { startupMessage, terminateMessage, tlsRequest } from '../wire/postgres-messages.ts';
import { logIn, PostgresRefusal, queryValue, readRequest, untilReady } from '../wire/postgres-session.ts';
import { quoted } from '../words.ts';

/** Without a login, any answer of a server that is well passes. */
export type PostgresProbeSettings = Pick<PostgresProbe, 'login'>;
type PostgresLogin = NonNullable<PostgresProbe['login']>;

export const postgres = defineProbe({
  name: 'postgres',
  summary: 'Passes when PostgreSQL takes connections; with a user when it lets them in, and is the primary or a replica if one is wanted.',
  run: async (target: ProbeTarget, { login }: PostgresProbeSettings, context: ProbeContext): Promise<ProbeResult> => {
    using socket = await ProbeSocket.connect(target, context);
    await (login === undefined ? checkLife(socket, context) : checkRole(socket, login, context));
    return pass;
  },
});

/**
 * Whoever is asked for a login has reached a server that works, and so has whoever is refused: the user need not exist. Where it does not
 * and the server trusts everybody, it logs each refusal; a user of this name without any rights makes the log quiet.
 */
const stranger = 'evenkeel';

/** The classes of errors that tell of the server's own state: short of something (53, as too many connections), stopped or starting (57), broken (58, XX). */
const ownTrouble = /^(?:53|57|58|XX)/;

async function checkLife(socket: ProbeSocket, context: ProbeContext): Promise<void> {
  context.step('waiting for PostgreSQL to answer');
  socket.write(startupMessage({ user: stranger, application_name: stranger }));
  try {
    const request = await readRequest(socket);
    // A password that is asked for and does not come is no failed login: the server takes it for a client that has changed its mind.
    if (request.kind !== 'ok') return;
    await untilReady(socket);
  } catch (error) {
    if (error instanceof PostgresRefusal && !ownTrouble.test(error.code)) return;
    throw error;
  }
  socket.write(terminateMessage());
}

async function checkRole(socket: ProbeSocket, login: PostgresLogin, context: ProbeContext): Promise<void> {
  if (login.tls !== undefined) await beginTls(socket, login.tls, context);
  context.step('logging in to PostgreSQL');
  socket.write(startupMessage({ user: login.user, database: login.database, application_name: stranger }));
  await logIn(socket, await readRequest(socket), login);
  await untilReady(socket);
  context.step('waiting for PostgreSQL to tell its role');
  const isReplica = await queryValue(socket, 'SELECT pg_catalog.pg_is_in_recovery()');
  socket.write(terminateMessage());
  const role = roles.get(isReplica);
  if (role === undefined) throw new ProbeFailure(`the server did not tell its role but ${quoted(isReplica)}`);
  if (login.role !== undefined && role !== login.role) throw new ProbeFailure(`it is a ${role}, not a ${login.role}`);
}

const roles: ReadonlyMap<string, 'primary' | 'replica'> = new Map([
  ['f', 'primary'],
  ['t', 'replica'],
]);

async function beginTls(socket: ProbeSocket, tls: ProbeTls, context: ProbeContext): Promise<void> {
  context.step('asking PostgreSQL for TLS');
  socket.write(tlsRequest());
  const answer = (await socket.take(1)).latin1Slice();
  if (answer !== 'S')
    throw new ProbeFailure(answer === 'N' ? 'the server does not offer TLS' : `the server answered ${quoted(answer)} to a request for TLS`);
  await socket.secure(tls);
}
