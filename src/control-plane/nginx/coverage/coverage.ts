// What became of every directive. Whatever nobody speaks of is found at the end and told as refused, so nothing is dropped in silence.
import type { Directive, Place } from '../language/directive.ts';
import { directiveText } from '../language/directive.ts';

/**
 * `translated`: Evenkeel does the same. `approximated`: nearly, and the note tells the difference. `refused`: Evenkeel does not do it, and the
 * note tells why. `unneeded`: it has no bearing on where requests go and what is answered. `default`: nobody wrote it, and nginx and Evenkeel
 * differ in what they do then.
 */
export type Verdict = 'translated' | 'approximated' | 'refused' | 'unneeded' | 'default';

export interface Entry {
  readonly verdict: Verdict;
  /** The directive as it is written; undefined for what concerns the file as a whole. */
  readonly directive: string | undefined;
  readonly place: Place;
  /** What it became, how that differs, or why there is nothing. */
  readonly note: string;
}

const severity: Readonly<Record<Verdict, number>> = { default: 0, unneeded: 0, translated: 1, approximated: 2, refused: 3 };

interface Judgement {
  verdict: Verdict;
  readonly notes: Map<string, Verdict>;
}

export class Coverage {
  readonly #judgements = new Map<Directive, Judgement>();
  readonly #general: Entry[] = [];

  translated(directive: Directive, note: string): void {
    this.#note(directive, 'translated', note);
  }

  approximated(directive: Directive, note: string): void {
    this.#note(directive, 'approximated', note);
  }

  refused(directive: Directive, note: string): void {
    this.#note(directive, 'refused', note);
  }

  unneeded(directive: Directive, note: string): void {
    this.#note(directive, 'unneeded', note);
  }

  /** Something that no directive stands for: a file that cannot be read, a default of nginx that nobody wrote. */
  general(entry: Omit<Entry, 'directive'>): void {
    this.#general.push({ ...entry, directive: undefined });
  }

  has(directive: Directive): boolean {
    return this.#judgements.has(directive);
  }

  /** In the order of the text; what concerns whole files comes first. */
  entries(directives: readonly Directive[]): readonly Entry[] {
    return [...this.#general, ...this.#entriesOf(directives)];
  }

  #entriesOf(directives: readonly Directive[]): readonly Entry[] {
    return directives.flatMap((directive) => {
      const judgement = this.#judgements.get(directive);
      if (judgement === undefined) return [];
      const notes = [...judgement.notes].filter(([, verdict]) => verdict === judgement.verdict).map(([note]) => note);
      const entry = { verdict: judgement.verdict, directive: directiveText(directive), place: directive.place, note: notes.join('; ') };
      return [entry, ...this.#entriesOf(directive.block ?? [])];
    });
  }

  #note(directive: Directive, verdict: Verdict, note: string): void {
    const judgement = this.#judgements.get(directive);
    if (judgement === undefined) {
      this.#judgements.set(directive, { verdict, notes: new Map([[note, verdict]]) });
      return;
    }
    judgement.notes.set(note, verdict);
    if (severity[verdict] > severity[judgement.verdict]) judgement.verdict = verdict;
  }
}
