// The contract of a probe: one question to an endpoint, answered by a pass, or by a reason in words for an operator.
// Members stand in probes/NAME.ts, one line each in probes.ts. When to ask, and what follows from the answers, is the prober's business.
import type { EndpointAddress } from '../../domain/endpoints/endpoint.ts';
import { failureText, isOwnShortage } from './failure-text.ts';

/** Whom to ask. */
export interface ProbeTarget {
  /** The endpoint's identity: its own address as text. */
  readonly id: string;
  /** What to connect to: the endpoint's address, or another port of its host. */
  readonly address: EndpointAddress;
}

export interface ProbeContext {
  /** Aborted when the time is up. The probe then closes all that it has opened; what it returns is no longer heard. */
  readonly signal: AbortSignal;
  /** Says what is waited for from here on, to stand behind "while": `connecting`. It completes the reason when the time is up. */
  readonly step: (text: string) => void;
}

/** What an endpoint says of itself beside being well: HAProxy's agent check. What is absent stays as it was. */
export interface Advice {
  /** Its weight as a share of the one in the document: 0.75 for "75%". */
  readonly share?: number;
  /** What it wants to be, until it says otherwise. `drain`: only sessions that it has. `maint`: nothing. */
  readonly state?: 'ready' | 'drain' | 'maint';
  /** Requests in flight that it takes at most. */
  readonly maxConnections?: number;
  /** What of the answer was not understood, for an operator. */
  readonly remark?: string;
}

/** `undefined`: the answer says neither that the endpoint is well nor that it is not, and counts for nothing. */
export type ProbeResult =
  | { readonly passed: true; readonly advice?: Advice }
  | { readonly passed: false; readonly reason: string; readonly advice?: Advice }
  | { readonly passed: undefined; readonly reason: string; readonly advice?: Advice };

/** A reason that a probe throws. Its message is a sentence without its full stop: `the answer was 503`. */
export class ProbeFailure extends Error {
  override readonly name = 'ProbeFailure';
}

export interface ProbeDefinition<Name extends string, Settings> {
  readonly name: Name;
  /** One sentence for documentation: what passes. */
  readonly summary: string;
  /** Asks once, and leaves nothing open. May throw a `ProbeFailure`, or what Node.js throws: both become the reason. */
  run(target: ProbeTarget, settings: Settings, context: ProbeContext): Promise<ProbeResult>;
}

/** As defined, but never rejects. */
export type Probe<Name extends string, Settings> = ProbeDefinition<Name, Settings>;

/** Keeps `Name` exact, so that the list of probes yields a union told apart by it. */
export function defineProbe<const Name extends string, Settings>(definition: ProbeDefinition<Name, Settings>): Probe<Name, Settings> {
  return {
    name: definition.name,
    summary: definition.summary,
    run: (target, settings, context) => settled(() => definition.run(target, settings, context)),
  };
}

async function settled(ask: () => Promise<ProbeResult>): Promise<ProbeResult> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ProbeFailure) return { passed: false, reason: error.message };
    // Without this a balancer short of descriptors would take all endpoints down at once.
    return { passed: isOwnShortage(error) ? undefined : false, reason: failureText(error) };
  }
}

export const pass: ProbeResult = { passed: true };
