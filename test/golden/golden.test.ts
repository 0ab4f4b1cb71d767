// Runs the documents in test/golden/*.md: each case is a heading, a document, and the issues that it gives.
// POLICIES stands for the names of all policies, since every new one would change these pages otherwise.
// An empty `expect` block means a good document; one in JSON says what the document is read as, in part. What is unwise in a good document is
// a line that begins with "warning: ".
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { Issue } from '../../src/control-plane/configuration/issue.ts';
import { issueText } from '../../src/control-plane/configuration/issue.ts';
import { parseDocument } from '../../src/control-plane/configuration/read.ts';
import { policyNames } from '../../src/domain/balancing/policy-settings.ts';

interface Case {
  readonly title: string;
  readonly format: 'yaml' | 'json';
  readonly text: string;
  readonly expected: string;
}

const folder = import.meta.dirname;

for (const page of readdirSync(folder).filter((name) => name.endsWith('.md'))) {
  describe(page, () => {
    for (const { title, format, text, expected } of casesOf(readFileSync(`${folder}/${page}`, 'utf8'), page)) {
      test(title, async () => {
        const warnings: string[] = [];
        const read = await parseDocument({ file: 'doc', text, format }, folder, (remark) => warnings.push(`warning: ${shortText(remark)}`));
        const found = read.ok ? warnings : read.fault.map(shortText);
        if (!expected.startsWith('{')) {
          assert.deepEqual(found, expected === '' ? [] : expected.replaceAll('POLICIES', policyNames.join(', ')).split('\n'));
          return;
        }
        assert.deepEqual(found, []);
        // The document as it goes to the workers, without what JSON cannot say.
        const value: unknown = JSON.parse(JSON.stringify(read.ok ? read.value : undefined, withInfinity));
        assert.partialDeepStrictEqual(value, JSON.parse(expected));
      });
    }
  });
}

const shortText = (issue: Issue): string => issueText(issue).replace(/^doc: ?/, '');

const withInfinity = (_key: string, value: unknown): unknown => (value === Number.POSITIVE_INFINITY ? 'none' : value);

/** A case without both of its blocks is a mistake in the page, and must not pass unseen. */
function casesOf(page: string, name: string): readonly Case[] {
  const cases = page
    .split(/^## /m)
    .slice(1)
    .map((part): Case => {
      const title = part.split('\n', 1)[0] ?? '';
      const document = /^```(yaml|json)\n(.*?)^```$/ms.exec(part);
      const expect = /^```expect\n(.*?)^```$/ms.exec(part);
      if (document === null || expect === null) throw new Error(`${name}: "${title}" lacks a document or an expect block`);
      return { title, format: document[1] === 'json' ? 'json' : 'yaml', text: document[2] ?? '', expected: (expect[1] ?? '').trimEnd() };
    });
  if (cases.length === 0) throw new Error(`${name} holds no cases`);
  return cases;
}
