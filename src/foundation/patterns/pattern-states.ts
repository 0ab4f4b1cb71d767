// Hot path. Whether a regular expression matches somewhere in a text: sets of places in its program are states, made when a text first
// leads to them (R. Cox, "Regular Expression Matching in the Wild", 2010). One look into a table for each character; no memory once the
// states that the texts lead to are there.
import { itemAt } from '../basics/item-at.ts';
import type { Program } from './pattern-program.ts';
import { PatternWalk } from './pattern-walk.ts';

/** More states than that are not kept: an expression made for that costs time in proportion, and no memory. */
const mostStates = 256;
const firstStates = 8;
const unknown = -1;
const latin = 256;

/** What is known of a state. */
const open = 0;
/** Whatever follows, it has matched. */
const matched = 1;
/** Whatever follows, it cannot match. */
const dead = 2;

interface State {
  readonly steps: readonly number[];
  /** Asked when a text ends here; worked out then. */
  matchesAtEnd: boolean | undefined;
}

export class StateMachine {
  readonly #program: Program;
  /** Characters of one class are the same to all steps: where each class but the first begins. */
  readonly #bounds: readonly number[];
  /** Of the first 256 codes, which all of a head are. */
  readonly #classes: Uint16Array;
  readonly #width: number;
  /** By state, and in it by class: the state that follows. */
  #next: Int32Array;
  readonly #verdicts = new Uint8Array(mostStates + 1);
  #states: State[] = [];
  #byKey = new Map<string, number>();
  #walk: PatternWalk | undefined = undefined;

  constructor(program: Program) {
    this.#program = program;
    this.#bounds = boundsOf(program);
    this.#classes = Uint16Array.from({ length: latin }, (_, code) => this.#classOf(code));
    this.#width = this.#bounds.length + 1;
    this.#next = new Int32Array(firstStates * this.#width);
    this.#begin();
  }

  test(text: string): boolean {
    const width = this.#width;
    let next = this.#next;
    let state = 0;
    for (let place = 0; place < text.length; place++) {
      const verdict = this.#verdicts[state] as number;
      if (verdict !== open) return verdict === matched;
      const code = text.charCodeAt(place);
      const kind = code < latin ? (this.#classes[code] as number) : this.#classOf(code);
      const following = next[state * width + kind] as number;
      if (following !== unknown) {
        state = following;
        continue;
      }
      // States that a text leads to for the first time are made for the next one; a text that needs more of them is walked to its end.
      if (this.#states.length >= mostStates) return this.#walkOn(text, place, state);
      state = this.#follow(state, kind);
      next = this.#next;
    }
    return this.#verdicts[state] === matched || this.#atEnd(state, text.length === 0);
  }

  #begin(): void {
    this.#states = [];
    this.#byKey = new Map();
    this.#stateOf(this.#closure([0], true, false));
  }

  /** The next text begins with no states, so that it does not have to do without. */
  #walkOn(text: string, place: number, state: number): boolean {
    const { steps } = itemAt(this.#states, state);
    this.#begin();
    this.#walk ??= new PatternWalk(this.#program);
    return this.#walk.matches(text, place, steps);
  }

  #classOf(code: number): number {
    let low = 0;
    let high = this.#bounds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (itemAt(this.#bounds, middle) <= code) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #follow(from: number, kind: number): number {
    // Any code of the class stands for all of them.
    const code = kind === 0 ? 0 : itemAt(this.#bounds, kind - 1);
    const after = itemAt(this.#states, from).steps.filter((at) => this.#takes(at, code));
    // A match may also begin behind this character.
    const steps = this.#closure([...after.map((at) => at + 1), 0], false, false);
    const state = this.#stateOf(steps);
    this.#next[from * this.#width + kind] = state;
    return state;
  }

  #takes(at: number, code: number): boolean {
    const step = itemAt(this.#program.steps, at);
    return step.kind === 'codes' && step.ranges.some(([from, to]) => code >= from && code <= to);
  }

  #stateOf(steps: readonly number[]): number {
    const key = steps.join();
    const existing = this.#byKey.get(key);
    if (existing !== undefined) return existing;
    const state = this.#states.push({ steps, matchesAtEnd: undefined }) - 1;
    this.#byKey.set(key, state);
    this.#makeRoom();
    this.#next.fill(unknown, state * this.#width, (state + 1) * this.#width);
    this.#verdicts[state] = steps.length === 0 ? dead : this.#hasMatched(steps) ? matched : open;
    return state;
  }

  #makeRoom(): void {
    if (this.#states.length * this.#width <= this.#next.length) return;
    const larger = new Int32Array(2 * this.#next.length);
    larger.set(this.#next);
    this.#next = larger;
  }

  #hasMatched(steps: readonly number[]): boolean {
    return steps.includes(this.#program.steps.length - 1);
  }

  #atEnd(place: number, isStart: boolean): boolean {
    // Of an empty text both edges are at the same place; no other text ends where it begins.
    if (isStart) return this.#hasMatched(this.#closure([0], true, true));
    const state = itemAt(this.#states, place);
    state.matchesAtEnd ??= this.#hasMatched(this.#closure(state.steps, false, true));
    return state.matchesAtEnd;
  }

  /** Steps that can be come to without a character; those that take one, `$` and the match are kept, in order. */
  #closure(first: readonly number[], isStart: boolean, isEnd: boolean): readonly number[] {
    const seen = new Set<number>();
    const waiting = [...first];
    const kept: number[] = [];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      const step = itemAt(this.#program.steps, at);
      if (step.kind === 'fork') waiting.push(step.first, step.second);
      else if (step.kind === 'jump') waiting.push(step.to);
      else if (step.kind === 'mark') waiting.push(at + 1);
      else if (step.kind === 'edge' && (step.atEnd ? isEnd : isStart)) waiting.push(at + 1);
      else if (step.kind !== 'edge' || step.atEnd) kept.push(at);
    }
    return kept.sort((one, other) => one - other);
  }
}

function boundsOf({ steps }: Program): readonly number[] {
  const bounds = new Set<number>();
  for (const step of steps) {
    if (step.kind !== 'codes') continue;
    for (const [from, to] of step.ranges) bounds.add(from).add(to + 1);
  }
  bounds.delete(0);
  return [...bounds].sort((one, other) => one - other);
}
