// Everything that passes between the supervisor and a worker: what the worker is born with, and one union of messages.
// Figures do not pass this way; they stand on the scoreboard, which both see.
import type { BreakerNews } from '../../data-plane/serving/breaker-news.ts';
import type { BoundListener, NextDocument, StagedPools } from '../../data-plane/serving/data-plane.ts';
import type { SharedState } from '../../data-plane/serving/shared-state.ts';
import type { SheddingNews } from '../../data-plane/serving/shedding-news.ts';
import type { Places } from '../../domain/endpoints/places.ts';
import type { ScoreboardShape } from '../../domain/endpoints/scoreboard.ts';
import type { Document } from '../configuration/document.ts';

/** Given to the thread as `workerData`. Plain data: it is cloned on its way, except for the blocks of shared memory behind `board` and `shared`. */
export interface WorkerBirth {
  readonly document: Pick<Document, 'listeners' | 'pools' | 'overload'>;
  readonly board: { readonly shape: ScoreboardShape; readonly buffer: SharedArrayBuffer };
  readonly places: Places;
  readonly shared: SharedState;
  /** This worker's number, from 0: its rows on the scoreboard. A replacement has the number of the one that died. */
  readonly worker: number;
  readonly workers: number;
}

export type ToSupervisor =
  /** Every listener is bound; clients are served from now on. Sent once. */
  | { readonly kind: 'listening'; readonly bound: readonly BoundListener[] }
  /** A listener could not be bound, and the worker leaves. `reason` is written for an operator. */
  | { readonly kind: 'refused'; readonly reason: string }
  | WorkerNews
  | Done;

/** What an operator should hear of. */
export type WorkerNews = PolicyFault | Shedding | BreakerChange;

/** A policy of the user's own failed so many times, as `reason` says of the latest; traffic went on without it. At most one a second for each pool. */
export interface PolicyFault {
  readonly kind: 'policy-fault';
  readonly pool: string;
  readonly reason: string;
  readonly count: number;
}

/** It begins to refuse requests because it has too much to do, or that is over. */
export interface Shedding extends SheddingNews {
  readonly kind: 'shedding';
}

/** A breaker opened, or is closed again. */
export interface BreakerChange extends BreakerNews {
  readonly kind: 'breaker';
}

/** Answers one of the steps of a change, which come one at a time. `bound` of `prepare`; `fault` where it could not be done, for an operator. */
export interface Done {
  readonly kind: 'done';
  readonly bound: readonly BoundListener[];
  readonly fault: string | undefined;
}

export type ToWorker =
  /** Finish what is begun, begin nothing, and leave with exit code 0 when nothing is open any more. */
  { readonly kind: 'drain' } | ChangeStep;

/** The steps by which a worker comes to serve another document: `stage` for some pools at a time, `prepare`, and then `commit` or `discard`. */
export type ChangeStep =
  | { readonly kind: 'stage'; readonly staged: Omit<StagedPools, 'ownPolicies'> }
  | { readonly kind: 'prepare'; readonly next: NextDocument }
  | { readonly kind: 'commit' }
  | { readonly kind: 'discard' };
