// Every NAME.conf here with the document and the report that become of it: NAME.yaml and NAME.report. WRITE=1 in the environment writes them
// anew, for a person to look at the difference. The documents are checked as any other.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parseDocument } from '../../../src/control-plane/configuration/read.ts';
import { countsOf, reportLines } from '../../../src/control-plane/nginx/coverage/report.ts';
import { documentText } from '../../../src/control-plane/nginx/document-text.ts';
import { importNginx } from '../../../src/control-plane/nginx/import-nginx.ts';

const folder = import.meta.dirname;
const names = readdirSync(folder).flatMap((file) => (file.endsWith('.conf') ? [file.slice(0, -'.conf'.length)] : []));

/** The configurations that Evenkeel was made for: `evenkeel run` serves them without a word more. */
const origins = ['weighted-upstream', 'proxy-timeouts'];

function compare(file: string, text: string): void {
  const path = join(folder, file);
  if (process.env['WRITE'] === '1') writeFileSync(path, text);
  assert.equal(
    text,
    existsSync(path) ? readFileSync(path, 'utf8') : '',
    `${file} is another; see it by WRITE=1 and a look at the difference`,
  );
}

for (const name of names) {
  describe(`${name}.conf`, async () => {
    const { written, document, entries, originOf } = await importNginx(`${name}.conf`, folder);
    const text = documentText(written, `Translated from ${name}.conf by \`evenkeel import nginx\`.`, originOf);

    test('becomes a document', () => {
      compare(`${name}.yaml`, text);
      assert.ok(document !== undefined, 'the document would be served');
    });

    if (origins.includes(name)) test('as it is: nothing of it is refused', () => assert.equal(countsOf(entries).refused, 0));

    test('that reads as it was checked', async () => {
      const read = await parseDocument({ file: `${name}.yaml`, text, format: 'yaml' });
      assert.ok(read.ok);
      assert.deepEqual(read.value, document);
    });

    test('and a report', () => compare(`${name}.report`, `${reportLines(entries).join('\n')}\n`));
  });
}
