// The pages about health and faults: their documents are good and nothing in them is unwise, and they leave out no kind of probe, no preset
// and no setting that stands against a fault.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readText, repositoryRoot } from '../../scripts/source-files.ts';
import { issueText } from '../../src/control-plane/configuration/issue.ts';
import { parseDocument } from '../../src/control-plane/configuration/read.ts';
import { catalogue } from '../../src/domain/exceptions/catalogue.ts';
import { probeKinds } from '../../src/domain/health/probe-settings.ts';

const documentsOf = (page: string): readonly string[] => [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map((match) => match[1] ?? '');
const poolsOf = (document: string): readonly string[] => [...document.matchAll(/^ {2}([a-z]+):$/gm)].map((match) => match[1] ?? '');

/** What is wrong with a document, and what is unwise in it. Where it is about pools alone, listeners are put before it. */
async function remarksOn(document: string): Promise<readonly string[]> {
  const listeners = poolsOf(document).map((pool, index) => `  - { name: l${index}, bind: ":${8080 + index}", pool: ${pool} }\n`);
  const text = document.startsWith('pools:') ? `listeners:\n${listeners.join('')}${document}` : document;
  const unwise: string[] = [];
  const read = await parseDocument({ file: 'doc', text, format: 'yaml' }, repositoryRoot, (remark) => unwise.push(issueText(remark)));
  return read.ok ? unwise : read.fault.map(issueText);
}

for (const [path, least] of [
  ['docs/health.md', 7],
  ['docs/faults.md', 2],
  ['docs/waiting-room.md', 4],
  ['docs/changing-live.md', 1],
  ['docs/routing.md', 6],
] as const) {
  describe(path, () => {
    const documents = documentsOf(readText(path));

    test('has documents', () => assert.ok(documents.length >= least, String(documents.length)));

    for (const [index, document] of documents.entries()) {
      test(`its document ${index + 1} is good, and wise`, async () => assert.deepEqual(await remarksOn(document), [], document));
    }
  });
}

test('a document that is not good is seen, and so is one that is unwise', async () => {
  const withHealth = (health: string): string => `pools:\n  web:\n    endpoints: [10.0.0.1:80]\n    health: ${health}\n`;
  assert.deepEqual(await remarksOn(withHealth('{ tcp: true }')), []);
  assert.equal((await remarksOn(withHealth('{ htp: /healthz }'))).length, 1);
  assert.equal((await remarksOn(withHealth('{ tcp: true, fall: 1 }'))).length, 1);
});

test('every kind of probe is on the page with a document, and every preset is', async () => {
  const page = readText('docs/health.md');
  const documents = documentsOf(page).join('\n');
  for (const kind of probeKinds) {
    assert.ok(page.includes(`| \`${kind}\` |`), kind);
    assert.match(documents, new RegExp(`health: \\{ ${kind}: |^ {6}${kind}:`, 'm'), kind);
  }
  for (const preset of ['mild', 'envoy', 'nginx', 'none']) assert.match(page, new RegExp(`\\| \`${preset}\``), preset);
});

test('every failure that the page of faults names is one, and every one that waiting and choosing can end with is named', () => {
  const page = readText('docs/faults.md');
  const named = [...page.matchAll(/50[0-9] `([a-z-]+)`/g)].map((match) => match[1] ?? '');
  assert.deepEqual(
    named.filter((name) => !Object.hasOwn(catalogue, name)),
    [],
  );
  const own = Object.entries(catalogue).flatMap(([kind, { origin, status }]) => (origin === 'balancer' && status === 503 ? [kind] : []));
  assert.deepEqual(
    own.filter((kind) => !named.includes(kind)),
    [],
  );
});
