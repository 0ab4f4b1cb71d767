// What may be set for the moment in which too few endpoints of a pool are well.
import * as z from 'zod';
import { decimal } from '../settings/measures.ts';
import { oneOf, section } from '../settings/written.ts';
import type { PanicRules } from './priority-loads.ts';

export interface PanicSettings extends PanicRules {
  /** `spread`: all endpoints get traffic, whatever is believed of them. `fail`: none does. */
  readonly action: 'spread' | 'fail';
}

const panicSection = section(
  {
    threshold: decimal({ least: 0, most: 100 })
      .prefault(50)
      .describe('Percent of the endpoints that have to be well; with fewer, health is not believed any more. `0` always believes it.'),
    overprovisioning: decimal({ least: 100, most: 1000 })
      .prefault(140)
      .describe(
        'How much more a priority can take than it gets, in percent: with 140 it keeps all of its traffic while 72 % of it are well.',
      ),
    action: oneOf(['spread', 'fail'])
      .prefault('spread')
      .describe('In panic: `spread` gives traffic to all endpoints, also to those that are down; `fail` gives it to none.'),
  },
  { expected: 'a percentage such as 50, or a section such as { threshold: 50, action: fail }' },
);

/** A number is short for a section with nothing but the threshold. */
export const panicSettings = z
  .preprocess((input: number | z.input<typeof panicSection>) => (typeof input === 'number' ? { threshold: input } : input), panicSection)
  .meta({ short: 'number' }) satisfies z.ZodType<PanicSettings>;
