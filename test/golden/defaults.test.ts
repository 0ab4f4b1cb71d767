// Documents that name a compat date have the defaults of that date for good: they stand in defaults-DATE.json.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compatDates, defaultsOf, fileOf, frozenDefaults } from '../../scripts/reference/frozen-defaults.ts';
import { documentSettings } from '../../src/control-plane/configuration/document.ts';

const whatToDo = (file: string): string => `
Documents that name this date rely on these defaults, so a newer program must not change them.
- A better default is for documents of a later date alone: see "Changing a default" in CONTRIBUTING.md.
- A default that only got another name inside, or whose key is gone because it is refused now: delete its lines from ${file},
  have \`npm run generate\` write them anew, and tell in the commit why no document changes.`;

for (const date of compatDates) {
  describe(`defaults of ${date}`, () => {
    const frozen = frozenDefaults(date);
    const current = defaultsOf(date);

    test('are what they were', () => {
      const changed = Object.entries(frozen).flatMap(([path, was]) => {
        const is = current[path];
        return JSON.stringify(is) === JSON.stringify(was)
          ? []
          : [`${path} was ${JSON.stringify(was)} and is ${JSON.stringify(is) ?? 'gone'}`];
      });
      assert.ok(changed.length === 0, `${changed.join('\n')}\n${whatToDo(fileOf(date))}`);
    });

    test('are all there', () => {
      const missing = Object.keys(current).filter((path) => !Object.hasOwn(frozen, path));
      assert.deepEqual(missing, [], 'are new: `npm run generate` adds them');
    });
  });
}

test('every date that a document may name has its file', () => {
  const document = (compat: string) => ({
    compat,
    listeners: [{ bind: ':80', pool: 'web' }],
    pools: { web: { endpoints: ['10.0.0.1:80'] } },
  });
  for (const date of compatDates) assert.ok(documentSettings.safeParse(document(date)).success);
  const refused = documentSettings.safeParse(document('1999-01'));
  const [issue] = refused.error?.issues ?? [];
  assert.deepEqual(issue?.code === 'custom' ? issue.params?.['choices'] : undefined, compatDates);
});
