// The contract of a source of endpoints: something that can be asked, again and again, which endpoints there are. It says what it found or why it
// could not; when it is asked, what is believed of it and what becomes of it is decided elsewhere.
import type { SourceKind, SourceSettings } from '../../domain/traffic/discover-settings.ts';
import { thrownText } from '../../foundation/basics/thrown.ts';
import type { Milliseconds } from '../../foundation/basics/units.ts';

/** An answer without entries is one, too: that there are no endpoints. */
export type Answer =
  | {
      readonly kind: 'found';
      /** As a document writes them under `endpoints`: checked by whoever asked. */
      readonly entries: readonly unknown[];
      /** How long that holds, where the source knows. */
      readonly validFor?: Milliseconds;
    }
  /** Nothing has changed since it was found last. */
  | { readonly kind: 'same' }
  /** Somebody is just writing it. */
  | { readonly kind: 'unfinished' }
  /** In words for an operator, without a full stop. */
  | { readonly kind: 'failed'; readonly reason: string };

/** One place that is asked. Lives as long as its settings stay what they are. */
export interface Source {
  /** One question at a time. Never rejects, and answers soon once the signal is given, whatever it says then. */
  ask(signal: AbortSignal): Promise<Answer>;
}

export interface SourceDefinition<Kind extends SourceKind> {
  readonly kind: Kind;
  /** How often it is asked where neither the document nor the answer says so. */
  readonly usualEvery: Milliseconds;
  /** Asking costs nobody anything: it is not asked more seldom while it fails. */
  readonly isNear: boolean;
  /** For people: `dns web.internal:8080`. Without what is not to be shown. */
  name(settings: SettingsOf<Kind>): string;
  open(settings: SettingsOf<Kind>): Source;
}

type SettingsOf<Kind extends SourceKind> = Extract<SourceSettings, { kind: Kind }>;

/** Keeps `Kind` exact, so that each source is given the settings of its own. */
export function defineSource<const Kind extends SourceKind>(definition: SourceDefinition<Kind>): SourceDefinition<Kind> {
  return definition;
}

export const failed = (reason: string): Answer => ({ kind: 'failed', reason });

/** What was thrown is told on one line. */
export const failedBy = (thrown: unknown): Answer => failed(thrownText(thrown).replace(/^Error: /, ''));
