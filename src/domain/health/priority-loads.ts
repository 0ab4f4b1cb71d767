// How much of the traffic each priority gets, by how well it is: what one cannot take spills over to the next. And panic: when too few are well
// to take it at all, it is better to believe that none is ill. Envoy's load_balancer_impl.cc, without its degraded hosts.
import { itemAt } from '../../foundation/basics/item-at.ts';

export interface PanicRules {
  /** Percent of a priority's endpoints that have to be well. 0 for no panic at all. */
  readonly threshold: number;
  /** In percent: with 140, a priority keeps all of its traffic while 72 of 100 are well, because 100 are more than are needed. */
  readonly overprovisioning: number;
}

/** Counts or weights. */
export interface PriorityHealth {
  readonly healthy: number;
  readonly total: number;
}

export interface PriorityLoads {
  /** Whole percent for each priority, 100 in all. */
  readonly loads: readonly number[];
  /** Of a priority in panic all endpoints are picked from, also those that are down or ejected. */
  readonly inPanic: readonly boolean[];
}

/** Loads of all priorities, the first one preferred. At least one priority, which may be empty. */
export function priorityLoads(priorities: readonly PriorityHealth[], rules: PanicRules): PriorityLoads {
  const health = priorities.map((priority) => healthOf(priority, rules.overprovisioning));
  const available = Math.min(100, sumOf(health));
  // Priorities that can take everything together are never in panic, however few are well in one of them.
  const inPanic = priorities.map((priority) => available < 100 && healthyPercent(priority) < rules.threshold);
  const loads = inPanic.every(Boolean) ? loadsByTotal(priorities) : loadsByHealth(health, available);
  return { loads, inPanic };
}

/** Without settings for panic: health is always believed, and what a priority cannot take spills over as in Envoy. */
export const noPanic = { threshold: 0, overprovisioning: 140, action: 'spread' } as const;

/** The same with tiers of backups behind the priorities. Each of those is judged by itself: it is not asked before all others have nothing. */
export function tierLoads(tiers: readonly PriorityHealth[], backupsFrom: number, rules: PanicRules): PriorityLoads {
  const priorities = tiers.slice(0, backupsFrom);
  const sharing = priorityLoads(priorities, rules);
  const backups = tiers.slice(backupsFrom).map((one) => priorityLoads([one], rules).inPanic[0] === true);
  // Where all is lost and nobody panics, loads by size would let tiers share that have nothing to give.
  const isAnyWell = priorities.some(({ healthy }) => healthy > 0);
  const loads = isAnyWell || sharing.inPanic.includes(true) ? sharing.loads : [100];
  // Of nobody there is no health that could be believed or not.
  return { loads, inPanic: [...sharing.inPanic, ...backups].map((isInPanic, tier) => isInPanic && itemAt(tiers, tier).total > 0) };
}

/** The priority for a number from 0 to below 100: by chance, or by the hash of a key, so that keys stay where they are. */
export function choosePriority(loads: readonly number[], point: number): number {
  let end = 0;
  for (let priority = 0; priority < loads.length; priority++) {
    end += itemAt(loads, priority);
    if (point < end) return priority;
  }
  return 0;
}

/** How much of the whole traffic it could take, in whole percent. */
function healthOf({ healthy, total }: PriorityHealth, overprovisioning: number): number {
  return total === 0 ? 0 : Math.min(100, Math.floor((overprovisioning * healthy) / total));
}

function healthyPercent({ healthy, total }: PriorityHealth): number {
  return total === 0 ? 0 : (100 * healthy) / total;
}

/** As much as each can take, the first ones first. */
function loadsByHealth(health: readonly number[], available: number): readonly number[] {
  let left = 100;
  const loads = health.map((percent) => {
    const load = available === 0 ? 0 : Math.min(left, Math.floor((percent * 100) / available));
    left -= load;
    return load;
  });
  return withRest(loads, left, (priority) => itemAt(health, priority) > 0);
}

/** Where all is lost, each gets what its endpoints would take if they were well. */
function loadsByTotal(priorities: readonly PriorityHealth[]): readonly number[] {
  const all = sumOf(priorities.map(({ total }) => total));
  const loads = priorities.map(({ total }) => (all === 0 ? 0 : Math.floor((100 * total) / all)));
  return withRest(loads, 100 - sumOf(loads), (priority) => itemAt(priorities, priority).total > 0);
}

/** What rounding left over goes to the first priority that can take any, or to the very first. */
function withRest(loads: readonly number[], rest: number, canTake: (priority: number) => boolean): readonly number[] {
  const first = Math.max(
    0,
    loads.findIndex((_load, priority) => canTake(priority)),
  );
  return loads.map((load, priority) => (priority === first ? load + rest : load));
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
