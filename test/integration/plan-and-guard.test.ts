// A plan says what then happens, and a change under guard goes back by itself when it breaks something, and stays when it does not.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { RequestListener, Server } from 'node:http';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { freshFolder } from '../support/chaos/fresh-folder.ts';
import { SteadyLoad } from '../support/chaos/steady-load.ts';
import { EvenkeelProcess } from '../support/evenkeel-process.ts';

const timeout = 120_000;

class Endpoint implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(serve: RequestListener): Promise<Endpoint> {
    const server = createServer({ keepAliveTimeout: 0 }, serve);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Endpoint(server);
  }

  /** Where nobody listens any more. */
  static async gone(): Promise<string> {
    await using endpoint = await Endpoint.open(() => undefined);
    return endpoint.address;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** Slow enough that a busy machine changes little about it. */
const slowly: RequestListener = (_, response) => void setTimeout(() => response.end('answered by one'), 40);
const tellsPort: RequestListener = ({ socket }, response) => void response.end(String(socket.localPort));

async function serve(pools: string, routes = '[{ pool: web }]') {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await freshFolder());
  const write = async (text: string, listeners = routes): Promise<void> => {
    const head = `workers: 1\nadmin: { bind: "unix:${folder.path}/admin.sock" }\nlisteners: [{ name: web, bind: "127.0.0.1:0", routes: ${listeners} }]\n`;
    await writeFile(`${folder.path}/evenkeel.yaml`, `${head}pools: ${text}\n`);
  };
  await write(pools);
  const evenkeel = stack.use(new EvenkeelProcess(['run'], folder.path));
  const url = await evenkeel.line(/web listening on (http:\S+)/);
  const moved = stack.move();
  return {
    evenkeel,
    url,
    write,
    command: (...words: string[]) => new EvenkeelProcess(words, folder.path),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

/** Eight clients, each of which pauses between two requests, so that what fails at once is not asked for at once again. */
function loadOn(url: string): SteadyLoad & AsyncDisposable {
  const load = new SteadyLoad({ port: Number(new URL(url).port), clients: 8, method: 'GET', pace: 10 });
  return Object.assign(load, { [Symbol.asyncDispose]: () => load.stop() });
}

function ask(url: string, agent: Agent, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (piece: string) => {
        text += piece;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe('evenkeel plan', { timeout }, () => {
  test('tells what would be done, and does nothing', async () => {
    await using endpoint = await Endpoint.open(tellsPort);
    const { address } = endpoint;
    await using here = await serve(`{ web: { endpoints: ["${address}"] } }`);
    await here.write(
      `{ web: { endpoints: ["${address}", "127.0.0.1:9"], timeouts: { connect: 1s } }, spare: { endpoints: ["127.0.0.1:9"] } }`,
    );
    await using planned = here.command('plan');
    const { code, out, err } = await planned.ended();
    assert.deepEqual(out, [
      'What would change of version 1, which is in force:',
      '',
      '  + pool spare',
      '      + endpoint 127.0.0.1:9',
      '  ~ pool web',
      '      ~ timeouts.connect: 3s -> 1s',
      '      + endpoint 127.0.0.1:9',
      '        kept connections to its endpoints are made anew',
      '',
      'Plan: 1 to add, 1 to change, 0 to remove.',
    ]);
    assert.equal(code, 0);
    assert.match(err.join('\n'), /^warning: evenkeel\.yaml:\d+:\d+: pools\.spare: gets nothing/);
    await using told = here.command('plan', '--exit-code', '--json');
    const json = await told.ended();
    const plan = JSON.parse(json.out.join('\n')) as { readonly counts: unknown; readonly version: number };
    assert.deepEqual([json.code, plan.counts, plan.version], [2, { added: 1, changed: 1, removed: 0 }, 1]);
    assert.equal(here.evenkeel.count(/in force/), 0);
  });

  test('ends with 0 when there is nothing to do, and with 1 and all mistakes when the document has some', async () => {
    await using here = await serve('{ web: { endpoints: ["127.0.0.1:9"] } }');
    await using same = here.command('plan', '--exit-code');
    assert.deepEqual(await same.ended(), { code: 0, out: ['Nothing to do: what is in force says so already.'], err: [] });
    await here.write('{ web: { endpoints: [] }, spare: 7 }');
    await using mistaken = here.command('plan');
    const { code, err } = await mistaken.ended();
    assert.equal(code, 1);
    assert.match(err.join('\n'), /pools\.web\.endpoints[\s\S]*pools\.spare/);
    await using nowhere = here.command('plan', '--to', '77');
    assert.deepEqual((await nowhere.ended()).code, 1);
  });

  test('says of keys what then happens: as many move as it told', async () => {
    await using stack = new AsyncDisposableStack();
    const addresses: string[] = [];
    for (let index = 0; index < 5; index++) addresses.push(stack.use(await Endpoint.open(tellsPort)).address);
    const policies = ['maglev', 'consistent-hash', 'rendezvous', 'hash', 'content'];
    const pools = (endpoints: readonly string[]): string =>
      `{ ${policies.map((policy) => `${policy}: { balance: { policy: ${policy}, key: "header:x-key" }, endpoints: ${JSON.stringify(endpoints)} }`).join(', ')} }`;
    const routes = `[${policies.map((policy) => `{ path: /${policy}, pool: ${policy} }`).join(', ')}]`;
    await using here = await serve(pools(addresses.slice(0, 4)), routes);
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    stack.defer(() => agent.destroy());
    const keys = Array.from({ length: 500 }, (_, index) => `key-${index}`);
    const places = async (policy: string): Promise<readonly string[]> => {
      const found = await Promise.all(keys.map((key) => ask(`${here.url}/${policy}`, agent, { 'x-key': key })));
      assert.ok(found.every(({ status }) => status === 200));
      return found.map(({ text }) => text);
    };
    const before = new Map<string, readonly string[]>();
    for (const policy of policies) before.set(policy, await places(policy));

    // One goes and one comes.
    await here.write(pools(addresses.slice(1)), routes);
    await using planned = here.command('plan', '--json');
    const plan = JSON.parse((await planned.ended()).out.join('\n')) as {
      readonly pools: readonly { readonly name: string; readonly keys: { readonly share: number } }[];
    };
    await using applied = here.command('apply');
    assert.equal((await applied.ended()).code, 0);
    for (const policy of policies) {
      const now = await places(policy);
      const share = keys.filter((_, index) => now[index] !== before.get(policy)?.[index]).length / keys.length;
      const told = plan.pools.find(({ name }) => name === policy)?.keys.share ?? Number.NaN;
      // Five times what chance makes of 500 of many keys.
      const chance = 5 * Math.sqrt((told * (1 - told)) / keys.length);
      assert.ok(Math.abs(share - told) <= chance + 0.01, `${policy}: ${told} was told, and ${share} moved`);
    }
  });
});

describe('evenkeel apply', { timeout }, () => {
  test('without a guard brings the document in force', async () => {
    await using here = await serve('{ web: { endpoints: ["127.0.0.1:9"] } }');
    await here.write('{ web: { endpoints: ["127.0.0.1:9"] }, spare: { endpoints: ["127.0.0.1:9"] } }');
    await using applied = here.command('apply');
    assert.deepEqual((await applied.ended()).out, ['evenkeel: the document is in force.', '  pools added: spare']);
    await using back = here.command('apply', '--to', '1');
    assert.deepEqual((await back.ended()).out, ['evenkeel: version 1 is in force.', '  pools removed: spare']);
  });

  test('goes back by itself from a document that points to a broken endpoint', async () => {
    await using well = await Endpoint.open(slowly);
    const broken = await Endpoint.gone();
    await using here = await serve(`{ web: { endpoints: ["${well.address}"] } }`);
    await using load = loadOn(here.url);
    await load.more(100);
    await here.write(`{ web: { endpoints: ["${broken}"] } }`);
    await using applied = here.command('apply', '--guard', '30s');
    const { code, out, err } = await applied.ended();
    assert.equal(code, 1);
    assert.match(out.join('\n'), /What is in force is measured before the change\.[\s\S]*version 2 is watched/);
    assert.match(
      err.join('\n'),
      /^evenkeel: Version 1 is in force again: (?:listener|pool) web: \d+\.\d % of \d+ failed, \d+\.\d % of \d+ before\.$/,
    );
    await here.evenkeel.said(
      /Guard \((?:listener|pool) web: .* failed, .* before\): version 1 is in force, until evenkeel\.yaml is read anew\./,
    );
    await here.evenkeel.said(/guard: Version 1 is in force again: /);
    await using told = here.command('history');
    assert.match(
      (await told.ended()).out.join('\n'),
      /^\* 3 .*Z {2}guard {2}(?:listener|pool) web: .* failed, .* before\. Pools: changed web\..*\n {2}2 .*Z {2}apply {2}Pools: changed web\./m,
    );
    assert.ok(load.of('failed').length > 0);
    // What was on when it went back may still end badly.
    await load.more(20);
    const { length } = load.outcomes;
    await load.more(100);
    assert.ok(load.outcomes.slice(length).every(({ kind }) => kind === 'answered'));
  });

  test('stays with a document that breaks nothing', async () => {
    await using well = await Endpoint.open(slowly);
    await using other = await Endpoint.open(slowly);
    await using here = await serve(`{ web: { endpoints: ["${well.address}"] } }`);
    await using load = loadOn(here.url);
    await load.more(100);
    await here.write(`{ web: { endpoints: ["${well.address}", "${other.address}"] } }`);
    await using applied = here.command('apply', '--guard', '4s');
    const { code, out, err } = await applied.ended();
    assert.deepEqual([code, err], [0, []]);
    assert.match(out.at(-1) ?? '', /^evenkeel: Version 2 stays: nothing is clearly worse than before\.$/);
    assert.equal(load.of('failed').length + load.of('unheard').length, 0);
  });

  test('says that nobody watches any more when the program is gone', async () => {
    await using well = await Endpoint.open(slowly);
    await using here = await serve(`{ web: { endpoints: ["${well.address}"] } }`);
    await here.write(`{ web: { endpoints: ["${well.address}"], timeouts: { connect: 1s } } }`);
    await using applied = here.command('apply', '--guard', '10m');
    await applied.said(/is measured before the change/);
    here.evenkeel.signal('SIGKILL');
    const { code, err } = await applied.ended();
    assert.equal(code, 1);
    assert.match(err.join('\n'), /Nobody watches the change any more; "evenkeel history" tells what is in force once it runs again\.$/);
  });

  test('ends its guard when somebody else changes something, and takes one at a time', async () => {
    await using well = await Endpoint.open(slowly);
    const pool = `endpoints: ["${well.address}"]`;
    await using here = await serve(`{ web: { ${pool} } }`);
    await here.write(`{ web: { ${pool}, timeouts: { connect: 1s } } }`);
    await using applied = here.command('apply', '--guard', '10m');
    await applied.said(/is measured before the change/);
    await using second = here.command('apply', '--guard', '10m');
    const refused = await second.ended();
    assert.deepEqual([refused.code, refused.err.length], [1, 1]);
    assert.match(refused.err[0] ?? '', /Another change is under guard/);
    await here.write(`{ web: { ${pool}, timeouts: { connect: 2s } } }`);
    here.evenkeel.signal('SIGHUP');
    const { code, err } = await applied.ended();
    assert.equal(code, 1);
    assert.match(err.join('\n'), /Somebody else has changed something meanwhile: version 2 \(SIGHUP\) is in force\./);
  });
});
