// Commands that ask the running program over its admin server: where it is, by what right they ask, and the one request.
import type { IncomingMessage, RequestOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { Command as Commander } from 'commander';
import type { AdminSettings } from '../../control-plane/configuration/admin-settings.ts';
import type { Tools, Words } from './command.ts';
import { findDocument, noDocument } from './find-document.ts';

export interface AdminRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Of a POST. */
  readonly body?: unknown;
}

export interface AdminAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Of every command that asks. */
export function declareAsking(commander: Commander): void {
  commander
    .argument('[FILE]', 'the document that says where the admin server is (default: evenkeel.yaml, else evenkeel.config.ts)')
    .option(
      '--admin <ADDRESS>',
      'where the admin server is, without a document: 127.0.0.1:9900, unix:/run/admin.sock or https://lb.example:9900',
    )
    .option('--token <TOKEN>', 'the token to show (default: EVENKEEL_TOKEN of the environment, else one that the document names)');
}

/** Undefined when nobody could be asked: it is told why. `file` is the word of the command line that names the document. */
export async function askAdmin(request: AdminRequest, { options }: Words, tools: Tools, file?: string): Promise<AdminAnswer | undefined> {
  const target = await targetOf(options['admin'], file, tools);
  if (target === undefined) return undefined;
  const given = options['token'] ?? process.env['EVENKEEL_TOKEN'];
  const token = typeof given === 'string' && given !== '' ? given : target.token;
  try {
    return await send(request, target, token);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    tools.err(`evenkeel: nobody answers on ${target.text}: ${reason}. Is Evenkeel running by this document?`);
    return undefined;
  }
}

interface Target {
  readonly text: string;
  readonly place: { readonly path: string } | { readonly host: string; readonly port: number };
  readonly isTls: boolean;
  /** Of the server, where the document names it. */
  readonly certificate?: string | undefined;
  readonly token?: string | undefined;
}

async function targetOf(admin: string | true | undefined, named: string | undefined, tools: Tools): Promise<Target | undefined> {
  if (typeof admin === 'string') return namedTarget(admin, tools);
  const file = named ?? findDocument(tools.folder);
  if (file === undefined) {
    tools.err(noDocument);
    return undefined;
  }
  const { readAdmin } = await import('../../control-plane/configuration/read-admin.ts');
  const read = await readAdmin(file, tools.folder);
  if (!read.ok) {
    const { printIssues } = await import('./issue-list.ts');
    printIssues(file, read.fault, tools);
    tools.err('evenkeel: so it does not tell where the admin server is; --admin ADDRESS does');
    return undefined;
  }
  if (read.value !== undefined) return documentTarget(read.value);
  tools.err(`evenkeel: ${file} has no admin server to ask. Send the program SIGHUP, or add admin: { bind: "127.0.0.1:9900" } and restart.`);
  return undefined;
}

async function namedTarget(text: string, tools: Tools): Promise<Target | undefined> {
  const { parseAddress } = await import('../../domain/settings/addresses.ts');
  const address = parseAddress(text.replace(/^https?:\/\//, '').replace(/\/$/, ''));
  if (address !== undefined) return { text, place: placeOf(address), isTls: text.startsWith('https://') };
  tools.err('evenkeel: --admin takes an address such as 127.0.0.1:9900, unix:/run/admin.sock or https://lb.example:9900');
  return undefined;
}

function documentTarget({ bind, tls, tokens }: AdminSettings): Target {
  const token = tokens?.full[0] ?? tokens?.read[0];
  return { text: bind.text, place: placeOf(bind), isTls: tls !== undefined, certificate: tls?.cert, token };
}

/** One that listens everywhere listens on this machine as well. */
function placeOf(address: AdminSettings['bind']): Target['place'] {
  if (address.kind === 'unix') return { path: address.path };
  const { host = '127.0.0.1', port } = address;
  return { host: host === '0.0.0.0' || host === '::' ? 'localhost' : host, port };
}

async function send({ method, path, body }: AdminRequest, target: Target, token: string | undefined): Promise<AdminAnswer> {
  const socket = target.isTls ? await encrypted(target) : undefined;
  const text = method === 'GET' ? undefined : JSON.stringify(body ?? {});
  const headers = {
    Host: 'localhost',
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
  };
  const where: RequestOptions = 'path' in target.place ? { socketPath: target.place.path } : target.place;
  const { request } = process.getBuiltinModule('node:http');
  return new Promise((resolve, reject) => {
    const options: RequestOptions = { ...(socket === undefined ? where : { createConnection: () => socket }), method, path, headers };
    const asked = request(options, (answer) => void answerIn(answer).then(resolve, reject));
    asked.on('error', reject);
    asked.end(text);
  });
}

async function answerIn(answer: IncomingMessage): Promise<AdminAnswer> {
  const pieces: Buffer[] = [];
  for await (const piece of answer) pieces.push(piece as Buffer);
  const text = Buffer.concat(pieces).toString();
  try {
    return { status: answer.statusCode ?? 0, body: JSON.parse(text) as unknown };
  } catch {
    throw new Error(`it answers ${answer.statusCode ?? 'something'} that is no JSON`);
  }
}

/** Nothing is sent before it is known to whom: who is known to the machine, or shows the very certificate of the document. */
async function encrypted({ place, certificate }: Target): Promise<Socket> {
  const { connect } = await import('node:tls');
  const { X509Certificate } = await import('node:crypto');
  const name = 'host' in place ? { servername: /^[\d.:[\]]*$/.test(place.host) ? '' : place.host } : {};
  const socket = connect({ ...place, ...name, rejectUnauthorized: false });
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('error', reject);
  });
  const shown = socket.getPeerX509Certificate()?.fingerprint256;
  const isOurs = certificate !== undefined && new X509Certificate(certificate).fingerprint256 === shown;
  if (socket.authorized || isOurs) return socket;
  socket.destroy();
  throw new Error(`its certificate is not to be trusted (${String(socket.authorizationError)})`);
}
