// From a file of nginx's to a checked document and a report. What Evenkeel's own check has against the translation is told at the directive
// that it comes from, and nobody is served at such a place by mistake.
import { basename, dirname, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Document } from '../configuration/document.ts';
import type { Issue } from '../configuration/issue.ts';
import { checkDocument } from '../configuration/read.ts';
import type { Entry } from './coverage/coverage.ts';
import { filesFrom } from './files.ts';
import type { Directive } from './language/directive.ts';
import { directiveText } from './language/directive.ts';
import type { Files } from './language/include.ts';
import { readNginx } from './language/include.ts';
import { notServed } from './places/answers.ts';
import type { Translation } from './translate.ts';
import { translate } from './translate.ts';
import type { WrittenRoute } from './words/routes.ts';

export interface Imported {
  /** As it is written, with as much in it as could be translated. */
  readonly written: Readonly<Record<string, unknown>>;
  /** Checked, with all defaults; undefined when nothing could be made that Evenkeel would serve. */
  readonly document: Document | undefined;
  readonly entries: readonly Entry[];
  /** Where what was written comes from, for whoever reads it: `nginx.conf:12: location /api/`. */
  readonly originOf: (route: object) => string | undefined;
}

/** `folder` is where the way to `file` begins. */
export function importNginx(file: string, folder: string): Promise<Imported> {
  const path = resolve(folder, file);
  return importFrom(basename(path), filesFrom(dirname(path)), folder);
}

/** The same with files from elsewhere. */
export async function importFrom(file: string, files: Files, folder = '.'): Promise<Imported> {
  const translation = translate(readNginx(file, files), file);
  const { coverage, directives, origins } = translation;
  const originOf = (route: object): string | undefined => originText(origins.get(route as WrittenRoute));
  let written = translation.document;
  // Each round takes out what was found in the one before; the last one finds nothing.
  for (let round = 0; round < 5; round++) {
    const checked = await checkDocument({ file, value: written, place: () => undefined }, { folder });
    if (checked.ok) return { written, document: checked.value, entries: coverage.entries(directives), originOf };
    const next = without(checked.fault, written, translation, file);
    if (isDeepStrictEqual(next, written)) break;
    written = next;
  }
  return { written, document: undefined, entries: coverage.entries(directives), originOf };
}

/** On one line. */
function originText(directive: Directive | undefined): string | undefined {
  return directive && `${directive.place.file}:${directive.place.line}: ${directiveText(directive).replace(/ \{ \}$/, '')}`;
}

const routePath = /^listeners\[(\d+)\]\.routes\[(\d+)\](?:\.(\w+))?/;
const actions = new Set([
  'rewrite',
  'redirect',
  'respond',
  'requestHeaders',
  'responseHeaders',
  'timeouts',
  'maxBody',
  'pool',
  'mirror',
  'idempotent',
]);

interface WrittenListener {
  readonly routes?: readonly WrittenRoute[];
}

/** The document without what the check found: a route whose action is wrong serves nobody, one whose conditions are wrong is left out. */
function without(
  issues: readonly Issue[],
  written: Readonly<Record<string, unknown>>,
  { coverage, origins }: Translation,
  file: string,
): Readonly<Record<string, unknown>> {
  const listeners = (written['listeners'] as readonly WrittenListener[]).map((listener) => ({
    ...listener,
    routes: [...(listener.routes ?? [])] as (WrittenRoute | undefined)[],
  }));
  for (const issue of issues) {
    const [, listener = '', index = '', key = ''] = routePath.exec(issue.path) ?? [];
    const routes = listeners[Number(listener)]?.routes;
    const route = listener === '' ? undefined : routes?.[Number(index)];
    const origin = route === undefined ? undefined : origins.get(route);
    if (routes === undefined || route === undefined || origin === undefined) {
      if (listener === '') coverage.general({ verdict: 'refused', place: { file, line: 1 }, note: `${issue.path}: ${issue.message}` });
      continue;
    }
    refuse(origin, issue, key, coverage);
    routes[Number(index)] = actions.has(key) ? silenced(route, origin, origins) : undefined;
  }
  const kept = listeners.map(({ routes, ...listener }) =>
    'pool' in listener ? listener : { ...listener, routes: routes.filter((route) => route !== undefined) },
  );
  return { ...written, listeners: kept };
}

function refuse(origin: Directive, issue: Issue, key: string, coverage: Translation['coverage']): void {
  const what = actions.has(key) ? 'answered with 501' : 'left out';
  coverage.refused(origin, `its route has a mistake at "${issue.path.replace(routePath, '$3')}": ${issue.message}; ${what}`);
}

function silenced(route: WrittenRoute, origin: Directive, origins: Translation['origins']): WrittenRoute {
  const conditions = Object.entries(route).filter(([key]) => !actions.has(key));
  const changed = { ...Object.fromEntries(conditions), ...notServed };
  origins.set(changed, origin);
  return changed;
}
