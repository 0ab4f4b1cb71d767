// What a match costs with 10, 100 and 10,000 routes, by each kind of condition that stands in a map. It may not grow with the number of routes.
import type { ExchangeFacts } from '../src/domain/balancing/affinity-key.ts';
import type { RouteRules } from '../src/domain/routing/route-rules.ts';
import { compileRoutes } from '../src/domain/routing/route-table.ts';
import type { MicroCase } from './micro.ts';
import { measure } from './micro.ts';

const numbered = (count: number, make: (index: number) => RouteRules): RouteRules[] =>
  Array.from({ length: count }, (_, index) => make(index));

interface Asked {
  readonly host?: string;
  readonly path?: string;
  /** A line besides those that browsers send. */
  readonly line?: string;
}

const browser = [
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Language: en-GB,en;q=0.5',
  'Accept-Encoding: gzip, deflate, br',
];

function factsOf(host: string, path: string, line: string | undefined): ExchangeFacts {
  const lines = [`Host: ${host}`, ...browser, ...(line === undefined ? [] : [line])].map((each) => `${each}\r\n`).join('');
  const rest = { minor: 1, length: 0, keepAlive: true, upgrade: '', expectsContinue: false, acceptsTrailers: false, hopByHop: [] };
  return {
    request: { method: 'GET', target: path, path, host, fields: lines, ...rest, forwarded: undefined },
    client: '192.0.2.1',
    peer: '192.0.2.1',
  };
}

/** `expected` is the route that the request is to find: a bench of a match that finds another one would measure something else. */
function caseOf(
  name: string,
  routes: readonly RouteRules[],
  { host = 'shop.example.com:8080', path = '/', line }: Asked,
  expected: number,
): MicroCase {
  const table = compileRoutes(routes);
  const facts = factsOf(host, path, line);
  const find = (): number => table.match(host, path, facts)?.index ?? -1;
  if (find() !== expected) throw new Error(`${name}: route ${find()} was found`);
  return {
    name,
    run: (calls) => {
      let sum = 0;
      for (let call = 0; call < calls; call++) sum += find();
      return sum;
    },
  };
}

const cases = [10, 100, 10_000].flatMap((count) => {
  const last = count - 1;
  const web: RouteRules = { pool: 'web' };
  const byPath = [...numbered(count, (index) => ({ path: `/service${index}/v1/*`, pool: 'api' })), web];
  const byHost = numbered(count, (index) => ({ host: `shop${index}.example.com`, path: '/api/*', pool: 'api' }));
  const byDomain = numbered(count, (index) => ({ host: `*.shop${index}.example.com`, pool: 'api' }));
  const byPlace = [...numbered(count, (index) => ({ path: `/tenants/{id}/service${index}/*`, pool: 'api' })), web];
  const byExpression = [...numbered(count, (index) => ({ path: `~^/service${index}/v(\\d+)/`, pool: 'api' })), web];
  const byHeader = [...numbered(count, (index) => ({ header: { 'x-tenant': `tenant${index}` }, pool: 'api' })), web];
  const byMethod = [
    ...numbered(count, (index) => ({ path: `/service${index}/*`, method: ['GET', 'HEAD'], not: { client: '10.0.0.0/8' }, pool: 'api' })),
    web,
  ];
  return [
    caseOf(`${count} paths, the last matches`, byPath, { path: `/service${last}/v1/orders/4711` }, last),
    caseOf(`${count} paths, none matches`, byPath, { path: '/index.html' }, count),
    caseOf(`${count} hosts, the last matches`, byHost, { host: `shop${last}.example.com:8080`, path: '/api/orders/4711' }, last),
    caseOf(`${count} domains with a star, the last matches`, byDomain, { host: `eu.shop${last}.example.com:8080` }, last),
    caseOf(`${count} paths with a place, the last matches`, byPlace, { path: `/tenants/4711/service${last}/orders` }, last),
    caseOf(`${count} expressions, the last matches`, byExpression, { path: `/service${last}/v1/orders/4711` }, last),
    caseOf(`${count} values of a header, the last matches`, byHeader, { line: `X-Tenant: tenant${last}` }, last),
    caseOf(`${count} paths with a method and a client, the last matches`, byMethod, { path: `/service${last}/orders/4711` }, last),
  ];
});
measure('One match', [caseOf('one route for everything', [{ pool: 'web' }], { path: '/api/orders/4711' }, 0), ...cases]);
