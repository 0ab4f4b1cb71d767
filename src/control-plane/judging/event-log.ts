// What happened, in one list: what was judged of endpoints, what people and agents changed of them, and other documents that came in force. The
// last events are kept to be looked at; how often each endpoint came into each state is counted for ever.

/** Where an endpoint may come: health is well or failing, and whoever operates it says up, draining or down. */
export const transitionStates = ['well', 'failing', 'up', 'draining', 'down'] as const;
export type TransitionState = (typeof transitionStates)[number];

export type TransitionCounts = { readonly [State in TransitionState]: number };

/** Who brought it about. `deadline`: the time of a draining endpoint was over. */
export type EventCause = 'health' | 'operator' | 'agent' | 'deadline';

export interface EndpointEvent {
  readonly pool: string;
  readonly endpoint: string;
  readonly by: EventCause;
  /** The state that it came into, or `weight` where that was changed. */
  readonly to: TransitionState | 'weight';
  /** A sentence without its full stop. */
  readonly reason: string;
}

/** Another document is in force. */
export interface ConfigurationEvent {
  readonly version: number;
  /** Who brought it about: `SIGHUP`, `API`. */
  readonly origin: string;
  /** A sentence or two. */
  readonly difference: string;
}

export interface Kept {
  /** 1 for the first one since the start, and one more for each. */
  readonly id: number;
  readonly at: Date;
}

export type KeptEvent = Kept &
  ((EndpointEvent & { readonly kind: 'endpoint' }) | (ConfigurationEvent & { readonly kind: 'configuration' }));

const keptEvents = 512;
const none: TransitionCounts = { well: 0, failing: 0, up: 0, draining: 0, down: 0 };

export class EventLog {
  readonly #now: () => Date;
  readonly #events: KeptEvent[] = [];
  readonly #counts = new Map<string, TransitionCounts>();
  readonly #listeners = new Set<() => void>();
  #added = 0;

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  /** The last ones, the oldest first. */
  get events(): readonly KeptEvent[] {
    return this.#events;
  }

  /** How many there were since the start: the id of the last one. */
  get added(): number {
    return this.#added;
  }

  /** Told of every event, once it is kept. Gives back what ends that. */
  onAdded(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  addConfiguration(event: ConfigurationEvent): void {
    this.#keep((kept) => ({ ...kept, kind: 'configuration', ...event }));
  }

  add(event: EndpointEvent): void {
    this.#count(event);
    this.#keep((kept) => ({ ...kept, kind: 'endpoint', ...event }));
  }

  #keep(made: (kept: Kept) => KeptEvent): void {
    this.#added++;
    this.#events.push(made({ id: this.#added, at: this.#now() }));
    if (this.#events.length > keptEvents) this.#events.shift();
    for (const listener of this.#listeners) listener();
  }

  #count(event: EndpointEvent): void {
    if (event.to === 'weight') return;
    const key = keyOf(event.pool, event.endpoint);
    const counts = this.#counts.get(key) ?? none;
    this.#counts.set(key, { ...counts, [event.to]: counts[event.to] + 1 });
  }

  /** How often the endpoint came into each state. */
  transitions(pool: string, endpoint: string): TransitionCounts {
    return this.#counts.get(keyOf(pool, endpoint)) ?? none;
  }
}

/** Names of pools have no blanks. */
const keyOf = (pool: string, endpoint: string): string => `${pool} ${endpoint}`;
