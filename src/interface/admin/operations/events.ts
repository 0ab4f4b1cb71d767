// The last things that happened: what was judged of endpoints, what people and agents changed, and documents that came in force. As a list, or as
// they come.
import * as z from 'zod';
import type { KeptEvent } from '../../../control-plane/judging/event-log.ts';
import type { EventStatus } from '../event-stream.ts';
import { eventStatus, numberIn, streamEvents } from '../event-stream.ts';
import type { AdminView, Answer } from '../operation.ts';
import { defineOperation, jsonAnswer } from '../operation.ts';
import { eventsSchema } from '../schemas/events.ts';
import { problem } from '../schemas/problem.ts';

export type { EventStatus } from '../event-stream.ts';

export interface EventsReport {
  /** The numbers of events begin anew with the program. */
  readonly startedAt: string;
  /** The number of the last event, for the next `since`. 0 before the first one. */
  readonly last: number;
  readonly events: readonly EventStatus[];
}

export const events = defineOperation({
  method: 'GET',
  path: '/api/v1/events',
  summary:
    'The last 512 changes of endpoints and of the document, the newest last: when, which, who or what brought it about, into which state it came, ' +
    'and why. `?since=` the number of an event gives those after it; a time such as `2026-01-31T12:00:00Z` those from then on. With ' +
    '`Accept: text/event-stream` they come as they happen, those after `Last-Event-ID` or `since` first.',
  query: { since: z.string() },
  headers: { 'last-event-id': z.string(), accept: z.string() },
  streams: true,
  answers: { 200: eventsSchema, 400: problem },
  answer: (view, { query, header }) => {
    const { supervisor } = view;
    const isWanted = filterOf(query.get('since')?.replace(' ', '+'));
    if (isWanted === undefined) {
      return jsonAnswer(400, { error: '"since" is the number of an event, or a time such as 2026-01-31T12:00:00Z.' });
    }
    if (/\btext\/event-stream\b/i.test(header('accept') ?? '')) {
      return streamAnswer(view, { lastId: header('last-event-id'), isWanted: query.has('since') ? isWanted : undefined });
    }
    const report: EventsReport = {
      startedAt: supervisor.startedAt.toISOString(),
      last: supervisor.events.added,
      events: supervisor.events.events.filter(isWanted).map(eventStatus),
    };
    return jsonAnswer(200, report);
  },
});

interface From {
  readonly lastId: string | undefined;
  readonly isWanted: ((event: KeptEvent) => boolean) | undefined;
}

/** From where the reader was; else from where it says; else from now on. */
function streamAnswer({ supervisor }: AdminView, { lastId, isWanted }: From): Answer {
  const { events: log, startedAt } = supervisor;
  const run = startedAt.getTime().toString(36);
  const first = isWanted === undefined ? undefined : log.events.find(isWanted);
  const since = first === undefined ? log.added : first.id - 1;
  const after = lastId === undefined ? since : numberIn(lastId, run);
  // Buffers between would hold back what is written.
  const headers = { 'X-Accel-Buffering': 'no' };
  return { status: 200, type: 'text/event-stream; charset=utf-8', headers, body: streamEvents({ events: log, run, after }) };
}

/** Undefined for what is neither a number nor a time. A plus sign that nobody encoded was read as a blank, and is one again. */
function filterOf(since: string | undefined): ((event: KeptEvent) => boolean) | undefined {
  if (since === undefined || since === '') return () => true;
  if (/^\d{1,15}$/.test(since)) return ({ id }) => id > Number(since);
  // Anything else that the language takes for a time depends on where the machine stands.
  const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/.test(since);
  const time = isTime ? Date.parse(since) : Number.NaN;
  return Number.isNaN(time) ? undefined : ({ at }) => at.getTime() >= time;
}
