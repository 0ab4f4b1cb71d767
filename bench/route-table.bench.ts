// What a match costs with 1, 100 and 10,000 routes. It may not grow with the number of routes.
import type { RouteRules } from '../src/domain/routing/route-rules.ts';
import { compileRoutes } from '../src/domain/routing/route-table.ts';
import type { MicroCase } from './micro.ts';
import { measure } from './micro.ts';

const numbered = (count: number, make: (index: number) => RouteRules): RouteRules[] =>
  Array.from({ length: count }, (_, index) => make(index));

function caseOf(name: string, routes: readonly RouteRules[], host: string, path: string): MicroCase {
  const table = compileRoutes(routes);
  return {
    name,
    run: (calls) => {
      let sum = 0;
      for (let call = 0; call < calls; call++) sum += table.match(host, path)?.index ?? -1;
      return sum;
    },
  };
}

const cases = [1, 100, 10_000].flatMap((count) => {
  const last = count - 1;
  const byPath = [...numbered(count, (index) => ({ path: `/service${index}/v1/*`, pool: 'api' })), { pool: 'web' }];
  const byHost = numbered(count, (index) => ({ host: `shop${index}.example.com`, path: '/api/*', pool: 'api' }));
  const byDomain = numbered(count, (index) => ({ host: `*.shop${index}.example.com`, pool: 'api' }));
  return [
    caseOf(`${count} paths, the last matches`, byPath, 'shop.example.com:8080', `/service${last}/v1/orders/4711`),
    caseOf(`${count} paths, none matches`, byPath, 'shop.example.com:8080', '/index.html'),
    caseOf(`${count} hosts, the last matches`, byHost, `shop${last}.example.com:8080`, '/api/orders/4711'),
    caseOf(`${count} domains with a star, the last matches`, byDomain, `eu.shop${last}.example.com:8080`, '/api/orders/4711'),
  ];
});
measure('One match', [caseOf('one route for everything', [{ pool: 'web' }], 'shop.example.com:8080', '/api/orders/4711'), ...cases]);
