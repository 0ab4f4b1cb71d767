// The last changes of endpoints: what was judged of them, and what people and agents changed.
import * as z from 'zod';
import type { KeptEvent } from '../../../control-plane/judging/event-log.ts';
import { defineOperation, jsonAnswer } from '../operation.ts';
import { eventsSchema } from '../schemas/events.ts';
import { problem } from '../schemas/problem.ts';

export interface EventsReport {
  /** The numbers of events begin anew with the program. */
  readonly startedAt: string;
  /** The number of the last event, for the next `since`. 0 before the first one. */
  readonly last: number;
  readonly events: readonly EventStatus[];
}

export interface EventStatus extends Omit<KeptEvent, 'at'> {
  /** ISO 8601. */
  readonly at: string;
}

export const events = defineOperation({
  method: 'GET',
  path: '/api/v1/events',
  summary:
    'The last 512 changes of endpoints, the newest last: when, which, who or what brought it about, into which state it came, and why. ' +
    '`?since=` the number of an event gives those after it; a time such as `2026-01-31T12:00:00Z` those from then on.',
  query: { since: z.string() },
  answers: { 200: eventsSchema, 400: problem },
  answer: ({ supervisor }, { query }) => {
    const isWanted = filterOf(query.get('since')?.replace(' ', '+'));
    if (isWanted === undefined) {
      return jsonAnswer(400, { error: '"since" is the number of an event, or a time such as 2026-01-31T12:00:00Z.' });
    }
    const report: EventsReport = {
      startedAt: supervisor.startedAt.toISOString(),
      last: supervisor.events.added,
      events: supervisor.events.events.filter(isWanted).map(({ id, at, ...rest }) => ({ id, at: at.toISOString(), ...rest })),
    };
    return jsonAnswer(200, report);
  },
});

/** Undefined for what is neither a number nor a time. A plus sign that nobody encoded was read as a blank, and is one again. */
function filterOf(since: string | undefined): ((event: KeptEvent) => boolean) | undefined {
  if (since === undefined || since === '') return () => true;
  if (/^\d{1,15}$/.test(since)) return ({ id }) => id > Number(since);
  // Anything else that the language takes for a time depends on where the machine stands.
  const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/.test(since);
  const time = isTime ? Date.parse(since) : Number.NaN;
  return Number.isNaN(time) ? undefined : ({ at }) => at.getTime() >= time;
}
