// What is known of one endpoint's health, and what follows: it is well when its probe passes (where it has one) and it is not ejected.
import { Ejection } from '../../domain/health/ejection.ts';

export type ProbedAs = 'up' | 'down' | 'checking';

export interface EjectionCause {
  readonly begin: (ejection: Ejection) => void;
  readonly mayEndOnPass: boolean;
}

/** By what an endpoint is judged. */
export interface JudgedBy {
  readonly probe: boolean;
  readonly agent: boolean;
  readonly ejections: boolean;
}

/** Who can speak against an endpoint. */
type Voice = 'probe' | 'agent' | 'traffic';

export class EndpointHealth {
  readonly ejection = new Ejection();
  /** undefined for an endpoint that no probe asks. */
  #probed: ProbedAs | undefined;
  /** What speaks against it, and why, whoever spoke first in front. Absent when nobody does, for of many thousands most are well. */
  #against: Map<Voice, string> | undefined = undefined;
  /** Why it came to be well. */
  #reasonWell = '';
  #changedAt: number;
  #ejections = 0;
  #mayEndOnPass = false;

  constructor(probed: ProbedAs | undefined, now: number) {
    this.#probed = probed;
    this.#changedAt = now;
    if (probed === 'checking') this.#against = new Map([['probe', 'no probe has passed yet']]);
  }

  get isWell(): boolean {
    return this.#against === undefined;
  }

  get probed(): ProbedAs | undefined {
    return this.#probed;
  }

  /** Why it is not well, or why it is again, for an operator. What does not speak against it any more is no reason. */
  get reason(): string {
    const [first = this.#reasonWell] = this.#against?.values() ?? [];
    return first;
  }

  /** When it became what it is, by the clock of the workers. */
  get changedAt(): number {
    return this.#changedAt;
  }

  get ejections(): number {
    return this.#ejections;
  }

  probedAs(state: ProbedAs, reason: string, now: number): void {
    this.#probed = state;
    this.#hear('probe', state === 'up', reason, now);
  }

  agentSays(state: 'up' | 'down', reason: string, now: number): void {
    this.#hear('agent', state === 'up', reason, now);
  }

  /** Another document is in force: what nobody judges it by any more is forgotten. */
  keepOnly({ probe, agent, ejections }: JudgedBy, now: number): void {
    const reason = 'the document does not have it judged that way any more';
    if (!probe) {
      this.#probed = undefined;
      this.#hear('probe', true, reason, now);
    }
    if (!agent) this.#hear('agent', true, reason, now);
    if (!ejections) this.endEjection(reason, now);
  }

  /** Sets it aside; `begin` is the ejection's own. `mayEndOnPass`: what a probe finds out speaks against the reason. */
  eject(reason: string, now: number, { begin, mayEndOnPass }: EjectionCause): void {
    this.#ejections++;
    this.#mayEndOnPass = mayEndOnPass;
    begin(this.ejection);
    this.#hear('traffic', false, reason, now);
  }

  get endsOnPass(): boolean {
    return this.ejection.isEjected && this.#mayEndOnPass;
  }

  /** Its time is over, or a probe passed. */
  endEjection(reason: string, now: number): void {
    this.ejection.end(now);
    this.#hear('traffic', true, reason, now);
  }

  #hear(voice: Voice, isFine: boolean, reason: string, now: number): void {
    const wasWell = this.isWell;
    if (!isFine) {
      this.#against ??= new Map();
      this.#against.set(voice, reason);
    } else if (this.#against?.delete(voice) === true && this.#against.size === 0) this.#against = undefined;
    if (this.isWell === wasWell) return;
    if (this.isWell) this.#reasonWell = reason;
    this.#changedAt = now;
  }
}
