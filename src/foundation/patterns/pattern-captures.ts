// Where a regular expression matches, and its groups: all ways are followed at once, the preferred first, so the time is linear in the text.
import { itemAt } from '../basics/item-at.ts';
import type { Program } from './pattern-program.ts';

/** A match. */
export interface Found {
  readonly start: number;
  /** The whole match and its groups, undefined for one that took no part. */
  readonly groups: readonly (string | undefined)[];
}

/** Ways that have come to the same place in the text, in the order of preference, each with the places that it has marked. */
class Ways {
  readonly steps: Int32Array;
  readonly marks: Int32Array[];
  count = 0;
  readonly #seen: Int32Array;
  #turn = 0;

  constructor(size: number, slots: number) {
    this.steps = new Int32Array(size);
    this.marks = Array.from({ length: size }, () => new Int32Array(slots));
    this.#seen = new Int32Array(size).fill(-1);
  }

  clear(): void {
    this.count = 0;
    this.#turn++;
  }

  /** False when a way that is preferred has come to this step already. */
  visit(step: number): boolean {
    if (this.#seen[step] === this.#turn) return false;
    this.#seen[step] = this.#turn;
    return true;
  }
}

const nothing = -1;

export class CaptureMachine {
  readonly #program: Program;
  readonly #slots: number;
  #now: Ways;
  #next: Ways;
  readonly #fresh: Int32Array;
  #text = '';

  constructor(program: Program) {
    this.#program = program;
    this.#slots = 2 * program.groups.length;
    this.#now = new Ways(program.steps.length, this.#slots);
    this.#next = new Ways(program.steps.length, this.#slots);
    this.#fresh = new Int32Array(this.#slots);
  }

  /** undefined when there is no match. */
  find(text: string): Found | undefined {
    this.#text = text;
    this.#now.clear();
    let found: Int32Array | undefined;
    for (let place = 0; place <= text.length; place++) {
      // A way that begins later is worth less than all that began before; once one has matched, none begins any more.
      if (found === undefined) {
        this.#fresh.fill(nothing);
        this.#fresh[0] = place;
        this.#add(this.#now, 0, place, this.#fresh);
      }
      found = this.#advance(place) ?? found;
      if (this.#now.count === 0 && found !== undefined) break;
    }
    return found === undefined ? undefined : { start: found[0] ?? 0, groups: this.#textsOf(found) };
  }

  /** Over one character. Gives the marks of the most preferred way that has matched here. */
  #advance(place: number): Int32Array | undefined {
    const now = this.#now;
    const next = this.#next;
    next.clear();
    const code = place < this.#text.length ? this.#text.charCodeAt(place) : nothing;
    let found: Int32Array | undefined;
    for (let way = 0; way < now.count && found === undefined; way++) {
      const at = now.steps[way] as number;
      const step = itemAt(this.#program.steps, at);
      const marks = itemAt(now.marks, way);
      // What follows in the order is worth less.
      if (step.kind === 'match') found = marks.slice().fill(place, 1, 2);
      else if (step.kind === 'codes' && step.ranges.some(([from, to]) => code >= from && code <= to))
        this.#add(next, at + 1, place + 1, marks);
    }
    this.#now = next;
    this.#next = now;
    return found;
  }

  /** Follows steps that take no character. */
  #add(ways: Ways, first: number, place: number, marks: Int32Array): void {
    // A stack of our own: a long choice would make a deep one of the language's.
    const steps = [first];
    const kept = [marks];
    for (let at = steps.pop(); at !== undefined; at = steps.pop()) {
      const own = kept.pop() ?? marks;
      if (!ways.visit(at)) continue;
      const step = itemAt(this.#program.steps, at);
      if (step.kind === 'fork') {
        steps.push(step.second, step.first);
        kept.push(own, own);
      } else if (step.kind === 'jump') {
        steps.push(step.to);
        kept.push(own);
      } else if (step.kind === 'mark') {
        steps.push(at + 1);
        kept.push(own.slice().fill(place, step.slot, step.slot + 1));
      } else if (step.kind === 'edge') {
        if (place !== (step.atEnd ? this.#text.length : 0)) continue;
        steps.push(at + 1);
        kept.push(own);
      } else {
        ways.steps[ways.count] = at;
        itemAt(ways.marks, ways.count++).set(own);
      }
    }
  }

  #textsOf(marks: Int32Array): readonly (string | undefined)[] {
    return this.#program.groups.map((_, group) => {
      const [from = nothing, to = nothing] = marks.subarray(2 * group, 2 * group + 2);
      return from < 0 || to < 0 ? undefined : this.#text.slice(from, to);
    });
  }
}
