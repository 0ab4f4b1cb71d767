// Every default that a document of a compat date gets, as one flat list: what the descriptions say, options of policies, and what some documents
// are read as, for defaults that follow from others. `npm run generate` adds lines to the file of a date and never changes one.
import * as z from 'zod';
import type { WrittenDocument } from '../../src/control-plane/configuration/document.ts';
import { documentSettings } from '../../src/control-plane/configuration/document.ts';
import { allPolicies, optionShape } from '../../src/domain/balancing/policy-settings.ts';
import { readText } from '../source-files.ts';
import { sectionsOf } from './settings-tree.ts';

export const compatDates = ['2026-11'] as const;
export type CompatDate = (typeof compatDates)[number];

/** From `pools.NAME.timeouts.connect` to `"3s"`. */
export type Defaults = Readonly<Record<string, unknown>>;

export const fileOf = (date: CompatDate): string => `test/golden/defaults-${date}.json`;

/** What stands in the file of a date; nothing before it was written. */
export function frozenDefaults(date: CompatDate): Defaults {
  try {
    return JSON.parse(readText(fileOf(date))) as Defaults;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}

/** With what is new, and with everything else as it was. */
export const frozenText = (date: CompatDate): string =>
  `${JSON.stringify({ ...defaultsOf(date), ...frozenDefaults(date) }, undefined, 1)}\n`;

export function defaultsOf(date: CompatDate): Defaults {
  const described = sectionsOf(documentSettings).flatMap(({ path, keys }) =>
    keys.map((key): Leaf => [path === '' ? key.name : `${path}.${key.name}`, key.default]),
  );
  const options = allPolicies.flatMap(({ name, options: all }) =>
    sectionsOf(z.object(optionShape(all))).flatMap(({ keys }) => keys.map((key): Leaf => [`policy ${name}.${key.name}`, key.default])),
  );
  return Object.fromEntries([...described, ...options, ...readAs(date)].filter(hasValue));
}

/** What every pool has stands there once. */
function readAs(date: CompatDate): readonly Leaf[] {
  const leaves = leavesOf('read', documentSettings.parse(sample(date)));
  const ofPlain = new Set(leaves.map(([path, value]) => `${path} ${String(value)}`));
  const isNews = ([path, value]: Leaf): boolean => {
    const plain = path.replace(/^read\.pools\.\w+/, 'read.pools.plain');
    return plain === path || !ofPlain.has(`${plain} ${String(value)}`);
  };
  return leaves.filter(isNews);
}

type Leaf = readonly [path: string, value: unknown];

const hasValue = ([, value]: Leaf): boolean => value !== undefined;

/** What JSON cannot say is said as documents say it. */
function leavesOf(path: string, value: unknown): readonly Leaf[] {
  if (value === Number.POSITIVE_INFINITY) return [[path, 'none']];
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, item]) => leavesOf(`${path}.${key}`, item));
}

const endpoints = ['10.0.0.1:80'];

/** Each section once with as little in it as it may have. What a preset stands for is a default too. */
const sample = (compat: CompatDate): WrittenDocument => ({
  compat,
  admin: { bind: '127.0.0.1:9900' },
  listeners: [
    { bind: ':80', pool: 'plain' },
    {
      bind: ':81',
      paths: {},
      routes: [
        { path: '/a', redirect: { to: 'https://a.test' } },
        { path: '/b', respond: {} },
        { path: '/c', pool: 'plain', mirror: { pool: 'health' }, timeouts: {}, body: { json: '/a' } },
      ],
    },
  ],
  pools: {
    plain: { endpoints },
    health: { endpoints, health: { http: { path: '/' }, agent: { port: 1 } } },
    mild: { endpoints, outliers: 'mild' },
    envoy: { endpoints, outliers: 'envoy' },
    nginx: { endpoints, outliers: 'nginx' },
    rates: { endpoints, outliers: { successRate: {}, failureShare: {} } },
    cookie: { endpoints, sticky: { cookie: 'A' } },
    session: { endpoints, sticky: { session: 'cookie:A' } },
    limited: { endpoints, panic: {}, slowStart: {}, concurrency: {}, queue: {}, deadline: { header: 'grpc-timeout' } },
    adaptive: { endpoints, concurrency: { adaptive: 'aimd' }, queue: { order: 'adaptive' } },
    tried: { endpoints, retry: {}, hedge: {}, breaker: {}, endpointBreaker: {}, lastResort: {} },
  },
});
