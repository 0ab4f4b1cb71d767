// Documents lead where they say: every internal link finds its file and its heading. Nothing in the repository names the machine it was written on.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { test } from 'node:test';
import { listFiles, readText, repositoryRoot } from '../../scripts/source-files.ts';

const pages = listFiles('', (path) => path.endsWith('.md'));

test('internal links find their files and headings', () => {
  assert.ok(pages.length > 0);
  assert.deepEqual(
    pages.flatMap((page) => brokenLinks(page, readText(page))),
    [],
  );
});

test('a link to a missing file or heading is seen', () => {
  const text = 'See [this](missing.md), [that](#nowhere), [here](#a-heading) and [the licence](LICENSE).\n\n# A heading\n';
  assert.deepEqual(brokenLinks('page.md', text), ['page.md: missing.md', 'page.md: #nowhere']);
});

test('links inside code are left alone', () => {
  assert.deepEqual(brokenLinks('page.md', 'Write `[name](address)`.\n\n```md\n[name](address)\n```\n'), []);
});

test('the lock file names no registry', () => {
  assert.doesNotMatch(readText('package-lock.json'), /"resolved"/);
});

test('the lock file holds every package of every platform, or npm ci would refuse it', () => {
  const { packages } = JSON.parse(readText('package-lock.json')) as Lock;
  const named = Object.values(packages).flatMap(({ dependencies, optionalDependencies }) =>
    Object.keys({ ...dependencies, ...optionalDependencies }),
  );
  assert.ok(named.length > 20);
  assert.deepEqual(
    named.filter((name) => packages[`node_modules/${name}`] === undefined),
    [],
  );
});

test('no file names a path of a machine', () => {
  // Put together here, so that this file does not find itself.
  const machinePath = new RegExp(['work', 'home/[a-z]+', 'root', 'Users/[A-Za-z]+'].map((folder) => `(?<![\\w./-])/${folder}/`).join('|'));
  const texts = listFiles('', (path) => !/\.(png|jpg|ico|woff2|pem|key)$/.test(path));
  assert.deepEqual(
    texts.filter((path) => machinePath.test(readText(path))),
    [],
  );
});

/** The part of npm's lock file that is read here. */
interface Lock {
  readonly packages: Readonly<Record<string, { readonly dependencies?: object; readonly optionalDependencies?: object }>>;
}

/** Links as `page: target`, those whose file or heading does not exist. */
function brokenLinks(page: string, text: string): string[] {
  const prose = text.replace(/^( *)(```+)[\s\S]*?^\1\2/gm, '').replace(/`[^`\n]*`/g, '');
  const targets = [...prose.matchAll(/\]\(([^()\s]+)(?:\s+"[^"]*")?\)/g)].map((match) => match[1] ?? '');
  return targets.filter((target) => !isOutside(target) && !resolves(page, text, target)).map((target) => `${page}: ${target}`);
}

const isOutside = (target: string): boolean => /^[a-z]+:/.test(target);

function resolves(page: string, text: string, target: string): boolean {
  const [file = '', heading] = target.split('#');
  const path = file === '' ? page : posix.join(posix.dirname(page), decodeURI(file));
  if (file !== '' && !existsSync(join(repositoryRoot, path))) return false;
  if (heading === undefined || !path.endsWith('.md')) return true;
  return headingsOf(file === '' ? text : readText(path)).includes(heading);
}

/** Headings as GitHub turns them into anchors. */
const headingsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ +(.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
