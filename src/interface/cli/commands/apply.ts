// `evenkeel apply [FILE] --guard 60s`: brings the document in force, and stays until it is known whether it may stay there.
import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod';
import type { guardSchema } from '../../admin/schemas/guard.ts';
import { askAdmin, declareAsking } from '../admin-client.ts';
import { tellChange, tellError } from '../change-report.ts';
import type { Command, Tools, Words } from '../command.ts';
import { versionOf } from '../version-option.ts';

type Report = z.output<typeof guardSchema>;

export const apply: Command = {
  name: 'apply',
  summary:
    'Bring the document in force in the running program, over its admin server; with --guard, watch it and go back when errors or latency get clearly worse. The exit code is 0 when it stays in force, else 1.',
  declare: (commander) => {
    declareAsking(commander);
    commander
      .option('--guard <TIME>', 'watch it for so long, such as 60s')
      .option('--to <VERSION>', 'go back to a version of the history, instead of the document');
  },
  run: async (words, tools) => {
    const version = versionOf(words.options['to'], tools);
    if (version === 'none') return 1;
    const { guard } = words.options;
    const body = { ...version, ...(typeof guard === 'string' ? { guard } : {}) };
    const answer = await askAdmin({ method: 'POST', path: '/api/v1/apply', body }, words, tools, words.positional[0]);
    if (answer === undefined) return 1;
    if (answer.status === 202) return follow(answer.body as Report, words, tools);
    const file = version.version === undefined ? 'the document' : `version ${version.version}`;
    return tellChange(answer, { changed: `${file} is in force`, same: `${file} says what is in force already` }, tools);
  },
};

/** Milliseconds between two looks. */
const pause = 500;
/** Where lines cannot be renewed, one in so many milliseconds is enough. */
const quiet = 10_000;

const goesOn = ({ state }: Report): boolean => state === 'measuring' || state === 'changing' || state === 'watching';

async function follow(first: Report, words: Words, tools: Tools): Promise<number> {
  const progress = new Progress(tools);
  let report = first;
  while (goesOn(report)) {
    progress.tell(report);
    await sleep(pause);
    const answer = await askAdmin({ method: 'GET', path: '/api/v1/apply' }, words, tools, words.positional[0]);
    if (answer === undefined)
      tools.err('evenkeel: Nobody watches the change any more; "evenkeel history" tells what is in force once it runs again.');
    if (answer === undefined || tellError(answer, tools)) return 1;
    // The program's own answers have this form.
    report = answer.body as Report;
  }
  progress.end();
  if (report.state === 'kept') {
    tools.out(`evenkeel: ${report.text}`);
    return 0;
  }
  tools.err(`evenkeel: ${report.text}`);
  return 1;
}

class Progress {
  readonly #tools: Tools;
  #state = '';
  #toldAt = 0;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  tell(report: Report): void {
    const { terminal, out } = this.#tools;
    if (terminal !== undefined) return terminal.renew(`evenkeel: ${progressText(report)}`);
    const now = performance.now();
    if (report.state === this.#state && now - this.#toldAt < quiet) return;
    this.#state = report.state;
    this.#toldAt = now;
    out(`evenkeel: ${progressText(report)}`);
  }

  end(): void {
    this.#tools.terminal?.renew('');
  }
}

function progressText({ state, text, since, guard, version, figures }: Report): string {
  if (state !== 'watching') return text;
  const seconds = (milliseconds: number): number => Math.round(milliseconds / 1000);
  const passed = Math.min(guard, Date.now() - Date.parse(since));
  const told = figures.map(({ subject, after }) => `${subject} ${after.failed} of ${after.whole} failed`);
  const shown = told.length > 3 ? [...told.slice(0, 3), `${told.length - 3} more`] : told;
  return `version ${version} is watched, ${seconds(passed)} s of ${seconds(guard)} s${shown.length === 0 ? '' : `: ${shown.join(', ')}`}`;
}
