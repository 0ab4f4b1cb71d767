// nginx's rules at known times, beside a plain model of them, and with two workers at once.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ConsecutiveFailures, failureWords } from './consecutive-failures.ts';

const usual = { maxFails: 1, failTimeout: 10, isOnly: false };
const over = (words: Int32Array, rules: Partial<typeof usual> = {}): ConsecutiveFailures =>
  new ConsecutiveFailures(words, 1, { ...usual, ...rules });
const fresh = (rules: Partial<typeof usual> = {}): ConsecutiveFailures => over(new Int32Array(1 + failureWords), rules);

describe('with one failure allowed in ten seconds', () => {
  test('the first failure makes an endpoint unavailable until more than ten seconds have passed', () => {
    const endpoint = fresh();
    assert.ok(endpoint.take(100));
    assert.ok(endpoint.failed(100));
    assert.deepEqual(
      [100, 109, 110, 111].map((now) => endpoint.isAvailable(now)),
      [false, false, false, true],
    );
  });

  test('one try is made in each ten seconds, and no other until it ends', () => {
    const endpoint = fresh();
    endpoint.failed(100);
    assert.ok(endpoint.take(111));
    assert.deepEqual(
      [111, 115, 121, 122].map((now) => endpoint.isAvailable(now)),
      [false, false, false, true],
    );
  });

  test('a try that goes well makes it available at once', () => {
    const endpoint = fresh();
    endpoint.failed(100);
    endpoint.take(111);
    endpoint.succeeded();
    assert.equal(endpoint.fails, 0);
    assert.ok(endpoint.isAvailable(111));
  });

  test('a try that fails starts the ten seconds anew', () => {
    const endpoint = fresh();
    endpoint.failed(100);
    endpoint.take(111);
    assert.ok(endpoint.failed(113));
    assert.deepEqual(
      [122, 123, 124].map((now) => endpoint.isAvailable(now)),
      [false, false, true],
    );
  });

  test('a request that was under way before the failure brings nothing back', () => {
    const endpoint = fresh();
    endpoint.take(100);
    endpoint.failed(101);
    endpoint.succeeded();
    assert.equal(endpoint.fails, 1);
    assert.ok(!endpoint.isAvailable(101));
  });
});

describe('with three failures allowed in ten seconds', () => {
  const rules = { maxFails: 3 };

  test('failures add up although others go well in between', () => {
    const endpoint = fresh(rules);
    for (const now of [100, 104, 108]) {
      assert.ok(endpoint.isAvailable(now));
      endpoint.take(now);
      assert.equal(endpoint.failed(now), now === 108);
      endpoint.succeeded();
    }
    assert.equal(endpoint.fails, 3);
    assert.ok(!endpoint.isAvailable(109));
  });

  test('after ten quiet seconds the next that goes well forgets them', () => {
    const endpoint = fresh(rules);
    endpoint.failed(100);
    endpoint.failed(101);
    endpoint.take(105);
    endpoint.succeeded();
    assert.equal(endpoint.fails, 2);
    endpoint.take(112);
    endpoint.succeeded();
    assert.equal(endpoint.fails, 0);
  });

  test('failures that are spread wider than that add up all the same when nothing goes well', () => {
    const endpoint = fresh(rules);
    for (const now of [100, 120, 140]) endpoint.failed(now);
    assert.ok(!endpoint.isAvailable(141));
  });
});

test('the only endpoint of a pool is always available', () => {
  const endpoint = fresh({ isOnly: true });
  for (let now = 100; now < 120; now++) {
    assert.equal(endpoint.failed(now), false);
    assert.ok(endpoint.isAvailable(now) && endpoint.take(now));
  }
  assert.equal(endpoint.fails, 0);
});

test('with no failures counted an endpoint is always available', () => {
  const endpoint = fresh({ maxFails: 0 });
  assert.equal(endpoint.failed(100), false);
  assert.ok(endpoint.isAvailable(100) && endpoint.take(100));
});

test('of workers that see the end of a timeout together, one makes the try', () => {
  const words = new Int32Array(new SharedArrayBuffer(4 * (1 + failureWords)));
  const workers = [over(words), over(words), over(words)];
  workers[0]?.failed(100);
  assert.deepEqual(
    workers.map((worker) => worker.isAvailable(111)),
    [true, true, true],
  );
  assert.deepEqual(
    workers.map((worker) => worker.take(111)),
    [true, false, false],
  );
});

/** The rules of nginx as they stand there, one after the other. */
class AsNginx {
  fails = 0;
  accessed = 0;
  checked = 0;
  readonly maxFails: number;
  readonly failTimeout: number;

  constructor(maxFails: number, failTimeout: number) {
    this.maxFails = maxFails;
    this.failTimeout = failTimeout;
  }

  isSkipped = (now: number): boolean => this.maxFails > 0 && this.fails >= this.maxFails && now - this.checked <= this.failTimeout;

  picked(now: number): void {
    if (now - this.checked > this.failTimeout) this.checked = now;
  }

  failed(now: number): void {
    this.fails++;
    this.accessed = now;
    this.checked = now;
  }

  succeeded(): void {
    if (this.accessed < this.checked) this.fails = 0;
  }
}

test('any run of picks, failures and successes follows the rules of nginx', () => {
  const step = fc.record({ passes: fc.nat(4), what: fc.constantFrom('pick', 'fail', 'succeed') });
  const rules = fc.record({ maxFails: fc.integer({ min: 1, max: 4 }), failTimeout: fc.integer({ min: 1, max: 8 }) });
  fc.assert(
    fc.property(rules, fc.array(step, { maxLength: 100 }), (given, steps) => {
      const endpoint = fresh(given);
      const plain = new AsNginx(given.maxFails, given.failTimeout);
      let now = 1000;
      for (const { passes, what } of steps) {
        now += passes;
        assert.equal(endpoint.isAvailable(now), !plain.isSkipped(now));
        if (what === 'fail') {
          assert.equal(endpoint.failed(now), plain.fails + 1 >= given.maxFails);
          plain.failed(now);
        } else if (what === 'succeed') {
          endpoint.succeeded();
          plain.succeeded();
        } else if (!plain.isSkipped(now)) {
          assert.ok(endpoint.take(now));
          plain.picked(now);
        }
        assert.equal(endpoint.fails, plain.fails);
      }
    }),
    { seed: 0x5eed, numRuns: 500 },
  );
});

test('while it fails, at most one try is made in any fail_timeout', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3), { minLength: 20, maxLength: 200 }), fc.integer({ min: 1, max: 10 }), (passes, failTimeout) => {
      const endpoint = fresh({ failTimeout });
      let now = 1000;
      let last = now;
      endpoint.failed(now);
      for (const pass of passes) {
        now += pass;
        if (!endpoint.isAvailable(now) || !endpoint.take(now)) continue;
        assert.ok(now - last > failTimeout);
        last = now;
        endpoint.failed(now);
      }
    }),
    { seed: 0x5eed, numRuns: 300 },
  );
});
