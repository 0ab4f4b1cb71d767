// The description of the whole document, put together from the descriptions that the parts give of themselves.
// It yields the types, the check, the reference page and the types of documents written in TypeScript.
import * as z from 'zod';
import type { ListenerSettings } from '../../data-plane/listening/settings.ts';
import { listenerSettings } from '../../data-plane/listening/settings.ts';
import type { OverloadRules } from '../../domain/resilience/lateness.ts';
import { overloadSettings } from '../../domain/resilience/settings.ts';
import { count, duration, name, text } from '../../domain/settings/measures.ts';
import { oneOf, section, written } from '../../domain/settings/written.ts';
import type { PoolSettings } from '../../domain/traffic/pool-settings.ts';
import { poolSettings } from '../../domain/traffic/pool-settings.ts';
import type { Milliseconds } from '../../foundation/basics/units.ts';
import type { AdminSettings } from './admin-settings.ts';
import { adminSettings } from './admin-settings.ts';

/** A configuration with every default filled in. Plain data: it is sent to the workers as it is. */
export interface Document {
  readonly compat?: string;
  readonly workers: number | 'auto';
  readonly admin: AdminSettings | undefined;
  readonly listeners: readonly ListenerSettings[];
  readonly pools: Readonly<Record<string, PoolSettings>>;
  /** When a worker refuses requests because it has too much to do itself. */
  readonly overload: OverloadRules;
  readonly history: {
    /** As it is written; in memory without one. */
    readonly folder?: string;
    /** So many versions. */
    readonly keep: number;
  };
  readonly shutdown: {
    /** After this long everything that is still open is ended. */
    readonly deadline: Milliseconds;
    /** Between failing readiness and closing the listeners. */
    readonly delay: Milliseconds;
  };
}

/** More threads than any machine has cores are a slip of the pen. */
const mostWorkers = 256;
const workerCount = count({ most: mostWorkers });

const workers = written<number | 'auto', number | 'auto'>(
  { kind: 'whole number or "auto"', type: ['string', 'number'], examples: ['auto', 2], range: `1 to ${mostWorkers}` },
  (input) => {
    if (input === 'auto') return { value: 'auto' };
    if (input === 0)
      return { message: 'expected "auto" or at least 1 worker: serving on the main thread is not built yet in this version' };
    const parsed = workerCount.safeParse(input);
    return parsed.success ? { value: parsed.data } : { message: `expected "auto" or a whole number from 1 to ${mostWorkers}` };
  },
);

export const shutdownSettings = section(
  {
    deadline: duration({ none: true })
      .prefault('30s')
      .describe('How long running exchanges may take to finish after SIGTERM; what is still open then is ended.'),
    delay: duration({ least: '0s' })
      .prefault('0s')
      .describe('How long `/readyz` fails before the listeners close, so that a balancer in front sends nothing more.'),
  },
  { expected: 'a section such as { deadline: 30s }' },
);

const history = section(
  {
    folder: text({ most: 4096 })
      .exactOptional()
      .describe(
        'Where the last versions are kept, and what the API changed: see [changing the configuration](../changing-configuration.md). The way begins where the document is. In memory when absent.',
      ),
    keep: count({ most: 10_000 }).prefault(50).describe('So many versions are kept.'),
  },
  { expected: 'a section such as { folder: ./state, keep: 50 }' },
);

/** Read before anything is checked: see reading/parts.ts. */
const included = written<readonly string[], string | readonly string[]>(
  { kind: 'file', type: 'string', examples: ['pools/*.yaml'] },
  (input) => {
    const list: readonly unknown[] = Array.isArray(input) ? input : [input];
    const files = list.filter((item) => typeof item === 'string' && item !== '');
    // Every item was just seen to be a text.
    return files.length === list.length ? { value: files as readonly string[] } : { message: 'expected files such as [pools/*.yaml]' };
  },
);

export const documentSettings = section(
  {
    compat: oneOf(['2026-11'])
      .exactOptional()
      .describe('Freezes the defaults as they were in that month; a newer program never changes them silently.'),
    workers: workers.prefault('auto').describe('Worker threads; `auto` is one for each core.'),
    admin: adminSettings.optional().describe('The admin server: `/healthz`, `/readyz`, `/metrics` and the API. Off when absent.'),
    listeners: z
      .array(listenerSettings, { error: 'expected a list of listeners such as [{ bind: ":8080", pool: web }]' })
      .min(1, { error: 'expected at least one listener such as { bind: ":8080", pool: web }' })
      .describe('The addresses that clients connect to.'),
    pools: z
      .record(name(), poolSettings, { error: 'expected pools by name such as { web: { endpoints: [10.0.0.1:8080] } }' })
      .describe('The groups of endpoints, by name.'),
    overload: overloadSettings
      .prefault({})
      .describe('When a worker has too much to do itself, and refuses the least important requests with 503. `none` for never.')
      .meta({ short: 'none' }),
    shutdown: shutdownSettings.prefault({}).describe('What happens at SIGTERM.'),
    history: history.prefault({}).describe('The versions that were in force, to look at and to go back to.'),
    include: included
      .exactOptional()
      .describe(
        'Files with further pools and listeners: see [documents](../documents.md#several-files). Ways begin where the document is; `*` stands for any name.',
      ),
    $schema: text({ most: 2048 }).exactOptional().describe('Where an editor finds the JSON Schema of this file. Nothing is done with it.'),
  },
  {
    expected: 'a document with listeners and pools',
    later: {
      applications: 'running applications',
      coordination: 'clusters of balancers',
      log: 'settings of the program log',
      tracing: 'traces',
      dashboard: 'the dashboard',
      users: 'users and roles',
      secrets: 'secrets',
    },
  },
).transform(({ admin: adminSection, include: _, $schema: __, ...rest }): Document => ({ ...rest, admin: adminSection }));

/** What may be written: every key with a default may be left out. */
export type WrittenDocument = z.input<typeof documentSettings>;
