// Hot path. Stands around a policy of a user's own: what it throws and what it answers beyond its candidates never reaches the traffic.
// The pick goes to the fallback instead, and the fault is reported. A pick that never ends cannot be helped.

import { thrownAt, thrownText } from '../../foundation/basics/thrown.ts';
import { parseKeySource } from './affinity-key.ts';
import type { AnyPolicy, OwnPolicies } from './build-picker.ts';
import type { Learner } from './learner.ts';
import { withOwnMemory } from './own-memory.ts';
import { roundRobin } from './policies/round-robin.ts';
import type { Candidates, Picker, PolicyTools } from './policy.ts';

/** Told of every fault, in words for an operator: `pick threw Error: boom at /etc/evenkeel/mine.ts:7:11`. */
export type ReportFault = (reason: string) => void;

/** The user's policies, each with all that it does guarded. */
export function guardPolicies(own: OwnPolicies, report: ReportFault): OwnPolicies {
  return new Map([...own].map(([path, policy]) => [path, guardPolicy(policy, report)]));
}

function guardPolicy(policy: AnyPolicy, report: ReportFault): AnyPolicy {
  const { keyedOn } = policy;
  return {
    ...policy,
    ...(keyedOn === undefined ? {} : { keyedOn: (settings) => guardedKey(() => keyedOn(settings), report) }),
    build: (candidates, settings, tools) => buildOwnPicker({ policy, settings, tools, report }, candidates),
  };
}

/** Without a key the policy is asked like for an exchange that has none. */
function guardedKey(keyedOn: () => readonly string[], report: ReportFault): readonly string[] {
  try {
    const sources = keyedOn();
    if (Array.isArray(sources) && sources.every((source) => parseKeySource(source) !== undefined)) return sources;
    report(`keyedOn gave ${shown(sources)}, which is no list of keys`);
  } catch (error) {
    report(threw('keyedOn', error));
  }
  return [];
}

export interface OwnPickerParts {
  readonly policy: Pick<AnyPolicy, 'build'>;
  /** Checked against the policy's options. */
  readonly settings: object;
  readonly tools: PolicyTools;
  readonly report: ReportFault;
}

/** A user's policy at work; round-robin where it cannot be built. */
export function buildOwnPicker({ policy, settings, tools, report }: OwnPickerParts, candidates: Candidates): Picker {
  const fallback = roundRobin.build(candidates, {}, withOwnMemory(tools));
  // The copy keeps a policy that sorts its candidates from changing everybody's.
  const lent: Candidates = Object.freeze([candidates[0], ...candidates.slice(1)] as const);
  try {
    // The settings were checked against these very options.
    const picker: unknown = policy.build(lent, settings as never, tools);
    if (isPicker(picker)) return guardPicker({ picker, fallback, candidates, report });
    report(`build gave ${shown(picker)}, not something with a pick`);
  } catch (error) {
    report(threw('build', error));
  }
  return fallback;
}

export interface GuardParts {
  readonly picker: Picker;
  /** Picks where the other one does not. Trusted. */
  readonly fallback: Picker;
  readonly candidates: Candidates;
  readonly report: ReportFault;
}

/** Picks as `picker` does, and as `fallback` does where that throws or gives anything but one of the candidates. */
export function guardPicker({ picker, fallback, candidates, report }: GuardParts): Picker {
  const lowest = candidates.reduce((least, { load }) => Math.min(least, load.slot), Number.POSITIVE_INFINITY);
  const highest = candidates.reduce((most, { load }) => Math.max(most, load.slot), 0);
  // Looking where an endpoint says it stands costs a third of what a Set does.
  const bySlot: unknown[] = new Array(highest - lowest + 1).fill(undefined);
  for (const candidate of candidates) bySlot[candidate.load.slot - lowest] = candidate;

  const pick: Picker['pick'] = (request) => {
    let picked: MaybeEndpoint;
    try {
      picked = picker.pick(request);
      // Only a candidate stands where it says, and then it is an endpoint.
      if (picked !== undefined && bySlot[(picked?.load?.slot ?? -1) - lowest] === picked) return picked as Candidates[0];
    } catch (error) {
      report(threw('pick', error));
      return fallback.pick(request);
    }
    report(`pick gave ${shown(picked)}, which is none of its candidates`);
    return fallback.pick(request);
  };

  const learner = picker.learner ? { learner: guardLearner(picker.learner, report) } : {};
  const refresh = picker.refresh ? { refresh: guardRefresh(picker, report) } : {};
  return { pick, ...learner, ...refresh };
}

/** What is read of an answer before it is known to be an endpoint. */
type MaybeEndpoint = { readonly load?: { readonly slot?: number } } | null | undefined;

/** What it is told goes through; a tag that is no number is 0. */
function guardLearner(learner: Learner, report: ReportFault): Learner {
  return {
    begun: (trial) => {
      try {
        const tag: unknown = learner.begun(trial);
        if (typeof tag === 'number') return tag;
        report(`learner.begun gave ${shown(tag)}, not a number`);
      } catch (error) {
        report(threw('learner.begun', error));
      }
      return 0;
    },
    answered: (trial) => {
      try {
        expectNothing('learner.answered', learner.answered(trial), report);
      } catch (error) {
        report(threw('learner.answered', error));
      }
    },
    ended: (trial, outcome) => {
      try {
        expectNothing('learner.ended', learner.ended(trial, outcome), report);
      } catch (error) {
        report(threw('learner.ended', error));
      }
    },
  };
}

function guardRefresh(picker: Picker, report: ReportFault): (now: number) => void {
  return (now) => {
    try {
      expectNothing('refresh', picker.refresh?.(now), report);
    } catch (error) {
      report(threw('refresh', error));
    }
  };
}

function expectNothing(what: string, answer: unknown, report: ReportFault): void {
  if (answer instanceof Promise) report(`${what} gave ${shown(answer)}: nothing waits for it`);
}

function isPicker(value: unknown): value is Picker {
  return typeof value === 'object' && value !== null && 'pick' in value && typeof value.pick === 'function';
}

function threw(what: string, thrown: unknown): string {
  const place = thrownAt(thrown);
  return `${what} threw ${thrownText(thrown)}${place === undefined ? '' : ` at ${place}`}`;
}

function shown(value: unknown): string {
  if (value instanceof Promise) {
    // Rejected with nobody listening it would end the whole worker.
    value.catch(() => undefined);
    return 'a promise';
  }
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'string') return JSON.stringify(thrownText(value));
  if (typeof value !== 'object' || value === null) return thrownText(value);
  try {
    if (Array.isArray(value)) return 'a list';
    if ('id' in value && typeof value.id === 'string') return `the endpoint ${thrownText(value.id)}`;
  } catch {
    // What cannot even be read is an object all the same.
  }
  return 'an object';
}
