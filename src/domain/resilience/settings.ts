// What may be set for a pool against overload: retries, hedging, breakers, limits, waiting and deadlines; and for a worker that has too much to do
// itself. Only the budget of retries and the last are on by themselves. Percentages are numbers up to 100 in the document, and shares up to 1 in
// what comes out.
import * as z from 'zod';
import { milliseconds } from '../../foundation/basics/units.ts';
import { isToken, isUnknown, staysInRequests } from '../sessions/field-names.ts';
import { count, decimal, duration, size } from '../settings/measures.ts';
import { flag, oneOf, section, written } from '../settings/written.ts';
import { jitters, mostByBase } from './backoff.ts';
import type { BreakerRules } from './breaker-rules.ts';
import type { HedgeRules } from './hedge-delay.ts';
import type { OverloadRules } from './lateness.ts';
import { grpcTimeout } from './request-deadline.ts';
import type { ConcurrencyRules, DeadlineRules, QueueRules, RetryRules } from './rules.ts';
import { orders } from './waiting/lane.ts';

const percent = (least: number): z.ZodType<number, number> => decimal({ least, most: 100 });
const shareOf = (value: number): number => value / 100;

/** A header that a request brings through every hop, in small letters. */
const header = written<string, string>({ kind: 'header', type: 'string', examples: ['x-priority'] }, (input) => {
  const name = isToken(input) ? input.toLowerCase() : '';
  return name !== '' && staysInRequests(name)
    ? { value: name }
    : { message: 'expected the name of a header that does not end at this hop, such as x-priority' };
});

const budgetShare = written<number, number | 'none'>(
  { kind: 'number', type: ['string', 'number'], examples: [20], range: '0 to 1000, or "none"' },
  (input) => {
    if (input === 'none') return { value: Number.POSITIVE_INFINITY };
    if (typeof input === 'number' && input >= 0 && input <= 1000) return { value: input };
    return { message: 'expected a percentage from 0 to 1000, or "none"' };
  },
);

const budgetSection = section(
  {
    share: budgetShare.prefault(20).describe('Percent of the requests of the last ten seconds that may be retries. `none` has no budget.'),
    perSecond: count({ least: 0, most: 1000 })
      .prefault(10)
      .describe('Retries a second besides, for pools with few requests. With a share of 0 as well, nothing is tried again.'),
  },
  { expected: 'a percentage such as 20, "none", or a section such as { share: 20, perSecond: 10 }' },
);

const budget = z
  .preprocess(
    (input: number | 'none' | z.input<typeof budgetSection>) => (typeof input === 'number' || input === 'none' ? { share: input } : input),
    budgetSection,
  )
  .meta({ short: 'share' });

const backoff = section(
  {
    base: duration({ least: '0s' }).prefault('25ms').describe('The longest wait before the first retry. It doubles with each further one.'),
    most: duration().exactOptional().describe('The longest wait of all. Ten times `base` when absent.'),
    jitter: oneOf(jitters)
      .prefault('full')
      .describe('Chance in the wait: `full` is anything up to it, `equal` its upper half, `decorrelated` goes by the wait before.'),
  },
  { expected: 'a section such as { base: 25ms, most: 250ms }' },
);

const retrySection = section(
  {
    attempts: count({ most: 10 })
      .prefault(3)
      .describe('Tries for an exchange in all, the first included; 1 means never again. Only what is safe to repeat is tried again.'),
    on: z
      .array(count({ least: 400, most: 599 }), { error: 'expected a list of statuses such as [502, 503, 504]' })
      .prefault([])
      .describe('Statuses that are tried again as well, where the exchange is safe to repeat.'),
    budget: budget.prefault({}).describe('How many retries there may be beside the requests. A percentage alone is its `share`.'),
    backoff: backoff.prefault({}).describe('How long to wait before a retry.'),
    perTry: duration({ none: true })
      .prefault('none')
      .describe(
        'From the beginning of a try to the head of its answer; what takes longer is tried elsewhere. Begins anew with the end of the request.',
      ),
    within: duration({ none: true })
      .prefault('none')
      .describe(
        'How long all tries may take together, to the head of an answer; then the client is told 504. Begins anew with the end of the request.',
      ),
    body: size({ least: '0B', most: '16MiB' })
      .prefault('64KiB')
      .describe('The largest body of a request that is kept to be sent again. Exchanges with larger ones are tried once.'),
  },
  { expected: 'a section such as { attempts: 2, on: [503] }' },
);

export const retrySettings = retrySection.transform((value): RetryRules => {
  const { base, jitter, most = milliseconds(Math.max(1, mostByBase * base)) } = value.backoff;
  const { share, perSecond } = value.budget;
  const { budget: _, ...others } = value;
  const limited = Number.isFinite(share) ? { budget: { share: shareOf(share), perSecond } } : {};
  return { ...others, backoff: { jitter, base, most }, ...limited };
});

/** For a route: its requests may be sent twice whatever their method. */
export const idempotentSetting = flag()
  .exactOptional()
  .describe('Whether requests may be sent twice whatever their method. By method and `Idempotency-Key` when absent.');

export const hedgeSettings = section(
  {
    quantile: decimal({ least: 0.5, most: 0.999 })
      .prefault(0.95)
      .describe('Of the latencies of the last half minute: who waits longer is asked for at a second endpoint as well.'),
    least: duration().prefault('1ms').describe('A second endpoint is never asked sooner.'),
    share: percent(0.1).prefault(5).describe('Percent of the requests of the last ten seconds that may be asked for twice.'),
  },
  { expected: 'a section such as { quantile: 0.95, share: 5 }' },
).transform((value): HedgeRules => ({ ...value, share: shareOf(value.share) }));

export const breakerSettings = section(
  {
    window: duration({ least: '100ms', most: '1h' }).prefault('10s').describe('The calls of this time are judged.'),
    leastCalls: count({ most: 1_000_000 }).prefault(20).describe('With fewer calls nothing is judged.'),
    failures: percent(1).prefault(50).describe('Percent of the calls that fail, from which on it opens.'),
    slow: percent(1).prefault(80).describe('Percent of the calls that are slow, from which on it opens.'),
    slowAfter: duration({ none: true }).prefault('none').describe('Calls that take as long are slow.'),
    open: duration({ most: '1h' })
      .prefault('1s')
      .describe('How long it stays open the first time, give or take up to a half by chance. Doubles with each trial that fails.'),
    mostOpen: duration({ most: '1h' }).prefault('60s').describe('How long at most, before chance.'),
    trials: count({ most: 31 }).prefault(3).describe('Calls that are let through first when it has been open. All have to succeed.'),
    rounds: count({ most: 4 }).prefault(3).describe('Rounds of trials until it closes, each with twice the trials of the one before.'),
  },
  { expected: 'a section such as { failures: 50, open: 1s }' },
).transform((value): BreakerRules => ({ ...value, failures: shareOf(value.failures), slow: shareOf(value.slow) }));

export const maxRequestsSetting = count({ none: true }).describe('Requests in flight at the pool, of all workers together.');

export const concurrencySettings = section(
  {
    adaptive: oneOf(['aimd', 'gradient'])
      .prefault('gradient')
      .describe(
        'How the limit is found: `gradient` by what requests take beside the long run, `aimd` by what is refused (503, 429), fails or is too slow.',
      ),
    least: count({ most: 1_000_000 }).prefault(20).describe('The limit of each worker is never less.'),
    most: count({ most: 1_000_000 }).prefault(200).describe('The limit of each worker is never more.'),
    initial: count({ most: 1_000_000 }).exactOptional().describe('The limit of each worker at the start. `least` when absent.'),
    slowAfter: duration().prefault('5s').describe('For `aimd`: what takes longer lowers the limit.'),
    tolerance: decimal({ least: 1, most: 10 })
      .prefault(1.5)
      .describe('For `gradient`: so many times longer than in the long run is still good.'),
  },
  { expected: 'a section such as { adaptive: gradient, most: 200 }' },
)
  .check(({ value, issues }) => {
    const { least, most, initial = least } = value;
    if (least <= initial && initial <= most) return;
    const path = [least > most ? 'most' : 'initial'];
    const message = 'expected least, initial and most in this order of size';
    issues.push({ code: 'custom', message, params: { bare: true }, input: value, path, continue: true });
  })
  .transform((value): ConcurrencyRules => ({ ...value, initial: value.initial ?? value.least }));

const prioritySection = section(
  {
    header: header.describe('Its value is the class of a request: `0` for the most important. Without it, or with more, it is the last.'),
    shares: z
      .array(percent(1), { error: 'expected a list of percentages such as [100, 50]' })
      .min(1, { error: 'expected a percentage for each class' })
      .max(8, { error: 'expected 8 classes at most' })
      .prefault([100, 50])
      .describe('For each class, the most important first: the percentage of the places that it may take.'),
  },
  { expected: 'a section such as { header: x-priority, shares: [100, 50] }' },
);

const queueSection = section(
  {
    size: count({ most: 100_000 }).prefault(100).describe('Requests that may wait for a place in each worker.'),
    timeout: duration().prefault('1s').describe('How long a request may wait, or shorter where its deadline says so.'),
    order: oneOf([...orders, 'adaptive'])
      .prefault('deadline')
      .describe('Who is next: the earliest `deadline`, `fifo`, `lifo`, or `adaptive`: fifo, but lifo while the queue stands.'),
    target: duration()
      .exactOptional()
      .describe('While the queue stands, nobody waits longer: ten to twenty times what serving takes. Off when absent.'),
    interval: duration().prefault('100ms').describe('With `target` or `adaptive`: a queue stands that was not empty for so long.'),
    priority: prioritySection.exactOptional().describe('The more important first. All alike when absent.'),
  },
  { expected: 'a section such as { size: 100, timeout: 1s }' },
);

export const queueSettings = queueSection.transform(({ target, interval, priority, ...value }): QueueRules => {
  const isAdaptive = value.order === 'adaptive';
  const codel = target !== undefined || isAdaptive ? { codel: { interval, target: target ?? value.timeout } } : {};
  if (priority === undefined) return { ...value, ...codel };
  const limits = priority.shares.map((share) => Math.max(1, Math.floor(value.size * shareOf(share))));
  return { ...value, ...codel, priority: { header: priority.header, limits } };
});

/** It is written for the endpoint: it has to be none that means something else, or that Evenkeel writes itself. */
const deadlineHeader = written<string, string>({ kind: 'header', type: 'string', examples: ['x-timeout'] }, (input) => {
  const name = isToken(input) ? input.toLowerCase() : '';
  const isFree = name !== '' && isUnknown(name) && name !== 'via' && name !== 'idempotency-key';
  return isFree ? { value: name } : { message: 'expected the name of a header that has no other meaning, such as x-timeout' };
});

export const deadlineSettings = section(
  {
    header: deadlineHeader
      .exactOptional()
      .describe('A field in which clients say how long they wait, in milliseconds or with ms, s, m or h. `grpc-timeout` is heard besides.'),
    margin: duration().prefault('1ms').describe('So much less is told to the endpoint, for the way back.'),
  },
  { expected: 'a section such as { header: x-timeout }' },
).transform(
  ({ header: own = grpcTimeout, margin }): DeadlineRules => ({ headers: own === grpcTimeout ? [own] : [own, grpcTimeout], margin }),
);

/** For the memory of a worker. */
const memoryShare = written<number, number | 'none'>(
  { kind: 'number', type: ['string', 'number'], examples: [90], range: '10 to 100, or "none"' },
  (input) => {
    if (input === 'none') return { value: Number.POSITIVE_INFINITY };
    if (typeof input === 'number' && input >= 10 && input <= 100) return { value: input };
    return { message: 'expected a percentage from 10 to 100, or "none"' };
  },
);

const overloadSection = section(
  {
    delay: duration({ least: '10ms', most: '10s', none: true })
      .prefault('200ms')
      .describe('How late the timers of a worker may be on average. Beyond that it refuses requests, as many as are too many for it.'),
    memory: memoryShare
      .prefault(90)
      .describe(
        'Percent of its memory that may be in use: of the heap of a worker, or of what the machine or its group lets the process have. ' +
          'Beyond that requests are refused, the more the less is left.',
      ),
    priority: header
      .exactOptional()
      .describe(
        'Its value is the class of a request, from `0` for the most important to `7`: the less important are refused first. All alike when absent.',
      ),
  },
  { expected: 'a section such as { delay: 200ms, memory: 90 }, or "none"' },
);

/** For the whole document. `none` is short for a section without any limit. */
export const overloadSettings = z
  .preprocess(
    (input: 'none' | z.input<typeof overloadSection>) => (input === 'none' ? { delay: 'none', memory: 'none' } : input),
    overloadSection,
  )
  .transform((value): OverloadRules => ({ ...value, memory: shareOf(value.memory) }));
