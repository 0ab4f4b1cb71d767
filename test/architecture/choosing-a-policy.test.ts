// The page that helps to choose a policy: its documents are good, its pictures are there with words for those who cannot see them, and it
// leaves no policy out.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pictures } from '../../bench/pictures/pictures.ts';
import { listFiles, readText, repositoryRoot } from '../../scripts/source-files.ts';
import { issueText } from '../../src/control-plane/configuration/issue.ts';
import { parseDocument } from '../../src/control-plane/configuration/read.ts';
import { policyNames } from '../../src/domain/balancing/policy-settings.ts';

const page = readText('docs/choosing-a-policy.md');
const documents = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map((match) => match[1] ?? '');

/** What is wrong with a document. Where it is about pools alone, listeners are put before it. */
async function mistakesIn(document: string): Promise<string[]> {
  const listeners = poolsOf(document).map((pool, index) => `  - { name: l${index}, bind: ":${8080 + index}", pool: ${pool} }\n`);
  const text = document.startsWith('pools:') ? `listeners:\n${listeners.join('')}${document}` : document;
  const read = await parseDocument({ file: 'doc', text, format: 'yaml' }, repositoryRoot);
  return read.ok ? [] : read.fault.map(issueText);
}

const poolsOf = (document: string): string[] => [...document.matchAll(/^ {2}([a-z]+):$/gm)].map((match) => match[1] ?? '');

test('every document of the page is a good one', async () => {
  assert.ok(documents.length > 8);
  for (const document of documents) assert.deepEqual(await mistakesIn(document), [], document);
});

test('a document that is not good is seen', async () => {
  assert.notDeepEqual(await mistakesIn('pools:\n  web:\n    balance: least-conections\n    endpoints: [10.0.0.1:8080]\n'), []);
});

test('every picture is on the page, with words beside it, and no other is', () => {
  const shown = [...page.matchAll(/^!\[([^\]]{20,})\]\(pictures\/([a-z-]+)\.svg\)$/gm)].map((match) => match[2] ?? '');
  assert.deepEqual(shown.toSorted(), pictures.map(({ name }) => name).toSorted());
  assert.equal(page.match(/!\[/g)?.length, shown.length);
  for (const name of shown) assert.ok(existsSync(join(repositoryRoot, `docs/pictures/${name}.svg`)), name);
  assert.equal(listFiles('docs/pictures', (path) => path.endsWith('.svg')).length, shown.length);
});

test('every policy is on the page', () => {
  assert.deepEqual(
    policyNames.filter((name) => !page.includes(`\`${name}\``)),
    [],
  );
});
