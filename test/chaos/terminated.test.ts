// Promise: SIGTERM under load loses nothing that was accepted, and the program leaves with exit code 0.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { EndpointProcess } from '../support/chaos/endpoint-process.ts';
import { freshFolder } from '../support/chaos/fresh-folder.ts';
import { SteadyLoad } from '../support/chaos/steady-load.ts';
import { EvenkeelProcess } from '../support/evenkeel-process.ts';

for (const workers of [1, 2]) {
  test(`SIGTERM under load with ${workers} workers: every request is answered in full, or its connection was never accepted`, async (t) => {
    await using endpoint = await EndpointProcess.start();
    await using folder = await freshFolder();
    await writeFile(
      `${folder.path}/evenkeel.yaml`,
      `workers: ${workers}\noverload: none\nlisteners: [{ bind: "127.0.0.1:0", pool: shop }]\npools: { shop: { endpoints: [127.0.0.1:${endpoint.port}] } }\n`,
    );
    await using evenkeel = new EvenkeelProcess(['run'], folder.path);
    const port = Number(await evenkeel.line(/listening on http:\/\/127\.0\.0\.1:(\d+)/));

    const readers = new SteadyLoad({ port, clients: 24, method: 'GET' });
    const buyers = new SteadyLoad({ port, clients: 8, method: 'POST' });
    await Promise.all([readers.more(500), buyers.more(200)]);
    evenkeel.signal('SIGTERM');
    const { code } = await evenkeel.ended();
    await Promise.all([readers.stop(), buyers.stop()]);

    const all = [...readers.outcomes, ...buyers.outcomes];
    const failed = all.filter(({ kind }) => kind === 'failed').map(({ detail }) => detail);
    t.diagnostic(`${all.length} requests, ${failed.length} failed, exit code ${code}`);
    assert.equal(code, 0);
    assert.deepEqual(failed, []);
    // Every client went on until nobody listened any more.
    assert.equal(readers.of('unheard').length, 24);
    assert.equal(buyers.of('unheard').length, 8);
  });
}
