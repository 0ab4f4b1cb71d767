import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { obeySignals } from './process-signals.ts';

interface World {
  readonly source: EventEmitter;
  readonly exits: number[];
  readonly lines: string[];
  readonly drains: PromiseWithResolvers<'drained' | 'deadline'>[];
  readonly release: () => void;
}

function world(): World {
  const source = new EventEmitter();
  const exits: number[] = [];
  const lines: string[] = [];
  const drains: PromiseWithResolvers<'drained' | 'deadline'>[] = [];
  const say = (line: string): void => void lines.push(line);
  const release = obeySignals({
    supervisor: {
      drain: () => {
        const drain = Promise.withResolvers<'drained' | 'deadline'>();
        drains.push(drain);
        return drain.promise;
      },
    },
    log: { info: say, warn: say, error: say },
    exit: (code) => exits.push(code),
    source,
  });
  return { source, exits, lines, drains, release };
}

/** A signal arrives as Node.js gives it: with its name as the argument. */
const send = ({ source }: World, signal: NodeJS.Signals): boolean => source.emit(signal, signal);
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  for (const outcome of ['drained', 'deadline'] as const) {
    test(`${signal} drains, and the program ends with 0 once that is over (${outcome})`, async () => {
      const here = world();
      send(here, signal);
      await settled();
      assert.equal(here.drains.length, 1);
      assert.deepEqual(here.exits, [], 'not before the drain is over');

      here.drains[0]?.resolve(outcome);
      await settled();
      assert.deepEqual(here.exits, [0]);
    });
  }
}

test('a second signal ends at once, with the exit code that shells give to that signal', () => {
  for (const [first, second, code] of [
    ['SIGTERM', 'SIGTERM', 143],
    ['SIGINT', 'SIGINT', 130],
    ['SIGTERM', 'SIGINT', 130],
  ] as const) {
    const here = world();
    send(here, first);
    send(here, second);
    assert.deepEqual(here.exits, [code]);
    assert.equal(here.drains.length, 1);
  }
});

test('a drain that fails ends the program with 1 and says why', async () => {
  const here = world();
  send(here, 'SIGTERM');
  here.drains[0]?.reject(new Error('no way out'));
  await settled();
  assert.deepEqual(here.exits, [1]);
  assert.match(here.lines.at(-1) ?? '', /no way out/);
});

test('SIGHUP without a file says so, and does nothing else', async () => {
  const here = world();
  send(here, 'SIGHUP');
  await settled();
  assert.deepEqual([here.exits, here.drains], [[], []]);
  assert.match(here.lines.join('\n'), /^SIGHUP: there is no file to read anew/);
});

test('nothing is listened to any more once it is released', () => {
  const here = world();
  here.release();
  assert.deepEqual(here.source.eventNames(), []);
});
