// What Evenkeel says of itself: GET /api/v1/status, asked again and again, with the last few seconds kept to tell rates from.

/** The part of Evenkeel's answer that the display shows. */
export interface Status {
  readonly state: string;
  readonly totals: { readonly exchanges: number; readonly status5xx: number };
  readonly pools: readonly { readonly policy: string; readonly endpoints: readonly EndpointStatus[] }[];
}

export interface EndpointStatus {
  readonly id: string;
  readonly inFlight: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly retries: number;
  readonly latency: { readonly p50: number; readonly p99: number };
}

export interface StatusSample {
  readonly at: number;
  readonly status: Status;
}

/** Rates are taken over this many milliseconds: short enough to see traffic move, long enough to be steady. */
const remembered = 4000;

export class StatusSource {
  readonly #url: string;
  #samples: readonly StatusSample[];

  constructor(adminPort: number) {
    this.#url = `http://127.0.0.1:${adminPort}/api/v1/status`;
    this.#samples = [];
  }

  /** Oldest first. Empty while Evenkeel does not answer. */
  get samples(): readonly StatusSample[] {
    return this.#samples;
  }

  async ask(): Promise<void> {
    try {
      const response = await fetch(this.#url, { signal: AbortSignal.timeout(2000) });
      // Evenkeel's own contract; what is missing shows as a dash.
      this.#samples = remember(this.#samples, { at: Date.now(), status: (await response.json()) as Status });
    } catch {
      this.#samples = [];
    }
  }
}

/** Adds a sample and drops what is too old. One that counts from the beginning again comes from a new process: what was before it goes. */
export function remember(samples: readonly StatusSample[], next: StatusSample): readonly StatusSample[] {
  const last = samples.at(-1);
  if (last && last.status.totals.exchanges > next.status.totals.exchanges) return [next];
  return [...samples.filter(({ at }) => next.at - at <= remembered), next];
}
