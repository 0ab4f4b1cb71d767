// What the compiler must accept and refuse in policies of the user's own. Checked by `npm run types`; nothing runs this.
import type { Candidates, Learner, Picker, PolicyTools } from 'evenkeel';
import { affinityKey, count, defineConfig, definePolicy, duration, flag, names, number, word } from 'evenkeel';

/** Fails to compile unless both are the same type. */
type Same<One, Other> = [One, Other] extends [Other, One] ? true : never;
const same = <One, Other>(_is: Same<One, Other>): void => undefined;

export const first = definePolicy({
  name: 'first',
  summary: 'The first.',
  options: {},
  build: (candidates) => ({ pick: () => candidates[0] }),
});

export const everyOption = definePolicy({
  name: 'every-option',
  summary: 'Has an option of each kind.',
  options: {
    room: count({ least: 1, most: 9, default: 3, about: 'A whole number.' }),
    share: number({ least: 0, most: 1, default: 0.5, about: 'Any number.' }),
    pause: duration({ default: '250ms', about: 'A length of time.' }),
    order: word({ words: ['forward', 'backward'], default: 'forward', about: 'One of two.' }),
    strict: flag({ default: false, about: 'Yes or no.' }),
    metrics: names({ default: ['cpu'], about: 'Some names.' }),
    key: affinityKey({ default: ['client'], about: 'What it is keyed on.' }),
  },
  keyedOn: ({ key }) => key,
  build: (candidates, settings, tools) => {
    same<typeof candidates, Candidates>(true);
    same<typeof tools, PolicyTools>(true);
    same<typeof settings.room, number>(true);
    same<typeof settings.share, number>(true);
    same<typeof settings.pause, number>(true);
    same<typeof settings.order, 'forward' | 'backward'>(true);
    same<typeof settings.strict, boolean>(true);
    same<typeof settings.metrics, readonly string[]>(true);
    same<typeof settings.key, readonly string[]>(true);
    // @ts-expect-error: there is no option "rooms".
    settings.rooms;
    // @ts-expect-error: settings are the document's.
    settings.room = 4;
    return { pick: () => candidates[0] };
  },
});

export const learning = definePolicy({
  name: 'learning',
  summary: 'Learns.',
  options: {},
  build: (candidates, _settings, { now }): Picker => {
    let slowest = 0;
    const learner: Learner = {
      begun: () => 0,
      answered: (trial) => {
        slowest = Math.max(slowest, trial.answeredAt - trial.begunAt);
      },
      ended: () => undefined,
    };
    return { pick: () => candidates[slowest > now() ? 0 : candidates.length - 1] ?? candidates[0], learner };
  },
});

definePolicy({
  name: 'wrong-default',
  summary: 'S.',
  // @ts-expect-error: the default is none of the words.
  options: { order: word({ words: ['forward', 'backward'], default: 'sideways', about: 'One of two.' }) },
  build: (candidates) => ({ pick: () => candidates[0] }),
});

definePolicy({
  name: 'wrong-kind-of-default',
  summary: 'S.',
  // @ts-expect-error: the default of a count is a number.
  options: { room: count({ least: 1, most: 9, default: '3', about: 'A whole number.' }) },
  build: (candidates) => ({ pick: () => candidates[0] }),
});

definePolicy({
  name: 'plain-option',
  summary: 'S.',
  // @ts-expect-error: an option is described.
  options: { room: 3 },
  build: (candidates) => ({ pick: () => candidates[0] }),
});

// @ts-expect-error: nothing builds it.
definePolicy({ name: 'unfinished', summary: 'S.', options: {} });

definePolicy({
  name: 'later',
  summary: 'S.',
  options: {},
  // @ts-expect-error: a pick answers at once, not with a promise.
  build: (candidates) => ({ pick: async () => candidates[0] }),
});

definePolicy({
  name: 'sometimes',
  summary: 'S.',
  options: {},
  // @ts-expect-error: find may find nothing.
  build: (candidates) => ({ pick: () => candidates.find(({ weight }) => weight > 1) }),
});

definePolicy({
  name: 'sorting',
  summary: 'S.',
  options: {},
  build: (candidates) => {
    // @ts-expect-error: the list is everybody's.
    candidates.sort();
    return { pick: () => candidates[0] };
  },
});

definePolicy({
  name: 'misspelt',
  summary: 'S.',
  options: {},
  // @ts-expect-error: there is no "keydOn".
  keydOn: () => ['client'],
  build: (candidates) => ({ pick: () => candidates[0] }),
});

export const documents = [
  './policies/mine.ts',
  '../mine.mjs',
  '/etc/evenkeel/mine.ts',
  'mine.ts',
  { policy: './mine.ts', room: 3, order: 'forward' },
] as const satisfies readonly Parameters<typeof defineConfig>[0]['pools'][string]['balance'][];

export const withPath = defineConfig({
  listeners: [{ bind: ':8080', pool: 'web' }],
  pools: { web: { endpoints: ['10.0.0.1:8080'], balance: { policy: './mine.ts', room: 3 } } },
});

export const neitherNameNorPath = defineConfig({
  listeners: [{ bind: ':8080', pool: 'web' }],
  // @ts-expect-error: "mine" is no policy, and no file.
  pools: { web: { endpoints: ['10.0.0.1:8080'], balance: { policy: 'mine', room: 3 } } },
});
