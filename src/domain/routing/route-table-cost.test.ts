// Ten thousand routes cost no more than twice what ten do. Both are measured in turns, and the quickest turn of each counts, so that what else
// the machine does changes little; the bound is twice the promise for what is left. Routes tried one by one would cost a thousand times as much.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RouteRules } from './route-rules.ts';
import { compileRoutes } from './route-table.ts';

interface Kind {
  readonly route: (index: number) => RouteRules;
  readonly host?: (index: number) => string;
  readonly path?: (index: number) => string;
}

const kinds: Readonly<Record<string, Kind>> = {
  paths: { route: (index) => ({ path: `/service${index}/*`, pool: 'web' }), path: (index) => `/service${index}/a` },
  hosts: { route: (index) => ({ host: `shop${index}.test`, pool: 'web' }), host: (index) => `shop${index}.test` },
  domains: { route: (index) => ({ host: `*.shop${index}.test`, pool: 'web' }), host: (index) => `eu.shop${index}.test` },
  'paths with a place': { route: (index) => ({ path: `/{id}/service${index}`, pool: 'web' }), path: (index) => `/7/service${index}` },
  expressions: { route: (index) => ({ path: `~^/service${index}/v\\d+`, pool: 'web' }), path: (index) => `/service${index}/v2` },
  'paths with a method': {
    route: (index) => ({ path: `/service${index}`, method: 'GET', pool: 'web' }),
    path: (index) => `/service${index}`,
  },
};

const calls = 500;
const turns = 60;

for (const [title, { route, host = () => 'shop.test', path = () => '/' }] of Object.entries(kinds)) {
  test(`of ${title} ten thousand cost about what ten do`, () => {
    const tables = [10, 10_000].map((count) => {
      const table = compileRoutes(Array.from({ length: count }, (_, index) => route(index)));
      const last = count - 1;
      const find = (): number => table.match(host(last), path(last))?.index ?? -1;
      assert.equal(find(), last);
      return { find, quickest: Number.POSITIVE_INFINITY };
    });
    const ratio = (): number => (tables[1]?.quickest ?? 0) / (tables[0]?.quickest ?? 0);
    for (let turn = 0; turn < turns; turn++) {
      // There is no need to wait for the end of what has failed by far.
      if (turn > 0 && ratio() > 50) break;
      for (const measured of tables) {
        const begun = performance.now();
        for (let call = 0; call < calls; call++) measured.find();
        measured.quickest = Math.min(measured.quickest, performance.now() - begun);
      }
    }
    assert.ok(ratio() < 4, `${ratio().toFixed(1)} times as much`);
  });
}
