// docs/reference/configuration.md: every key of a document, from the descriptions of settings.
import { documentSettings } from '../../src/control-plane/configuration/document.ts';
import type { Key, Section } from './settings-tree.ts';
import { sectionsOf } from './settings-tree.ts';
import { code, generatedFrom, table } from './tables.ts';

export function configurationPage(): string {
  return `${intro}\n${sectionsOf(documentSettings).map(sectionText).join('\n')}`;
}

const intro = `# Configuration

${generatedFrom('the descriptions of settings, beside the code that obeys them')}

One document, in YAML, JSON or TypeScript. The smallest useful one:

\`\`\`yaml
listeners:
  - bind: ":8080"
    pool: web
pools:
  web:
    endpoints: [10.0.0.1:8080, 10.0.0.2:8080, 10.0.0.3:8080]
\`\`\`

The same in TypeScript, where a route that names a pool that does not exist does not compile (\`evenkeel.config.ts\`, inside a checkout):

\`\`\`ts
import { defineConfig } from 'evenkeel';

export default defineConfig({
  listeners: [{ bind: ':8080', pool: 'web' }],
  pools: { web: { endpoints: ['10.0.0.1:8080', '10.0.0.2:8080', '10.0.0.3:8080'] } },
});
\`\`\`

\`evenkeel check FILE\` tells every mistake with its place. Keys that are not built yet are refused rather than ignored.

How values are written:

${table(
  ['Kind', 'Written as'],
  [
    ['duration', 'a number and a unit (`ms`, `s`, `m`, `h`, `d`): `250ms`, `2s`, `1.5m`'],
    ['size', 'a number and a unit (`B`, `KiB`, `MiB`, `GiB`, or `KB`, `MB`, `GB`): `512B`, `64KiB`'],
    ['address', '`10.0.0.1:8080`, `localhost:3001`, `"[::1]:80"`, `unix:/run/app.sock`; to listen on, also `":8080"` for all addresses'],
    ['network', '`10.0.0.0/8`, `"fd00::/8"`, or a single address'],
    ['name', 'letters, digits, `-`, `_` and `.`, beginning with a letter or digit'],
    ['policy', "a policy's name, or `{ policy: NAME }` with its options: see [policies](policies.md)"],
    ['"none"', 'no limit, where it is allowed'],
  ],
)}
`;

function sectionText({ path, keys, later }: Section): string {
  const title = path === '' ? 'The document' : code(path);
  const rows = keys.map((key) => [code(key.name), takesOf(key), defaultOf(key), key.meaning]);
  const planned = Object.entries(later).map(([key, what]) => `${code(key)} (${what})`);
  const unbuilt = planned.length === 0 ? '' : `\nNot built yet: ${planned.join(', ')}.\n`;
  return `## ${title}\n\n${table(['Key', 'Takes', 'Default', 'Meaning'], rows)}\n${unbuilt}`;
}

const takesOf = ({ takes, range }: Key): string => (range === undefined ? takes : `${takes}, ${range}`);

function defaultOf({ default: fallback, isRequired }: Key): string {
  if (isRequired) return '**required**';
  if (fallback === undefined || isEmptySection(fallback)) return '';
  return code(typeof fallback === 'string' ? fallback : JSON.stringify(fallback));
}

/** The default of a section is the defaults of its keys, which stand in its own table. */
const isEmptySection = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
