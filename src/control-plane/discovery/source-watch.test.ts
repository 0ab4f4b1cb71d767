// What becomes of what a source says, and of a source that says nothing.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RecordedLog } from '../../../test/support/recorded-log.ts';
import type { WrittenDiscover } from '../../domain/traffic/discover-settings.ts';
import { discoverSettings } from '../../domain/traffic/discover-settings.ts';
import { endpointsIn } from './reconcile.ts';
import type { Answer } from './source.ts';
import { failed } from './source.ts';
import { SourceWatch } from './source-watch.ts';
import { Turns } from './turns.ts';

const usual = { http: 'http://web.internal/list', every: '100ms' } as const;

/** A source that says what a test has it say; asked again 100 ms after each answer, a little more or less after a failure. */
class World implements Disposable {
  readonly log = new RecordedLog();
  readonly turns = new Turns(1);
  readonly watch: SourceWatch;
  changes = 0;
  asked = 0;
  #says: () => Promise<Answer>;
  #heard = Promise.withResolvers<void>();

  constructor(says: () => Promise<Answer> | Answer, given: object = {}, known: readonly string[] = []) {
    this.#says = async () => says();
    // The rest of the settings is as usual, so that they are good.
    const settings = discoverSettings.parse({ ...usual, ...given } as WrittenDiscover);
    this.watch = new SourceWatch({
      pool: 'web',
      settings,
      known: endpointsIn(known, settings, []).endpoints,
      random: () => 0,
      turns: this.turns,
      log: this.log,
      onChange: () => this.changes++,
      source: {
        ask: async () => {
          this.asked++;
          this.#heard.resolve();
          this.#heard = Promise.withResolvers();
          return this.#says();
        },
      },
    });
    this.watch.start();
  }

  says(answer: Answer): void {
    this.#says = async () => answer;
  }

  /** Resolves when it was asked twice more: what it said the first time is heard by then. */
  async round(): Promise<void> {
    await this.#heard.promise;
    await this.#heard.promise;
  }

  get ids(): readonly string[] {
    return this.watch.endpoints.map(({ id }) => id);
  }

  [Symbol.dispose](): void {
    this.watch.stop();
  }
}

const found = (...entries: readonly unknown[]): Answer => ({ kind: 'found', entries });

describe('what a source says', { timeout: 60_000 }, () => {
  test('is there once it has said it, and told when it is another thing', async () => {
    using here = new World(() => found('10.0.0.2:80', '10.0.0.1:80'));
    await here.watch.answered;
    assert.deepEqual(here.ids, ['10.0.0.1:80', '10.0.0.2:80']);
    assert.deepEqual([here.watch.figures.staleSince, here.watch.figures.error, here.watch.figures.endpoints], [undefined, undefined, 2]);
    here.says(found('10.0.0.1:80', '10.0.0.2:80'));
    await here.round();
    assert.equal(here.changes, 1, 'another order is nothing new');
    here.says(found('10.0.0.1:80', { address: '10.0.0.3:80', weight: 2 }));
    await here.round();
    here.says(found('10.0.0.1:80', '10.0.0.3:80'));
    await here.round();
    assert.deepEqual(here.log.lines, [
      'info Pool web: http http://web.internal/list gives 2 endpoints: added 10.0.0.1:80 10.0.0.2:80.',
      'info Pool web: http http://web.internal/list gives 2 endpoints: added 10.0.0.3:80, removed 10.0.0.2:80.',
      'info Pool web: http http://web.internal/list gives 2 endpoints: changed 10.0.0.3:80.',
    ]);
    assert.equal(here.changes, 3);
  });

  test('stays when it fails, is stale from then on, and fresh when it answers', async () => {
    using here = new World(() => found('10.0.0.1:80'));
    await here.watch.answered;
    const { answeredAt } = here.watch.figures;
    here.says(failed('it is on fire'));
    await here.round();
    await here.round();
    assert.deepEqual(here.ids, ['10.0.0.1:80']);
    const stale = here.watch.figures;
    assert.equal(stale.error, 'it is on fire');
    assert.ok(stale.staleSince !== undefined && answeredAt !== undefined && stale.staleSince >= answeredAt);
    assert.ok(stale.failures >= 2);
    here.says({ kind: 'same' });
    await here.round();
    assert.deepEqual([here.watch.figures.staleSince, here.watch.figures.error], [undefined, undefined]);
    assert.deepEqual(here.log.lines.slice(1), [
      'warn Pool web: http http://web.internal/list: it is on fire. The endpoint that it gave stays until it answers again.',
      'info Pool web: http http://web.internal/list answers again.',
    ]);
    assert.equal(here.changes, 1);
  });

  test('is not believed when it is empty, unless that is allowed', async () => {
    using here = new World(() => found('10.0.0.1:80'));
    await here.watch.answered;
    here.says(found());
    await here.round();
    here.says({ kind: 'same' });
    await here.round();
    assert.deepEqual(here.ids, ['10.0.0.1:80']);
    assert.match(here.watch.figures.error ?? '', /no endpoints, which is believed only with "allowEmpty: true"/);

    using allowing = new World(() => found('10.0.0.1:80'), { allowEmpty: true });
    await allowing.watch.answered;
    allowing.says(found());
    await allowing.round();
    assert.deepEqual([allowing.ids, allowing.watch.figures.error], [[], undefined]);
  });

  test('that is nothing but nonsense is a failure, and some nonsense is left out', async () => {
    using here = new World(() => found('10.0.0.1:80', 'x'));
    await here.watch.answered;
    assert.deepEqual([here.ids, here.watch.figures.leftOut], [['10.0.0.1:80'], 1]);
    assert.equal(here.log.matching(/1 of 2 entries is left out: entry 2: expected an address .* got "x"/).length, 1);
    await here.round();
    assert.equal(here.log.matching(/left out/).length, 1, 'told once');
    here.says(found('x', 'y'));
    await here.round();
    assert.deepEqual(here.ids, ['10.0.0.1:80']);
    assert.match(here.watch.figures.error ?? '', /^none of its entries is an endpoint: entry 1: expected an address/);
  });

  test('that is too much is cut, and told', async () => {
    using here = new World(() => found('10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80'), { maxEndpoints: 2 });
    await here.watch.answered;
    assert.deepEqual([here.ids, here.watch.figures.leftOut], [['10.0.0.1:80', '10.0.0.2:80'], 1]);
    assert.equal(here.log.matching(/1 endpoint beyond maxEndpoints \(2\) left out; raise it to have them/).length, 1);
  });

  test('is waited for while somebody writes it, which is no failure', async () => {
    let looks = 0;
    using here = new World(() => (++looks < 3 ? { kind: 'unfinished' } : found('10.0.0.1:80')));
    await here.watch.answered;
    assert.deepEqual([here.watch.figures.failures, looks], [0, 3]);
  });
});

describe('a source that says nothing', { timeout: 60_000 }, () => {
  test('fails in time, and is not asked a second time while the first question is open', async () => {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    using here = new World(() => promise, { timeout: '20ms' }, ['10.0.0.9:80']);
    await here.log.next(/it does not answer in time\. The endpoint that it gave stays/);
    assert.deepEqual(here.ids, ['10.0.0.9:80'], 'what is known from before is there');
    while (here.watch.figures.failures < 3) await new Promise((next) => setTimeout(next, 10));
    assert.equal(here.asked, 1);
    resolve(found('10.0.0.1:80'));
    await here.watch.answered;
    assert.deepEqual(here.ids, ['10.0.0.1:80']);
  });

  test('that throws fails', async () => {
    using here = new World(() => Promise.reject(new TypeError('no such thing')));
    await here.log.next(/TypeError: no such thing\. The pool has no endpoint from there until it answers\./);
    assert.equal(here.watch.figures.answeredAt, undefined);
  });

  test('is not asked any more once nobody wants to know', async () => {
    const here = new World(() => found('10.0.0.1:80'));
    await here.watch.answered;
    here.watch.stop();
    const { asked } = here;
    await new Promise((next) => setTimeout(next, 300));
    assert.ok(here.asked <= asked + 1);
  });
});
