// Hot path. Stops asking an endpoint or a pool that fails (M. Nygard, "Release It!"): closed, open for a time that grows, then half open for a
// few trials, twice as many if these succeed, and so on until it closes. It lives in shared words, so that all workers see one breaker and
// trials are counted for all of them together. Nothing is locked; every change is one exchange of one word, which one worker wins.
import type { Random } from '../../foundation/basics/random.ts';
import type { BreakerRules } from './breaker-rules.ts';
import { SharedWindow, sharedWindowWords } from './shared-window.ts';

export const breakerState = { closed: 0, open: 1, halfOpen: 2 } as const;

/** Told by the worker that changed the state, by `breakerState`. */
export type OnChange = (from: number, to: number) => void;

/** The ticket of a call that may not be made. */
export const notAdmitted = -1;

// The first word says all that changes in one step: the state in the lowest bits, the round of trials, how often it opened in a row, and a
// number that grows with each change. What was begun before a change does not count after it.
const controlAt = 0;
/** The number of the change in the upper half, then trials that were given and trials that succeeded. */
const trialsAt = 1;
// A word for changes with even and one for changes with odd numbers: who is late writes for a change that is over. And of the two that strive
// for one change, who wants another state than the winner has written elsewhere.
const openUntilAt = 2;
const halfOpenUntilAt = 4;
const closedSinceAt = 6;
const windowsAt = 16;

/** How many words of shared memory a breaker takes. Zeros at the start, which is closed. */
export const breakerWords = windowsAt + 3 * sharedWindowWords;

const slices = 10;
/** Trials of one round fit into eight bits. */
const mostTrials = 255;
const lastNumber = 0xffff;
const mostLevel = 31;
const mostTries = 64;

/** The state of the breaker in these words, by `breakerState`, for who looks at it from outside. */
export const breakerStateIn = (words: Int32Array): number => stateOf(Atomics.load(words, controlAt));

const stateOf = (control: number): number => control & 3;
const roundOf = (control: number): number => (control >>> 2) & 15;
const levelOf = (control: number): number => (control >>> 6) & mostLevel;
const numberOf = (control: number): number => (control >>> 11) & lastNumber;
const controlOf = (state: number, round: number, level: number, number: number): number =>
  state | (round << 2) | (level << 6) | ((number & lastNumber) << 11);

/**
 * Trials of a dead worker never end, and no others would be given until the breaker has been half open for its longest. Whose trials are
 * whose nobody knows: all are given anew, and those that are on count for nothing. To be called when the worker cannot write any more.
 */
export function releaseTrials(words: Int32Array): void {
  const seen = Atomics.load(words, controlAt);
  if (stateOf(seen) !== breakerState.halfOpen) return;
  const number = (numberOf(seen) + 1) & lastNumber;
  const until = Atomics.load(words, halfOpenUntilAt + (numberOf(seen) & 1));
  Atomics.store(words, halfOpenUntilAt + (number & 1), until);
  Atomics.compareExchange(words, controlAt, seen, controlOf(breakerState.halfOpen, roundOf(seen), levelOf(seen), number));
}

export class CircuitBreaker {
  readonly #rules: BreakerRules;
  readonly #words: Int32Array;
  readonly #random: Random;
  readonly #onChange: OnChange | undefined;
  readonly #slice: number;
  readonly #calls: SharedWindow;
  readonly #failures: SharedWindow;
  readonly #slow: SharedWindow;

  constructor(rules: BreakerRules, words: Int32Array, random: Random, onChange?: OnChange) {
    this.#rules = rules;
    this.#words = words;
    this.#random = random;
    this.#onChange = onChange;
    this.#slice = rules.window / slices;
    this.#calls = new SharedWindow(words, windowsAt);
    this.#failures = new SharedWindow(words, windowsAt + sharedWindowWords);
    this.#slow = new SharedWindow(words, windowsAt + 2 * sharedWindowWords);
  }

  get state(): number {
    return stateOf(Atomics.load(this.#words, controlAt));
  }

  /** Milliseconds for which no call is admitted at all; 0 where one is, or may be as soon as a trial has ended. */
  shutFor(now: number): number {
    const control = Atomics.load(this.#words, controlAt);
    if (stateOf(control) !== breakerState.open) return 0;
    return Math.max(0, (Atomics.load(this.#words, openUntilAt + (numberOf(control) & 1)) - (now | 0)) | 0);
  }

  /** Whether a call might be admitted now. Changes nothing. Here and below: milliseconds of a clock that all workers share. */
  mightAdmit(now: number): boolean {
    const control = Atomics.load(this.#words, controlAt);
    if (stateOf(control) === breakerState.closed || this.#isOver(control, now)) return true;
    return stateOf(control) === breakerState.halfOpen && this.#given(control) < this.#trialsOf(control);
  }

  /** The ticket of a call, to be handed back once with its end; -1 for one that may not be made. */
  admit(now: number): number {
    for (let tries = 0; tries < mostTries; tries++) {
      const control = Atomics.load(this.#words, controlAt);
      const state = stateOf(control);
      if (state === breakerState.closed) return numberOf(control) << 1;
      // Trials whose end is never told, for their worker died, do not keep it half open for ever: others are made in their place.
      if (this.#isOver(control, now)) this.#change(control, breakerState.halfOpen, roundIf(state, control), now);
      else if (state === breakerState.open) return notAdmitted;
      else return this.#giveTrial(control);
    }
    return notAdmitted;
  }

  /** A call is over: whether it failed, and how long it took. */
  end(ticket: number, failed: boolean, took: number, now: number): void {
    const control = Atomics.load(this.#words, controlAt);
    if (numberOf(control) !== ticket >>> 1) return;
    const slow = took >= this.#rules.slowAfter;
    if ((ticket & 1) === 0) this.#judge(control, failed, slow, now);
    else if (failed || slow) this.#change(control, breakerState.open, 0, now);
    else this.#succeed(control, now);
  }

  /**
   * A call was ended from this side before the other one had answered, because the client left, say. If it was slow by then, that is all there is
   * to know; else it tells nothing, and a trial is given to another one.
   */
  abandon(ticket: number, took = 0, now = 0): void {
    if (took >= this.#rules.slowAfter) this.end(ticket, false, took, now);
    else if ((ticket & 1) === 1) this.#addToTrials(ticket >>> 1, -oneGiven, 0);
  }

  #judge(control: number, failed: boolean, slow: boolean, now: number): void {
    const slice = this.#sliceOf(now);
    this.#calls.add(slice);
    if (failed) this.#failures.add(slice);
    if (slow) this.#slow.add(slice);
    if (!failed && !slow) return;

    const { leastCalls, failures, slow: slowShare } = this.#rules;
    const since = this.#words[closedSinceAt + (numberOf(control) & 1)] as number;
    // What failed before it closed again is forgiven, and with it the slice in which that was. Before the first change there was none.
    const isYoung = numberOf(control) > 0 && ((slice - slices - since) | 0) < 0;
    const from = isYoung ? since + 1 : slice - slices + 1;
    const calls = this.#calls.sum(from, slice);
    if (calls < leastCalls || calls === 0) return;
    const isBad = this.#failures.sum(from, slice) >= failures * calls || this.#slow.sum(from, slice) >= slowShare * calls;
    if (isBad) this.#change(control, breakerState.open, 0, now);
  }

  #giveTrial(control: number): number {
    const number = numberOf(control);
    const given = this.#addToTrials(number, oneGiven, this.#trialsOf(control));
    return given === 0 ? notAdmitted : (number << 1) | 1;
  }

  #succeed(control: number, now: number): void {
    const trials = this.#addToTrials(numberOf(control), oneSucceeded, mostTrials);
    if ((trials & mostTrials) < this.#trialsOf(control)) return;
    const round = roundOf(control) + 1;
    if (round < this.#rules.rounds) this.#change(control, breakerState.halfOpen, round, now);
    else this.#change(control, breakerState.closed, 0, now);
  }

  /** The new word of trials, or 0 if nothing was changed: the count is full, or there was a change meanwhile. */
  #addToTrials(number: number, amount: number, most: number): number {
    for (let tries = 0; tries < mostTries; tries++) {
      const seen = Atomics.load(this.#words, trialsAt);
      const isOurs = seen >>> 16 === number;
      // A word of an earlier change is empty for this one; one of a later change is left alone.
      if (!isOurs && isBefore(number, seen >>> 16)) return 0;
      const before = isOurs ? seen : number << 16;
      const given = (before >>> 8) & mostTrials;
      if (amount === oneGiven && given >= most) return 0;
      if (amount === -oneGiven && (!isOurs || given === 0)) return 0;
      const next = (before + amount) | 0;
      if (Atomics.compareExchange(this.#words, trialsAt, seen, next) === seen) return next;
    }
    return 0;
  }

  /** Changes what was seen into the next state, unless another did. Times are written before: who sees the state finds its times. */
  #change(seen: number, to: number, round: number, now: number): void {
    const number = (numberOf(seen) + 1) & lastNumber;
    const from = stateOf(seen);
    const reopens = from === breakerState.halfOpen && to === breakerState.open;
    const level = to === breakerState.closed || from === breakerState.closed ? 0 : Math.min(mostLevel, levelOf(seen) + (reopens ? 1 : 0));
    this.#writeTime(to, number & 1, level, now);
    const next = controlOf(to, round, level, number);
    if (Atomics.compareExchange(this.#words, controlAt, seen, next) === seen && from !== to) this.#onChange?.(from, to);
  }

  #writeTime(to: number, parity: number, level: number, now: number): void {
    const { open, mostOpen } = this.#rules;
    if (to === breakerState.closed) {
      Atomics.store(this.#words, closedSinceAt + parity, this.#sliceOf(now));
    } else if (to === breakerState.open) {
      const lasts = Math.min(mostOpen, open * 2 ** level) * (0.5 + this.#random());
      Atomics.store(this.#words, openUntilAt + parity, (now + lasts) | 0);
    } else {
      Atomics.store(this.#words, halfOpenUntilAt + parity, (now + mostOpen) | 0);
    }
  }

  #isOver(control: number, now: number): boolean {
    const at = stateOf(control) === breakerState.open ? openUntilAt : halfOpenUntilAt;
    const until = Atomics.load(this.#words, at + (numberOf(control) & 1));
    return (((now | 0) - until) | 0) >= 0;
  }

  #given(control: number): number {
    const trials = Atomics.load(this.#words, trialsAt);
    return trials >>> 16 === numberOf(control) ? (trials >>> 8) & mostTrials : 0;
  }

  #trialsOf(control: number): number {
    return Math.min(mostTrials, this.#rules.trials << roundOf(control));
  }

  #sliceOf(now: number): number {
    return Math.floor(now / this.#slice) | 0;
  }
}

const oneGiven = 1 << 8;
const oneSucceeded = 1;

/** The round that goes on if the breaker was half open already; a new one otherwise. */
const roundIf = (state: number, control: number): number => (state === breakerState.halfOpen ? roundOf(control) : 0);

/** Whether one number of a change is before another; they begin anew after 16 bits. */
const isBefore = (one: number, other: number): boolean => ((other - one) & lastNumber) < 0x8000;
