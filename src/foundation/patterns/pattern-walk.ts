// The rest of a text for which no states are kept: all ways through the program are followed at once, as for captures, without asking which way
// led there. Several times as quick as making states that nobody comes to again.
import type { Program, Step } from './pattern-program.ts';

export class PatternWalk {
  readonly #steps: readonly Step[];
  #now: Int32Array;
  #next: Int32Array;
  #count = 0;
  readonly #waiting: Int32Array;
  /** By step, when it was come to last. */
  readonly #seen: Int32Array;
  #turn = 0;
  #hasMatched = false;

  constructor({ steps }: Program) {
    this.#steps = steps;
    this.#now = new Int32Array(steps.length);
    this.#next = new Int32Array(steps.length);
    // Each step is come to once in a turn and leaves two at most.
    this.#waiting = new Int32Array(2 * steps.length + 1);
    this.#seen = new Int32Array(steps.length);
  }

  /** Whether it matches in the text, of which what stands before `place` has led to these steps. */
  matches(text: string, place: number, steps: readonly number[]): boolean {
    this.#begin();
    for (const step of steps) this.#come(step, false);
    for (let at = place; at < text.length && !this.#hasMatched; at++) this.#advance(text.charCodeAt(at));
    if (!this.#hasMatched) this.#end();
    return this.#hasMatched;
  }

  #begin(): void {
    this.#turn = 1;
    this.#seen.fill(0);
    this.#count = 0;
    this.#hasMatched = false;
  }

  #advance(code: number): void {
    const count = this.#turnOver();
    for (let way = 0; way < count; way++) {
      // The place is in range, which the compiler cannot see.
      const at = this.#now[way] as number;
      if (takes(this.#steps[at] as Step, code)) this.#come(at + 1, false);
    }
    // A match may also begin behind this character.
    this.#come(0, false);
  }

  /** Only now those lead on that wait for the end. */
  #end(): void {
    const count = this.#turnOver();
    for (let way = 0; way < count; way++) this.#come(this.#now[way] as number, true);
  }

  /** How many ways lead on from what was come to. */
  #turnOver(): number {
    const came = this.#next;
    this.#next = this.#now;
    this.#now = came;
    const count = this.#count;
    this.#count = 0;
    this.#turn++;
    return count;
  }

  #come(first: number, isEnd: boolean): void {
    const waiting = this.#waiting;
    let top = 0;
    waiting[top++] = first;
    while (top > 0) {
      const at = waiting[--top] as number;
      if (this.#seen[at] === this.#turn) continue;
      this.#seen[at] = this.#turn;
      const step = this.#steps[at] as Step;
      if (step.kind === 'codes') this.#next[this.#count++] = at;
      else if (step.kind === 'fork') {
        waiting[top++] = step.first;
        waiting[top++] = step.second;
      } else if (step.kind === 'jump') waiting[top++] = step.to;
      else if (step.kind === 'mark') waiting[top++] = at + 1;
      else if (step.kind === 'match') this.#hasMatched = true;
      else if (step.atEnd && isEnd) waiting[top++] = at + 1;
      // A `^` leads nowhere behind the first character.
      else if (step.atEnd) this.#next[this.#count++] = at;
    }
  }
}

function takes(step: Step, code: number): boolean {
  if (step.kind !== 'codes') return false;
  for (const [from, to] of step.ranges) if (code >= from && code <= to) return true;
  return false;
}
