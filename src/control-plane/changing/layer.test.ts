// What the API changed, as it lies over what the file says.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Section } from '../configuration/reading/written.ts';
import { dataOf } from '../configuration/reading/written.ts';
import type { Change, LayerEntry } from './layer.ts';
import { applyLayer, withChanges, withoutEntries } from './layer.ts';

const stamp = { at: '2026-11-21T12:00:00.000Z', origin: 'API', persist: false };
const file = dataOf(
  'evenkeel.yaml',
  {
    listeners: [
      { name: 'web', bind: ':8080', pool: 'web' },
      { bind: '127.0.0.1:81', pool: 'web' },
    ],
    pools: { web: { endpoints: ['10.0.0.1:80', { address: '10.0.0.2:80', weight: 2 }], balance: 'random' }, spare: { endpoints: ['a:1'] } },
  },
  '/etc/evenkeel',
);

const put = (path: string, value: unknown): Change => ({ op: 'put', path, value });
const remove = (path: string): Change => ({ op: 'delete', path });

function layerOf(changes: readonly Change[], before: readonly LayerEntry[] = [], base = file): readonly LayerEntry[] {
  const layer = withChanges(base, before, changes, stamp);
  return layer.ok ? layer.value : assert.fail(layer.fault.map(({ path, message }) => `${path}: ${message}`).join('\n'));
}

const after = (...changes: readonly Change[]): Section => applyLayer(file, layerOf(changes)).data.value;
const pools = (value: Section): Section => value['pools'] as Section;
const faultsOf = (...changes: readonly Change[]): readonly string[] => {
  const layer = withChanges(file, [], changes, stamp);
  return layer.ok ? [] : layer.fault.map(({ path, message }) => `${path}: ${message}`);
};

describe('a change', () => {
  test('puts what is new behind what is there, and in the place of what has its name', () => {
    assert.deepEqual(pools(after(put('/pools/web/endpoints/10.0.0.9:80', '10.0.0.9:80')))['web'], {
      endpoints: ['10.0.0.1:80', { address: '10.0.0.2:80', weight: 2 }, '10.0.0.9:80'],
      balance: 'random',
    });
    assert.deepEqual((pools(after(put('/pools/web/endpoints/10.0.0.1:80', { weight: 7 })))['web'] as Section)['endpoints'], [
      { address: '10.0.0.1:80', weight: 7 },
      { address: '10.0.0.2:80', weight: 2 },
    ]);
    assert.deepEqual((after(put('/listeners/127.0.0.1:81', { bind: '127.0.0.1:81', pool: 'spare' }))['listeners'] as Section[])[1], {
      bind: '127.0.0.1:81',
      pool: 'spare',
    });
    assert.deepEqual((after(put('/listeners/new', { bind: ':9', pool: 'web' }))['listeners'] as Section[])[2], {
      name: 'new',
      bind: ':9',
      pool: 'web',
    });
  });

  test('reaches into sections, an endpoint in its short form among them', () => {
    const value = after(
      put('/pools/web/endpoints/10.0.0.1:80/weight', 3),
      put('/pools/web/balance', 'round-robin'),
      put('/overload', 'none'),
    );
    assert.deepEqual(pools(value)['web'], {
      endpoints: [
        { address: '10.0.0.1:80', weight: 3 },
        { address: '10.0.0.2:80', weight: 2 },
      ],
      balance: 'round-robin',
    });
    assert.equal(value['overload'], 'none');
  });

  test('takes away', () => {
    assert.deepEqual(Object.keys(pools(after(remove('/pools/spare')))), ['web']);
    assert.deepEqual(pools(after(remove('/pools/web/balance'), remove('/pools/web/endpoints/10.0.0.2:80')))['web'], {
      endpoints: ['10.0.0.1:80'],
    });
  });

  test('of an address means it however it is written', () => {
    const layer = layerOf([put('/pools/web/endpoints/LOCALHOST:80', { weight: 2 })]);
    assert.equal(layer[0]?.path, '/pools/web/endpoints/localhost:80');
    assert.deepEqual(layerOf([remove('/pools/web/endpoints/Localhost:80')], layer), []);
    const socket = layerOf([put('/pools/web/endpoints/unix:~1run~1a.sock', { weight: 2 })]);
    assert.deepEqual((pools(applyLayer(file, socket).data.value)['web'] as Section)['endpoints'], [
      '10.0.0.1:80',
      { address: '10.0.0.2:80', weight: 2 },
      { address: 'unix:/run/a.sock', weight: 2 },
    ]);
  });

  test('leaves the file alone', () => {
    const before = structuredClone(file);
    after(put('/pools/web/endpoints/10.0.0.1:80/weight', 3), remove('/pools/spare'), remove('/listeners/web'));
    assert.deepEqual(file, before);
  });

  test('more of them than anybody writes by hand belong elsewhere', () => {
    const many = Array.from({ length: 2001 }, (_, index) =>
      put(`/pools/web/endpoints/10.1.${index >> 8}.${index & 255}:80`, { weight: 2 }),
    );
    assert.equal(layerOf(many.slice(1)).length, 2000);
    assert.deepEqual(faultsOf(...many), [
      ': more than 2000 places would be changed; write some of it into the file, or have endpoints found by discovery',
    ]);
  });

  test('that cannot be made is told, and nothing is made', () => {
    assert.deepEqual(
      faultsOf(
        put('/pools/wbe/balance', 'random'),
        remove('/pools/none'),
        put('pools', 1),
        put('/pools/web/balance/x', 1),
        put('/pools/web/endpoints/10.0.0.1:80', { address: 'b:1' }),
        put('/pools/web', undefined),
      ),
      [
        'pools: expected a path such as /pools/web, /pools/web/endpoints/10.0.0.1:8080, /listeners/web/routes or /overload; a slash inside of a name is written ~1',
        '/pools/web: a value is missing',
        '/pools/wbe/balance: there is no /pools/wbe',
        '/pools/none: there is nothing to take away',
        '/pools/web/balance/x: /pools/web/balance has no parts that could be named; put the whole of it',
        '/pools/web/endpoints/10.0.0.1:80: the path ends with 10.0.0.1:80, and the value has another address',
      ],
    );
  });

  test('with the name of what every object has changes no object', () => {
    const value = after(put('/pools/__proto__', { endpoints: ['a:1'] }));
    assert.equal(Object.getPrototypeOf(pools(value)), Object.prototype);
    assert.ok(Object.hasOwn(pools(value), '__proto__'));
    assert.deepEqual(faultsOf(put('/pools/constructor/balance', 1)), ['/pools/constructor/balance: there is no /pools/constructor']);
  });
});

describe('the layer', () => {
  test('keeps one entry for a place: the last, for all below it', () => {
    const layer = layerOf([
      put('/pools/web/balance', 'a'),
      put('/pools/web/endpoints/10.0.0.9:80', { weight: 1 }),
      put('/pools/web/balance', 'b'),
      put('/pools/webs', { endpoints: [] }),
      put('/pools/web', { endpoints: ['c:1'] }),
    ]);
    assert.deepEqual(
      layer.map(({ path }) => path),
      ['/pools/webs', '/pools/web'],
    );
  });

  test('forgets what it added itself when that is taken away', () => {
    const layer = layerOf([put('/pools/new', { endpoints: ['a:1'] }), put('/pools/new/balance', 'random')]);
    assert.deepEqual(layerOf([remove('/pools/new')], layer), []);
  });

  test('lies over what the file says later; what has lost its place waits there', () => {
    const layer = layerOf([put('/pools/spare/balance', 'random'), put('/pools/web/balance', 'round-robin')]);
    const next = dataOf('evenkeel.yaml', { ...file.value, pools: { web: { endpoints: ['b:1'] } } }, '/etc/evenkeel');
    const { data, idle } = applyLayer(next, layer);
    assert.deepEqual(data.value['pools'], { web: { endpoints: ['b:1'], balance: 'round-robin' } });
    assert.deepEqual(
      [...idle].map(([{ path }, reason]) => `${path}: ${reason}`),
      ['/pools/spare/balance: there is no /pools/spare'],
    );
    assert.equal(applyLayer(file, layer).idle.size, 0);
  });

  test('has ways to files begin where the document is, for what it puts as a whole', () => {
    const base = { ...file, folders: { '/pools/web': '/etc/evenkeel/pools', '/pools/spare': '/etc/evenkeel/pools' } };
    const layer = layerOf([put('/pools/web', { endpoints: ['a:1'] }), put('/pools/spare/balance', './mine.ts')], [], base);
    assert.deepEqual(applyLayer(base, layer).data.folders, { '/pools/spare': '/etc/evenkeel/pools' });
  });

  test('can be taken away again, in part or as a whole', () => {
    const layer = layerOf([put('/pools/web/balance', 'random'), put('/pools/web/endpoints/b:1', { weight: 1 }), put('/overload', 'none')]);
    assert.deepEqual(
      withoutEntries(layer, '/pools/web').map(({ path }) => path),
      ['/overload'],
    );
    assert.deepEqual(withoutEntries(layer, '/pools/we').length, 3);
    assert.deepEqual(withoutEntries(layer), []);
  });

  test('says the same after each change as the changes one after the other', () => {
    const name = fc.constantFrom('web', 'spare', 'new');
    const address = fc.constantFrom('10.0.0.1:80', '10.0.0.2:80', 'b:1');
    const path = fc.oneof(
      name.map((pool) => `/pools/${pool}`),
      fc.tuple(name, address).map(([pool, endpoint]) => `/pools/${pool}/endpoints/${endpoint}`),
      name.map((pool) => `/pools/${pool}/balance`),
    );
    const value = (at: string, weight: number): unknown =>
      at.endsWith('/balance')
        ? `policy-${weight}`
        : at.includes('/endpoints/')
          ? { weight }
          : { endpoints: [], balance: `policy-${weight}` };
    const change = fc.tuple(path, fc.nat(9), fc.boolean()).map(([at, weight, isPut]) => (isPut ? put(at, value(at, weight)) : remove(at)));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        let layer: readonly LayerEntry[] = [];
        let expected = file;
        for (const each of changes) {
          const next = withChanges(file, layer, [each], stamp);
          const alone = withChanges(expected, [], [each], stamp);
          assert.equal(next.ok, alone.ok, `${each.op} ${each.path}`);
          if (!next.ok || !alone.ok) continue;
          layer = next.value;
          expected = applyLayer(expected, alone.value).data;
          assert.deepEqual(sorted(applyLayer(file, layer).data.value), sorted(expected.value));
        }
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});

/** The order of names says nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted).sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, sorted(item)] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}
