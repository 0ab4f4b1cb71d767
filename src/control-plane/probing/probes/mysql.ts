// MySQL and MariaDB: whether the server takes connections; with a user whether it lets the user in and answers a ping.
// Reading the greeting and leaving, as HAProxy's mysql-check without a user does, is counted by the server as an interrupted handshake: after
// max_connect_errors of them (100) it blocks the host, which is the balancer with all of its clients. So a login is always carried to its end.
import type { MysqlProbe } from '../../../domain/health/probe-settings.ts';
import type { ProbeContext, ProbeResult, ProbeTarget } from '../probe.ts';
import { defineProbe, pass } from '../probe.ts';
import { ProbeSocket } from '../probe-socket.ts';
import { MysqlRefusal, MysqlSession } from '../wire/mysql-session.ts';

/** Without a login, a server that judges the one of a stranger passes. */
export type MysqlProbeSettings = Pick<MysqlProbe, 'login'>;
type MysqlLogin = NonNullable<MysqlProbe['login']>;

export const mysql = defineProbe({
  name: 'mysql',
  summary: 'Passes when MySQL takes connections; with a user when it lets the user in and answers a ping.',
  run: async (target: ProbeTarget, { login }: MysqlProbeSettings, context: ProbeContext): Promise<ProbeResult> => {
    using socket = await ProbeSocket.connect(target, context);
    context.step('waiting for the greeting of MySQL');
    const session = await MysqlSession.begin(socket);
    await (login === undefined ? knock(session, context) : enter(session, login, context));
    return pass;
  },
});

/**
 * Nobody has to make this user for the probe without one: a refused login is no interrupted handshake and clears nothing and blocks nobody.
 * The server may log each refusal (MariaDB does); a user of this name without a password and without any rights makes the log quiet.
 */
const stranger = { user: 'evenkeel', password: '' };

/** Errors that a server sends to a login only after it has judged it: it works, and does not like the user, his account, or that TLS is missing. */
const judged: ReadonlySet<number> = new Set([1044, 1045, 1251, 1698, 1820, 1862, 3118, 3159, 4151]);

async function knock(session: MysqlSession, context: ProbeContext): Promise<void> {
  context.step('waiting for MySQL to judge a login');
  try {
    await session.logIn(stranger);
  } catch (error) {
    if (error instanceof MysqlRefusal && judged.has(error.code)) return;
    throw error;
  }
  session.quit();
}

async function enter(session: MysqlSession, { user, password = '', tls }: MysqlLogin, context: ProbeContext): Promise<void> {
  if (tls !== undefined) await session.secure(tls);
  context.step('logging in to MySQL');
  await session.logIn({ user, password });
  context.step('waiting for the answer to a ping');
  await session.ping();
  session.quit();
}
