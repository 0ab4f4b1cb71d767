// Events as they come, as server-sent events (WHATWG HTML, section 9.2). What waits for a slow reader is what the list of events keeps, and no
// more: whoever falls behind that is told how many events are missing.
import type { ServerResponse } from 'node:http';
import { clearInterval, setInterval } from 'node:timers';
import type { EventLog, KeptEvent } from '../../control-plane/judging/event-log.ts';
import type { Streaming } from './operation.ts';

export interface EventStreamParts {
  readonly events: EventLog;
  /** Numbers of events begin anew with the program: its mark stands in front of them. */
  readonly run: string;
  /** The number of the last event that the reader has. */
  readonly after: number;
  /** Milliseconds between signs of life. */
  readonly heartbeat?: number;
}

/** Well below the time after which a silent connection is closed, here and in most of what stands between. */
const usualHeartbeat = 10_000;
/** Milliseconds after which a reader that lost its connection asks again. */
const pause = 2000;

/** `mkp3x9-17`: what a reader sends as `Last-Event-ID`. */
export const streamId = (run: string, id: number): string => `${run}-${id}`;

/** The number in a `Last-Event-ID`; 0 for that of another run, whose reader has none of the events of this one. */
export function numberIn(lastId: string, run: string): number {
  const [, of, id] = /^([0-9a-z]{1,16})-(\d{1,15})$/.exec(lastId) ?? [];
  return of === run ? Number(id) : 0;
}

export const streamEvents =
  (parts: EventStreamParts): Streaming =>
  (response) => {
    const stream = new EventStream(parts, response);
    return () => stream.end();
  };

class EventStream {
  readonly #parts: EventStreamParts;
  readonly #response: ServerResponse;
  readonly #beating: NodeJS.Timeout;
  readonly #forget: () => void;
  #sent: number;

  constructor(parts: EventStreamParts, response: ServerResponse) {
    this.#parts = parts;
    this.#response = response;
    this.#sent = Math.min(parts.after, parts.events.added);
    this.#forget = parts.events.onAdded(() => this.#write());
    this.#beating = setInterval(() => this.#beat(), parts.heartbeat ?? usualHeartbeat).unref();
    response.on('drain', () => this.#write());
    response.write(`retry: ${pause}\n: Evenkeel\n\n`);
    this.#write();
  }

  end(): void {
    this.#forget();
    clearInterval(this.#beating);
    this.#response.end();
  }

  /** As far as the reader takes it; the rest waits in the list. */
  #write(): void {
    const { events } = this.#parts;
    while (this.#sent < events.added && !this.#response.writableNeedDrain) {
      // Numbers have no gaps, so the place of an event follows from that of the oldest.
      const oldest = events.added - events.events.length + 1;
      const next = Math.max(this.#sent + 1, oldest);
      const event = events.events[next - oldest];
      if (event === undefined) return;
      if (next > this.#sent + 1) this.#response.write(this.#text('missed', next - 1, { missed: next - 1 - this.#sent }));
      this.#response.write(this.#text(event.kind, event.id, eventStatus(event)));
      this.#sent = next;
    }
  }

  /** A reader that takes nothing is not told that all is well: silence then closes its connection. */
  #beat(): void {
    if (!this.#response.writableNeedDrain) this.#response.write(': all is well\n\n');
  }

  /** JSON in one line has no line end that could begin another field. */
  #text(kind: string, id: number, data: object): string {
    return `event: ${kind}\nid: ${streamId(this.#parts.run, id)}\ndata: ${JSON.stringify(data)}\n\n`;
  }
}

type AsText<Event> = Event extends unknown ? Omit<Event, 'at'> & { readonly at: string } : never;
/** `at` in ISO 8601. */
export type EventStatus = AsText<KeptEvent>;

export const eventStatus = (event: KeptEvent): EventStatus => ({ ...event, at: event.at.toISOString() });
