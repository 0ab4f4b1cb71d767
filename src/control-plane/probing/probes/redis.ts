// Redis and Valkey: PING must be answered by PONG, after the password where there is one; ROLE tells the primary from a replica.
// A server that is loading its data, or a replica without its primary that is told to serve no stale data, says so to PING.
import type { RedisProbe } from '../../../domain/health/probe-settings.ts';
import type { ProbeContext, ProbeResult, ProbeTarget } from '../probe.ts';
import { defineProbe, ProbeFailure, pass } from '../probe.ts';
import { ProbeSocket } from '../probe-socket.ts';
import { command, readReply } from '../wire/redis-replies.ts';
import { quoted } from '../words.ts';

export type RedisProbeSettings = Omit<RedisProbe, 'kind'>;

export const redis = defineProbe({
  name: 'redis',
  summary: 'Passes when Redis answers PING, with the password if there is one, and is the primary or a replica if one is wanted.',
  run: async (target: ProbeTarget, { password, role, tls }: RedisProbeSettings, context: ProbeContext): Promise<ProbeResult> => {
    using socket = await ProbeSocket.connect(target, context);
    if (tls !== undefined) await socket.secure(tls);
    if (password !== undefined) await ask(socket, context, ['AUTH', password], 'OK');
    await ask(socket, context, ['PING'], 'PONG');
    if (role !== undefined) await checkRole(socket, context, role);
    return pass;
  },
});

async function ask(socket: ProbeSocket, context: ProbeContext, words: readonly string[], wanted: string): Promise<void> {
  // The first word alone: the second is a password.
  context.step(`waiting for the answer to ${words[0]}`);
  socket.write(command(words));
  const reply = await readReply(socket);
  if (reply.kind !== 'text' || reply.text !== wanted) throw new ProbeFailure(`the answer to ${words[0]} was ${quoted(reply.line)}`);
}

/** Redis calls them by older names. */
const roles: ReadonlyMap<string, string> = new Map([
  ['master', 'primary'],
  ['slave', 'replica'],
]);

async function checkRole(socket: ProbeSocket, context: ProbeContext, wanted: string): Promise<void> {
  context.step('waiting for the answer to ROLE');
  socket.write(command(['ROLE']));
  const list = await readReply(socket);
  const first = list.kind === 'list' && list.length > 0 ? await readReply(socket) : list;
  // What follows in the list, such as who the replicas are, is left unread.
  if (first.kind !== 'text') throw new ProbeFailure(`the answer to ROLE was ${quoted(first.line)}`);
  const role = roles.get(first.text) ?? quoted(first.text);
  if (role !== wanted) throw new ProbeFailure(`it is a ${role}, not a ${wanted}`);
}
