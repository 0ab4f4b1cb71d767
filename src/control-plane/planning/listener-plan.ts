// What another document would do to listeners: settings, routes, and what is open on those that go or are bound anew.
import type { ListenerSettings } from '../../data-plane/listening/settings.ts';
import type { PartsDifference } from '../changing/difference.ts';
import type { OpenAtListener, PlanFigures } from './plan.ts';
import type { RouteChange } from './route-changes.ts';
import { routeChanges } from './route-changes.ts';
import type { SettingChange } from './setting-changes.ts';
import { settingChanges } from './setting-changes.ts';

export interface ListenerPlan {
  readonly name: string;
  readonly what: 'added' | 'changed' | 'removed';
  readonly address: string;
  /** Its address is another one: the old socket closes, and its connections end as they become idle. */
  readonly isBoundAnew: boolean;
  readonly settings: readonly SettingChange[];
  readonly routes: readonly RouteChange[];
  /** Of one that goes or is bound anew. */
  readonly drains?: OpenAtListener;
}

type Listeners = readonly ListenerSettings[];

interface Around {
  readonly difference: PartsDifference;
  readonly figures: PlanFigures;
}

export function listenerPlans(before: Listeners, after: Listeners, { difference, figures }: Around): readonly ListenerPlan[] {
  const find = (listeners: Listeners, name: string): readonly ListenerSettings[] => listeners.filter((each) => each.name === name);
  const none = { isBoundAnew: false, settings: [], routes: [] };
  const added = difference.added.flatMap((name) =>
    find(after, name).map(({ bind }): ListenerPlan => ({ ...none, name, what: 'added', address: bind.text })),
  );
  const changed = difference.changed.flatMap((name) =>
    find(before, name).flatMap((former) => find(after, name).map((latter) => changeOf(former, latter, figures))),
  );
  const removed = difference.removed.flatMap((name) =>
    find(before, name).map(
      ({ bind }): ListenerPlan => ({ ...none, name, what: 'removed', address: bind.text, ...drainsOf(name, figures) }),
    ),
  );
  return [...added, ...changed, ...removed];
}

function changeOf(before: ListenerSettings, after: ListenerSettings, figures: PlanFigures): ListenerPlan {
  const { routes: formerRoutes, bind: formerBind, ...former } = before;
  const { routes: latterRoutes, bind: latterBind, ...latter } = after;
  const isBoundAnew = formerBind.text !== latterBind.text;
  const bind: readonly SettingChange[] = isBoundAnew
    ? [{ path: 'bind', what: 'changed', before: formerBind.text, after: latterBind.text }]
    : [];
  return {
    ...{ name: after.name, what: 'changed', address: latterBind.text, isBoundAnew },
    settings: [...bind, ...settingChanges(former, latter)],
    routes: routeChanges(formerRoutes, latterRoutes),
    ...(isBoundAnew ? drainsOf(after.name, figures) : {}),
  };
}

function drainsOf(name: string, figures: PlanFigures): Pick<ListenerPlan, 'drains'> {
  const drains = figures.listener(name);
  return drains === undefined ? {} : { drains };
}
