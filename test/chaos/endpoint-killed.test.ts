// Promise: an endpoint that is killed under load costs no safe request, and no order is sent twice.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { EndpointProcess } from '../support/chaos/endpoint-process.ts';
import { freshFolder } from '../support/chaos/fresh-folder.ts';
import { Shop } from '../support/chaos/shop.ts';
import { assertNeverTwice } from '../support/chaos/sick-endpoint.ts';
import { SteadyLoad } from '../support/chaos/steady-load.ts';
import { EvenkeelProcess } from '../support/evenkeel-process.ts';

test('one of three endpoints is killed under load: every safe request is answered, and every order reaches at most one endpoint', async (t) => {
  await using first = await EndpointProcess.start();
  await using second = await EndpointProcess.start();
  await using third = await EndpointProcess.start();
  const endpoints = [first, second, third];
  await using folder = await freshFolder();
  const addresses = endpoints.map(({ port }) => `127.0.0.1:${port}`).join(', ');
  await writeFile(
    `${folder.path}/evenkeel.yaml`,
    `workers: 1\noverload: none\nlisteners: [{ bind: "127.0.0.1:0", pool: shop }]\npools: { shop: { endpoints: [${addresses}] } }\n`,
  );
  await using evenkeel = new EvenkeelProcess(['run'], folder.path);
  const port = Number(await evenkeel.line(/listening on http:\/\/127\.0\.0\.1:(\d+)/));

  const readers = new SteadyLoad({ port, clients: 16, method: 'GET' });
  const buyers = new SteadyLoad({ port, clients: 8, method: 'POST' });
  await Promise.all([readers.more(600), buyers.more(300)]);
  await second.kill();
  await Promise.all([readers.more(1500), buyers.more(700)]);
  await Promise.all([readers.stop(), buyers.stop()]);

  const lostReads = readers.of('failed').map(({ detail }) => detail);
  const lostOrders = buyers.of('failed');
  t.diagnostic(
    `${readers.outcomes.length} safe requests, ${lostReads.length} failed; ${buyers.outcomes.length} orders, ${lostOrders.length} failed`,
  );
  assert.deepEqual(lostReads, []);
  // A system that ends a process closes its connections one after another: each can take an order with it, also one that waited idle, and
  // there are no more connections than clients.
  assert.ok(lostOrders.length <= 16 + 8, `${lostOrders.length} orders failed`);
  for (const { detail } of lostOrders) assert.match(detail, /^502 .*endpoint-closed|^502 .*response-cut-short/);

  const arrived = endpoints.flatMap(({ orders }) => orders);
  assert.equal(new Set(arrived).size, arrived.length, 'an order reached endpoints twice');
  const answered = buyers.of('answered').map(({ order }) => order);
  // What the killed endpoint had read and not yet told us of is not in its list; all others are.
  const told = new Set(arrived);
  const untold = answered.filter((order) => order !== undefined && !told.has(order));
  assert.ok(untold.length <= 8, `${untold.length} orders were answered that no endpoint told of`);
});

test('an endpoint is killed that had frozen with orders, which it never read: all of them fail, and nobody else is sent one', async (t) => {
  await using shop = await Shop.open({ endpoints: 3, pool: ['balance: round-robin', 'outliers: none'], isProbed: false });
  const [first, second, third] = shop.endpoints as [EndpointProcess, EndpointProcess, EndpointProcess]; // Three were asked for.
  const clients = 12;
  const buyers = new SteadyLoad({ port: shop.port, clients, method: 'POST' });
  await buyers.more(100);
  second.freeze();
  // In turns, until each client has an order there.
  while ((await shop.status()).pools[0]?.endpoints[1]?.inFlight !== clients);
  await second.kill();
  await buyers.more(200);
  await buyers.stop();

  const lost = buyers.of('failed');
  t.diagnostic(`${buyers.outcomes.length} orders, of which the endpoint had ${clients}; ${lost.length} failed`);
  assert.equal(lost.length, clients);
  for (const { detail } of lost) assert.match(detail, /^502 .*endpoint-closed/);
  const arrived = new Set([...first.orders, ...third.orders]);
  assert.deepEqual(
    lost.filter(({ order }) => arrived.has(order ?? '')),
    [],
  );
  assertNeverTwice(shop.endpoints);
});
