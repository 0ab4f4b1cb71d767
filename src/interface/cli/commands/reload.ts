// `evenkeel reload [FILE]`: has the program that serves by a document read it anew, and tells what came of it.
import type { IncomingMessage } from 'node:http';
import type { Command, Tools } from '../command.ts';
import { findDocument, noDocument } from '../find-document.ts';

export const reload: Command = {
  name: 'reload',
  summary:
    'Have the running program read its document anew, over its admin server. The exit code is 0 when the document is in force, else 1.',
  declare: (commander) => {
    commander.argument('[FILE]', 'the document that says where the admin server is (default: evenkeel.yaml, else evenkeel.config.ts)');
  },
  run: async ({ positional }, tools) => {
    const file = positional[0] ?? findDocument(tools.folder);
    if (file === undefined) {
      tools.err(noDocument);
      return 1;
    }
    const { readDocument } = await import('../../../control-plane/configuration/read.ts');
    const read = await readDocument(file, tools.folder);
    if (!read.ok) {
      const { printIssues } = await import('../issue-list.ts');
      printIssues(file, read.fault, tools);
      return 1;
    }
    const { admin } = read.value;
    if (admin === undefined) {
      tools.err(
        `evenkeel: ${file} has no admin server to ask. Send the program SIGHUP, or add admin: { bind: "127.0.0.1:9900" } and restart.`,
      );
      return 1;
    }
    const { bind } = admin;
    const place = bind.kind === 'unix' ? { socketPath: bind.path } : { host: bind.host ?? '127.0.0.1', port: bind.port };
    try {
      return tell(await ask(place), tools);
    } catch (error) {
      tools.err(
        `evenkeel: nobody answers on ${bind.text}: ${error instanceof Error ? error.message : String(error)}. Is Evenkeel running by this document?`,
      );
      return 1;
    }
  },
};

interface Report {
  readonly changed?: boolean;
  readonly error?: string;
  readonly issues?: readonly string[];
  readonly pools?: Parts;
  readonly listeners?: Parts;
  readonly atStart?: readonly string[];
}

type Parts = Readonly<Record<'added' | 'changed' | 'removed', readonly string[]>>;

function tell(report: Report, { out, err }: Tools): number {
  if (report.error !== undefined) {
    err(`evenkeel: ${report.error}`);
    for (const issue of report.issues ?? []) err(issue);
    return 1;
  }
  out(report.changed === true ? 'evenkeel: the document is in force.' : 'evenkeel: the document says what is in force already.');
  for (const [kind, parts] of Object.entries({ pools: report.pools, listeners: report.listeners }))
    for (const [what, names] of Object.entries(parts ?? {})) if (names.length > 0) out(`  ${kind} ${what}: ${names.join(', ')}`);
  for (const key of report.atStart ?? []) out(`  ${key}: comes in force at the next start`);
  return 0;
}

async function ask(place: object): Promise<Report> {
  const { request } = process.getBuiltinModule('node:http');
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': '2' };
    const asked = request({ ...place, path: '/api/v1/reload', method: 'POST', headers }, (answer: IncomingMessage) => {
      let text = '';
      answer.on('data', (bytes) => {
        text += bytes;
      });
      // The program's own answers are JSON.
      answer.on('end', () => resolve(JSON.parse(text) as Report));
    });
    asked.on('error', reject);
    asked.end('{}');
  });
}
