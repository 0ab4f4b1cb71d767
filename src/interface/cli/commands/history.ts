// `evenkeel history [FILE]`: the versions that were in force under the running program, and how what is in force differs from the file.
import type { HistoryReport, VersionReport } from '../../admin/schemas/history.ts';
import { askAdmin, declareAsking } from '../admin-client.ts';
import { tellError } from '../change-report.ts';
import type { Command, Tools } from '../command.ts';

export const history: Command = {
  name: 'history',
  summary: 'Tell which versions of the document were in force, who brought them, and how what is in force differs from the file.',
  declare: (commander) => {
    declareAsking(commander);
    commander
      .option('--version <N>', 'tell of one version what was written otherwise than before')
      .option('--json', 'print what the admin server answers');
  },
  run: async (words, tools) => {
    const { version, json } = words.options;
    const path = typeof version === 'string' ? `/api/v1/history/${encodeURIComponent(version)}` : '/api/v1/history?file=true';
    const answer = await askAdmin({ method: 'GET', path }, words, tools, words.positional[0]);
    if (answer === undefined || tellError(answer, tools)) return 1;
    // The program's own answers have these forms.
    if (json === true) tools.out(JSON.stringify(answer.body, undefined, 2));
    else if (version === undefined) tellHistory(answer.body as HistoryReport, tools);
    else tellVersion(answer.body as VersionReport, tools);
    return 0;
  },
};

function tellHistory({ version, file, fileNow, pinned, drift, layer, versions, folder, keep }: HistoryReport, { out }: Tools): void {
  const rows = versions.map((one) => [`${one.version === version ? '*' : ' '} ${one.version}`, timeText(one.at), ...byAndWhat(one)]);
  for (const line of aligned([['  VERSION', 'AT', 'BY', 'WHAT'], ...rows])) out(line);
  out('');
  const name = file ?? 'the command line';
  if (pinned !== null) out(`Version ${pinned} is held in the place of ${name}, until that is read anew (evenkeel reload).`);
  if (layer.length > 0) out(`The API changed ${layer.length === 1 ? 'one place' : `${layer.length} places`}: ${shortList(layer)}.`);
  if (drift === null) out(`What is in force is what ${name} said${file === null ? '' : ' when it was read last'}.`);
  else
    out(
      `What is in force differs from ${name} in ${[...named('pools', drift.pools), ...named('listeners', drift.listeners)].join('; ') || 'other settings'}.`,
    );
  if (fileNow === 'changed') out(`${name} has changed since, and waits to be read: evenkeel plan tells what it would do.`);
  if (fileNow === 'unreadable') out(`${name} has mistakes by now, or cannot be read: evenkeel check tells.`);
  if (folder === null) out(`The last ${keep} versions are kept until the program ends; history: { folder: ./state } keeps them longer.`);
}

/** Who brought it; why, which a guard tells with its figures, is too long for a column. */
function byAndWhat({ origin, what }: Pick<VersionReport, 'origin' | 'what'>): readonly [by: string, what: string] {
  const [, by = origin, why] = /^(.*?) \((.*)\)$/.exec(origin) ?? [];
  return [by, why === undefined ? what : `${why}. ${what}`];
}

function tellVersion({ version, at, origin, what, pinned, places, layer }: VersionReport, { out }: Tools): void {
  out(`Version ${version}, ${timeText(at)}, by ${origin}. ${what}`);
  if (pinned !== null) out(`It held version ${pinned} in the place of the file.`);
  if (layer.length > 0) out(`The API had changed: ${shortList(layer.map(({ path }) => path))}.`);
  if (places === null) return out('The version before it is not kept any more.');
  if (places.length === 0) out('Nothing is written otherwise than before.');
  for (const place of places) {
    const before = 'before' in place ? valueText(place.before) : undefined;
    const after = 'after' in place ? valueText(place.after) : undefined;
    if (before === undefined) out(`  + ${place.path}: ${after}`);
    else if (after === undefined) out(`  - ${place.path}: ${before}`);
    else out(`  ~ ${place.path}: ${before} → ${after}`);
  }
}

type Parts = Readonly<Record<'added' | 'changed' | 'removed', readonly string[]>>;

const named = (kind: string, { added, changed, removed }: Parts): readonly string[] => {
  const all = [...added, ...changed, ...removed];
  return all.length === 0 ? [] : [`${kind} ${shortList(all)}`];
};

const mostNames = 8;
const shortList = (names: readonly string[]): string =>
  names.length > mostNames ? `${names.slice(0, mostNames).join(', ')} and ${names.length - mostNames} more` : names.join(', ');

/** In the time of the world, as the API tells it. */
const timeText = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 19)}Z`;

const valueText = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
};

/** The last column is as wide as it is. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  '));
}
