// A plan for people: + what comes, - what goes, ~ what is different, and the counts at the end.
import type { ListenerPlan } from '../../control-plane/planning/listener-plan.ts';
import type { MovedKeys } from '../../control-plane/planning/moved-keys.ts';
import type { Plan, PlanDrains } from '../../control-plane/planning/plan.ts';
import type { PoolChangePlan } from '../../control-plane/planning/pool-plan.ts';
import type { SettingChange } from '../../control-plane/planning/setting-changes.ts';

export type Mark = '+' | '-' | '~' | ' ';

export interface PlanLine {
  readonly mark: Mark;
  readonly depth: number;
  readonly text: string;
}

type What = 'added' | 'changed' | 'removed' | 'moved';
const marks: Readonly<Record<What, Mark>> = { added: '+', changed: '~', removed: '-', moved: '~' };
const line = (depth: number, what: What, text: string): PlanLine => ({ mark: marks[what], depth, text });
const note = (depth: number, text: string): PlanLine => ({ mark: ' ', depth, text });

export function planLines(plan: Plan): readonly PlanLine[] {
  return [
    ...plan.listeners.flatMap(listenerLines),
    ...plan.pools.flatMap(poolLines),
    ...settingLines(0, plan.settings),
    ...plan.atStart.map((setting) => line(0, setting.what, `${settingText(setting)} (at the next start)`)),
  ];
}

export const lineText = ({ mark, depth, text }: PlanLine): string => `  ${'    '.repeat(depth)}${mark} ${text}`;

/** The last lines: how much there is to do, and what is open now. */
export function planSummary({ isNone, counts, drains }: Plan): readonly string[] {
  if (isNone) return ['Nothing to do: what is in force says so already.'];
  const { added, changed, removed } = counts;
  const open = drainText(drains);
  const counted = `Plan: ${added} to add, ${changed} to change, ${removed} to remove.`;
  return open === '' ? [counted] : [open, counted];
}

function listenerLines({ name, what, address, isBoundAnew, settings, routes, drains }: ListenerPlan): readonly PlanLine[] {
  const place = name === address ? name : `${name} (${address})`;
  const open = drains && [
    counted(drains.connections, 'connection'),
    counted(drains.exchanges, 'exchange'),
    counted(drains.tunnels, 'tunnel'),
  ];
  return [
    line(0, what, `listener ${place}`),
    ...settingLines(1, settings),
    ...routes.flatMap((route) => [
      line(1, route.what, `route ${route.route}${route.what === 'moved' ? ': is asked at another place' : ''}`),
      ...settingLines(2, route.settings),
    ]),
    ...(isBoundAnew ? [note(1, 'its address is another one: it is bound anew, and the old socket closes')] : []),
    ...(open === undefined ? [] : [note(1, `open now, and to be finished: ${open.join(', ')}`)]),
  ];
}

function poolLines({ name, what, settings, endpoints, keys, sessions, connectsAnew }: PoolChangePlan): readonly PlanLine[] {
  const lines = endpoints.flatMap((endpoint) => {
    const open = endpoint.inFlight === undefined || endpoint.inFlight === 0 ? '' : `: ${endpoint.inFlight} in flight, to be finished`;
    return [line(1, endpoint.what, `endpoint ${endpoint.id}${open}`), ...settingLines(2, endpoint.settings)];
  });
  const lost = sessions && `sessions: ${sessionsText(sessions.of, sessions.count)} lose their endpoint: ${sessions.reason}`;
  return [
    line(0, what, `pool ${name}`),
    ...settingLines(1, settings),
    ...lines,
    ...(keys === undefined ? [] : [note(1, `keys: ${keysText(keys)}`)]),
    ...(lost === undefined ? [] : [note(1, lost)]),
    ...(connectsAnew ? [note(1, 'kept connections to its endpoints are made anew')] : []),
  ];
}

const settingLines = (depth: number, settings: readonly SettingChange[]): readonly PlanLine[] =>
  settings.map((setting) => line(depth, setting.what, settingText(setting)));

function settingText({ path, before, after }: SettingChange): string {
  if (before !== undefined && after !== undefined) return `${path}: ${before} -> ${after}`;
  const value = after ?? before;
  return value === undefined ? path : `${path}: ${value}`;
}

function keysText(keys: MovedKeys): string {
  if (keys.kind === 'unknown') return `not known: ${keys.reason}`;
  return `${(100 * keys.share).toFixed(1)} % move to another endpoint (${keys.moved} of ${keys.sampled} that were tried)`;
}

function sessionsText(of: 'all' | 'endpoints', count: number | null): string {
  if (count === null)
    return of === 'all'
      ? 'all, which clients carry and nobody counts,'
      : 'those of its endpoints that go, which clients carry and nobody counts,';
  return of === 'all' ? `all ${count}` : String(count);
}

function drainText({ atEndpoints, onListeners: { exchanges, tunnels } }: PlanDrains): string {
  const parts = [
    ...(atEndpoints === 0 ? [] : [`${atEndpoints} at endpoints that go`]),
    ...(exchanges + tunnels === 0 ? [] : [`${counted(exchanges, 'exchange')} and ${counted(tunnels, 'tunnel')} on listeners that close`]),
  ];
  return parts.length === 0
    ? ''
    : `In flight now, and to be finished: ${parts.join('; ')}. What will be in flight when it is applied is not known.`;
}

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
