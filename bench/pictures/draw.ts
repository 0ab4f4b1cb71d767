// `npm run pictures`: measures and draws the pictures of docs/choosing-a-policy.md. The same program gives the same bytes on every machine.
// With --only-draw nothing is measured: what stands in data.json is drawn again.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pictures } from './pictures.ts';

const folder = join(import.meta.dirname, '../../docs/pictures');
const dataFile = join(folder, 'data.json');

const onlyDraws = process.argv.includes('--only-draw');
const known = onlyDraws ? (JSON.parse(readFileSync(dataFile, 'utf8')) as Readonly<Record<string, unknown>>) : {};

const data = Object.fromEntries(
  pictures.map(({ name, measure }) => {
    if (onlyDraws) return [name, known[name]];
    const begun = performance.now();
    const measured = measure(1);
    console.log(`${name}: measured in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    return [name, measured];
  }),
);

// A line for each picture, so that what changed can be seen.
const lines = Object.entries(data).map(([name, measured]) => `${JSON.stringify(name)}: ${JSON.stringify(measured)}`);
if (!onlyDraws) writeFileSync(dataFile, `{\n${lines.join(',\n')}\n}\n`);
for (const { name, draw } of pictures) writeFileSync(join(folder, `${name}.svg`), draw(data[name]));
console.log(`${pictures.length} pictures written to docs/pictures`);
