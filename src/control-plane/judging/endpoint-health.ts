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

export class EndpointHealth {
  readonly ejection = new Ejection();
  /** undefined for an endpoint that no probe asks. */
  #probed: ProbedAs | undefined;
  /** Why it is not well, or why it is again, for an operator. */
  #reason = '';
  #changedAt: number;
  #ejections = 0;
  #mayEndOnPass = false;
  #agentSaysDown = false;

  constructor(probed: ProbedAs | undefined, now: number) {
    this.#probed = probed;
    this.#changedAt = now;
    if (probed === 'checking') this.#reason = 'no probe has passed yet';
  }

  get isWell(): boolean {
    return (this.#probed === undefined || this.#probed === 'up') && !this.#agentSaysDown && !this.ejection.isEjected;
  }

  get probed(): ProbedAs | undefined {
    return this.#probed;
  }

  get reason(): string {
    return this.#reason;
  }

  /** When it became what it is, by the clock of the workers. */
  get changedAt(): number {
    return this.#changedAt;
  }

  get ejections(): number {
    return this.#ejections;
  }

  probedAs(state: ProbedAs, reason: string, now: number): void {
    this.#note(reason, now, () => {
      this.#probed = state;
    });
  }

  agentSays(state: 'up' | 'down', reason: string, now: number): void {
    this.#note(reason, now, () => {
      this.#agentSaysDown = state === 'down';
    });
  }

  /** Another document is in force: what nobody judges it by any more is forgotten. */
  keepOnly({ probe, agent, ejections }: JudgedBy, now: number): void {
    this.#note('the document does not have it judged that way any more', now, () => {
      if (!probe) this.#probed = undefined;
      if (!agent) this.#agentSaysDown = false;
      if (!ejections && this.ejection.isEjected) this.ejection.end(now);
    });
  }

  /** Sets it aside; `begin` is the ejection's own. `mayEndOnPass`: what a probe finds out speaks against the reason. */
  eject(reason: string, now: number, { begin, mayEndOnPass }: EjectionCause): void {
    this.#ejections++;
    this.#mayEndOnPass = mayEndOnPass;
    this.#note(reason, now, () => begin(this.ejection));
  }

  get endsOnPass(): boolean {
    return this.ejection.isEjected && this.#mayEndOnPass;
  }

  /** Its time is over, or a probe passed. */
  endEjection(reason: string, now: number): void {
    this.#note(reason, now, () => this.ejection.end(now));
  }

  /** A reason is that of the last change; what changes nothing gives none. */
  #note(reason: string, now: number, change: () => void): void {
    const wasWell = this.isWell;
    change();
    if (this.isWell === wasWell) return;
    this.#reason = reason;
    this.#changedAt = now;
  }
}
