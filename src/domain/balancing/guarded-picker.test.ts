// A policy of a user's own may do whatever it likes: there is always a pick, always a candidate, and every fault is told.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { endpointsOf, policyTools, times } from '../../../test/support/endpoints.ts';
import { itemAt } from '../../foundation/basics/item-at.ts';
import type { AnyPolicy } from './build-picker.ts';
import { buildPicker } from './build-picker.ts';
import { buildOwnPicker, guardPicker, guardPolicies } from './guarded-picker.ts';
import type { Learner, Trial } from './learner.ts';
import type { Candidates, Picker } from './policy.ts';
import { definePolicy } from './policy.ts';

const pool = endpointsOf([1, 2, 3]);
const request = { key: undefined, attempt: 0 };

/** A guard around something that is a picker for the compiler only. */
function guarded(picker: unknown, candidates: Candidates = pool): { readonly picker: Picker; readonly reasons: string[] } {
  const reasons: string[] = [];
  const fallback = { pick: () => candidates[0] };
  const report = (reason: string): void => void reasons.push(reason);
  return { picker: guardPicker({ picker: picker as Picker, fallback, candidates, report }), reasons };
}

function built(build: unknown): { readonly picker: Picker; readonly reasons: string[] } {
  const reasons: string[] = [];
  const policy = { build: build as () => Picker };
  const picker = buildOwnPicker({ policy, settings: {}, tools: policyTools(), report: (reason) => void reasons.push(reason) }, pool);
  return { picker, reasons };
}

const trial: Trial = { endpoint: pool[0], now: 2, begunAt: 1, answeredAt: 2, status: 200, fields: '', tag: 7 };

describe('a guarded picker', () => {
  test('picks what the policy picks, and says nothing', () => {
    const { picker, reasons } = guarded({ pick: ({ attempt }: { attempt: number }) => pool[attempt] });
    for (const attempt of [0, 1, 2]) assert.equal(picker.pick({ key: undefined, attempt }), pool[attempt]);
    assert.deepEqual(reasons, []);
  });

  test('asks the policy as the object that it is', () => {
    class Second {
      readonly #endpoint = pool[1];
      pick() {
        return this.#endpoint;
      }
    }
    assert.equal(guarded(new Second()).picker.pick(request), pool[1]);
  });

  test('picks otherwise when the policy throws, and tells what and where', () => {
    const { picker, reasons } = guarded({
      pick: () => {
        throw new RangeError('boom');
      },
    });
    assert.equal(picker.pick(request), pool[0]);
    assert.match(reasons.join(), /^pick threw RangeError: boom at \/.*\/guarded-picker\.test\.ts:\d+:\d+$/);
  });

  const stale = endpointsOf([1, 2, 3]);
  const nonsense: readonly (readonly [string, unknown])[] = [
    ['undefined', undefined],
    ['null', null],
    ['7', 7],
    ['"e1:80"', 'e1:80'],
    ['an object', {}],
    ['a list', [pool[1]]],
    ['a function', () => pool[1]],
    ['the endpoint e1:80', stale[1]],
    ['the endpoint e1:80', { ...pool[1] }],
    ['an object', { load: { slot: 1 } }],
    ['an object', { load: { slot: -1 } }],
    ['an object', { load: { slot: 99 } }],
  ];
  for (const [name, value] of nonsense) {
    test(`takes no ${name} for an endpoint (${typeof value})`, () => {
      const { picker, reasons } = guarded({ pick: () => value });
      assert.equal(picker.pick(request), pool[0]);
      assert.deepEqual(reasons, [`pick gave ${name}, which is none of its candidates`]);
    });
  }

  test('takes no promise, and one that is rejected harms nobody', async () => {
    const { picker, reasons } = guarded({
      pick: async () => {
        throw new Error('later');
      },
    });
    assert.equal(picker.pick(request), pool[0]);
    assert.deepEqual(reasons, ['pick gave a promise, which is none of its candidates']);
    // An unhandled rejection would fail this test.
    await Promise.resolve();
  });

  test('outlives an answer that cannot be read', () => {
    const { picker, reasons } = guarded({
      pick: () => ({
        get load() {
          throw new Error('private');
        },
      }),
    });
    assert.equal(picker.pick(request), pool[0]);
    assert.match(reasons.join(), /^pick threw Error: private/);
  });

  test('knows candidates whose rows begin anywhere', () => {
    const [, ...later] = endpointsOf(times(20, () => 1)).slice(9);
    const candidates = later as unknown as Candidates;
    const { picker, reasons } = guarded({ pick: ({ attempt }: { attempt: number }) => candidates[attempt] }, candidates);
    for (const [attempt, endpoint] of candidates.entries()) assert.equal(picker.pick({ key: undefined, attempt }), endpoint);
    assert.deepEqual(reasons, []);
  });

  test('gives a candidate whatever the policy does', () => {
    const answers = fc.oneof(
      fc.anything({ withNullPrototype: true, withBigInt: true }).map((value) => () => value),
      fc.nat(2).map((index) => () => pool[index]),
      fc.anything().map((value) => () => {
        throw value;
      }),
    );
    fc.assert(
      fc.property(answers, (pick) => {
        const { picker, reasons } = guarded({ pick });
        const picked = picker.pick(request);
        assert.ok(pool.includes(picked));
        for (const reason of reasons) assert.match(reason, /^pick (threw|gave) .+$/);
      }),
      { seed: 7, numRuns: 2000 },
    );
  });
});

describe('what a policy remembers of an endpoint', () => {
  test('is its own, beside the policies that stand in for it', () => {
    const reasons: string[] = [];
    const found: unknown[] = [];
    const counting = definePolicy({
      name: 'counting',
      summary: 'Remembers something of each endpoint.',
      keyedOn: () => ['client'],
      options: {},
      build: (candidates, _settings, { remember }) => {
        for (const endpoint of candidates) found.push(remember(endpoint, () => 'mine'));
        return { pick: ({ attempt }) => itemAt(candidates, attempt) };
      },
    });
    const own = guardPolicies(new Map([['./counting.ts', counting as unknown as AnyPolicy]]), (reason) => void reasons.push(reason));
    const tools = policyTools();
    const build = (): Picker => buildPicker({ policy: './counting.ts' }, pool, tools, own);
    // The fallback for requests without a key remembers turns as well.
    build().pick({ key: undefined, attempt: 0 });
    build().pick({ key: undefined, attempt: 0 });
    assert.deepEqual(found, ['mine', 'mine', 'mine', 'mine', 'mine', 'mine']);
    assert.deepEqual(reasons, []);
  });
});

describe('a guarded learner', () => {
  const parts = (learner: unknown): { readonly learner: Learner; readonly reasons: string[] } => {
    const { picker, reasons } = guarded({ pick: () => pool[0], learner });
    assert.ok(picker.learner !== undefined);
    return { learner: picker.learner, reasons };
  };

  test('is there only where the policy learns, and so is refresh', () => {
    assert.deepEqual(Object.keys(guarded({ pick: () => pool[0] }).picker), ['pick']);
    assert.deepEqual(Object.keys(guarded({ pick: () => pool[0], learner: {}, refresh: () => undefined }).picker), [
      'pick',
      'learner',
      'refresh',
    ]);
  });

  test('hands everything on', () => {
    const heard: unknown[] = [];
    const { learner, reasons } = parts({
      begun: (told: Trial) => heard.push('begun', told),
      answered: (told: Trial) => heard.push('answered', told),
      ended: (told: Trial, outcome: string) => heard.push('ended', told, outcome),
    });
    assert.equal(learner.begun(trial), 2);
    learner.answered(trial);
    learner.ended(trial, 'failed');
    assert.deepEqual(heard, ['begun', trial, 'answered', trial, 'ended', trial, 'failed']);
    assert.deepEqual(reasons, []);
  });

  test('that throws is told of, and nothing else happens', () => {
    const fail = (): never => {
      throw 'tired';
    };
    const { learner, reasons } = parts({ begun: fail, answered: fail, ended: fail });
    assert.equal(learner.begun(trial), 0);
    learner.answered(trial);
    learner.ended(trial, 'succeeded');
    assert.deepEqual(reasons, ['learner.begun threw tired', 'learner.answered threw tired', 'learner.ended threw tired']);
  });

  test('that lacks a part or gives nonsense is told of', async () => {
    const { learner, reasons } = parts({ begun: () => 'seven', answered: () => Promise.reject(new Error('later')) });
    assert.equal(learner.begun(trial), 0);
    learner.answered(trial);
    learner.ended(trial, 'ignored');
    assert.equal(reasons.length, 3);
    assert.equal(reasons[0], 'learner.begun gave "seven", not a number');
    assert.equal(reasons[1], 'learner.answered gave a promise: nothing waits for it');
    assert.match(reasons[2] ?? '', /^learner\.ended threw TypeError: /);
    await Promise.resolve();
  });

  test('refresh is guarded like it', () => {
    const times: number[] = [];
    const good = guarded({ pick: () => pool[0], refresh: (now: number) => void times.push(now) });
    good.picker.refresh?.(5);
    assert.deepEqual([times, good.reasons], [[5], []]);

    const bad = guarded({
      pick: () => pool[0],
      refresh: () => {
        throw 'tired';
      },
    });
    bad.picker.refresh?.(5);
    assert.deepEqual(bad.reasons, ['refresh threw tired']);
  });
});

describe('guarded policies', () => {
  const settings = { policy: '/mine.ts' };

  function guardedPolicy(changes: object): { readonly policy: AnyPolicy; readonly reasons: string[] } {
    const reasons: string[] = [];
    const plain = definePolicy({ name: 'mine', summary: 'The last.', options: {}, build: (all) => ({ pick: () => all.at(-1) ?? all[0] }) });
    const own = new Map<string, AnyPolicy>([['/mine.ts', { ...plain, ...changes }]]);
    const policy = guardPolicies(own, (reason) => void reasons.push(reason)).get('/mine.ts');
    assert.ok(policy !== undefined);
    return { policy, reasons };
  }

  test('are the same policies', () => {
    const { policy, reasons } = guardedPolicy({});
    assert.deepEqual([policy.name, policy.summary, policy.keyedOn], ['mine', 'The last.', undefined]);
    assert.equal(policy.build(pool, settings, policyTools()).pick(request), pool[2]);
    assert.deepEqual(reasons, []);
  });

  test('are guarded when they are built', () => {
    const { policy, reasons } = guardedPolicy({ build: () => null });
    assert.ok(pool.includes(policy.build(pool, settings, policyTools()).pick(request)));
    assert.deepEqual(reasons, ['build gave null, not something with a pick']);
  });

  test('are keyed on what they say, and on nothing where that is nonsense', () => {
    assert.deepEqual(guardedPolicy({ keyedOn: () => ['client', 'header:x-user'] }).policy.keyedOn?.(settings), ['client', 'header:x-user']);
    const fail = (): never => {
      throw 'tired';
    };
    for (const [keyedOn, reason] of [
      [() => 'client', 'keyedOn gave "client", which is no list of keys'],
      [() => ['colour'], 'keyedOn gave a list, which is no list of keys'],
      [() => [7], 'keyedOn threw TypeError'],
      [fail, 'keyedOn threw tired'],
    ] as const) {
      const { policy, reasons } = guardedPolicy({ keyedOn });
      assert.deepEqual(policy.keyedOn?.(settings), []);
      assert.ok(reasons.length === 1 && reasons[0]?.startsWith(reason), reasons.join());
    }
  });
});

describe('building a policy of the user', () => {
  test('gives it the candidates, its settings and the tools', () => {
    const tools = policyTools();
    const settings = { room: 3 };
    const build = (...given: readonly unknown[]): Picker => {
      assert.deepEqual(given, [pool, settings, tools]);
      return { pick: () => itemAt(pool, 2) };
    };
    const picker = buildOwnPicker({ policy: { build }, settings, tools, report: assert.fail }, pool);
    assert.equal(picker.pick(request), pool[2]);
  });

  test('takes turns instead where it throws', () => {
    const { picker, reasons } = built(() => {
      throw new Error('no table');
    });
    assert.equal(reasons.length, 1);
    assert.match(reasons[0] ?? '', /^build threw Error: no table at /);
    const picked = times(60, () => picker.pick(request));
    // Round-robin by weight: 1, 2 and 3 of 6.
    assert.deepEqual(
      pool.map((endpoint) => picked.filter((one) => one === endpoint).length),
      [10, 20, 30],
    );
  });

  test('takes turns instead where it gives no picker', () => {
    for (const [given, name] of [
      [undefined, 'undefined'],
      [() => pool[0], 'a function'],
      [{ pick: pool[0] }, 'an object'],
      [Promise.reject(new Error('later')), 'a promise'],
    ]) {
      const { picker, reasons } = built(() => given);
      assert.deepEqual(reasons, [`build gave ${name}, not something with a pick`]);
      assert.ok(pool.includes(picker.pick(request)));
    }
  });

  test('keeps its hands off the list of candidates', () => {
    const before = [...pool];
    const sorted = built((candidates: unknown[]) => candidates.sort());
    assert.match(sorted.reasons[0] ?? '', /^build threw TypeError: Cannot assign to read only property/);
    assert.deepEqual([...pool], before);
  });
});
