// Hot path. A table in shared memory from the 64-bit hash of a key to a small number, which all threads read and write without waiting.
// Buckets of eight entries; the one unused for the longest makes place in a full one. An entry is forgotten `lifetime` after its last use.
// Readers never lock: the key of an entry changes only while its version is odd (a sequence lock: H.-J. Boehm, "Can Seqlocks Get Along With
// Programming Language Memory Models?", MSPC 2012). Writers try to lock the bucket and give up if they cannot: it is a memory, not a store.
import type { Milliseconds } from '../basics/units.ts';

export interface SharedTableShape {
  /** How many entries it is made for. When it holds so many, one in a hundred has lost its place. */
  readonly capacity: number;
  /** Up to 49 days. */
  readonly lifetime: Milliseconds;
}

/** What `get` and `touch` return for a key that is not there. */
const absent = -1;

const entriesOfBucket = 8;
/** Half full on average when it holds what it is made for: few buckets overflow then. */
const expectedInBucket = 4;

// A bucket in 32-bit words: three cache lines, with each field of its eight entries in a row. An entry is known by where its low word is.
// Reads are plain where the lock is held or an atomic one follows, which costs a call. Casts say that an index is in range.
const bucketWords = 48;
/** The number of the owner who is writing, or 0. */
const lockAt = 0;
const lowsAt = 8;
const toHigh = 8;
/** The value and one, so that 0 is an empty entry. */
const toValue = 16;
const toStamp = 24;
const toVersion = 32;

const unlocked = 0;
const empty = 0;
/** About a microsecond: a writer that runs is done by then. One that the system has stopped is not waited for. */
const lockTries = 64;
/** A thread's clock may be behind another's by as much, in milliseconds. What was used so far ahead of it is not old but new. */
const clockSkew = 3_600_000;

export class SharedTable {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #owner: number;
  readonly #lastBucket: number;
  readonly #tooOld: number;
  /** The bucket to look at next for entries that are over. */
  #hand = 0;
  /** What `#find` found last. */
  #value = empty;
  #stamp = 0;

  /**
   * Without a buffer a new, empty table is made; with one, this is another view of the same table. Each thread, from 0, has a number of
   * its own as `owner`, so that what it has locked can be told when it dies.
   */
  constructor(shape: SharedTableShape, owner: number, buffer?: SharedArrayBuffer) {
    const buckets = 2 ** Math.max(0, Math.ceil(Math.log2(shape.capacity / expectedInBucket)));
    this.buffer = buffer ?? new SharedArrayBuffer(4 * buckets * bucketWords);
    this.#words = new Int32Array(this.buffer);
    this.#owner = owner + 1;
    this.#lastBucket = buckets - 1;
    this.#tooOld = shape.lifetime + clockSkew;
  }

  /** The value of a key, or -1. The time, here and below, is in milliseconds of a clock that all threads share and never goes back. */
  get(high: number, low: number, now: number): number {
    return this.#find(high | 0, low | 0, now) === absent ? absent : this.#value - 1;
  }

  /** The value of a key, or -1, and a use of it: its lifetime begins anew. */
  touch(high: number, low: number, now: number): number {
    const entry = this.#find(high | 0, low | 0, now);
    if (entry === absent) return absent;
    const stamp = this.#stamp;
    const isLater = (((now | 0) - stamp) | 0) > 0;
    // Only if it is still as it was found: the entry may belong to another key by now.
    if (isLater) Atomics.compareExchange(this.#words, entry + toStamp, stamp, now | 0);
    return this.#value - 1;
  }

  /** Remembers a value, 0 to 2^31 - 2. False if others kept the bucket locked: nothing has changed then. */
  put(high: number, low: number, value: number, now: number): boolean {
    const words = this.#words;
    const bucket = this.#bucketOf(low);
    if (!this.#lock(bucket)) return false;
    const entry = this.#placeFor(bucket, high | 0, low | 0, now);
    const taken = words[entry] !== (low | 0) || words[entry + toHigh] !== (high | 0);
    if (taken) {
      Atomics.add(words, entry + toVersion, 1);
      Atomics.store(words, entry, low | 0);
      Atomics.store(words, entry + toHigh, high | 0);
    }
    // In this order, and read in the other one: the new stamp never makes an old value young.
    Atomics.store(words, entry + toValue, value + 1);
    Atomics.store(words, entry + toStamp, now | 0);
    if (taken) Atomics.add(words, entry + toVersion, 1);
    Atomics.store(words, bucket + lockAt, unlocked);
    this.#sweep(now);
    return true;
  }

  /** Forgets a key. False if others kept the bucket locked: nothing has changed then. */
  delete(high: number, low: number): boolean {
    const bucket = this.#bucketOf(low);
    if (!this.#lock(bucket)) return false;
    const end = bucket + lowsAt + entriesOfBucket;
    for (let entry = bucket + lowsAt; entry < end; entry++) {
      const same = this.#words[entry] === (low | 0) && this.#words[entry + toHigh] === (high | 0);
      if (same) Atomics.store(this.#words, entry + toValue, empty);
    }
    Atomics.store(this.#words, bucket + lockAt, unlocked);
    return true;
  }

  /** Counts the living entries of each value that `into` has a place for. Looks at the whole table. */
  countValues(into: Int32Array, now: number): void {
    into.fill(0);
    for (let bucket = 0; bucket < this.#words.length; bucket += bucketWords) {
      for (let entry = bucket + lowsAt; entry < bucket + lowsAt + entriesOfBucket; entry++) {
        const value = this.#words[entry + toValue] as number;
        const counts = value !== empty && value <= into.length && this.#age(entry, now) < this.#tooOld;
        if (counts) into[value - 1] = (into[value - 1] as number) + 1;
      }
    }
  }

  /** Forgets all keys that have one of these values. Looks at the whole table, and waits for nobody: a value that is just being put wins. */
  forgetValues(values: ReadonlySet<number>): void {
    for (let bucket = 0; bucket < this.#words.length; bucket += bucketWords) {
      for (let entry = bucket + lowsAt; entry < bucket + lowsAt + entriesOfBucket; entry++) {
        const value = this.#words[entry + toValue] as number;
        if (value !== empty && values.has(value - 1)) Atomics.compareExchange(this.#words, entry + toValue, value, empty);
      }
    }
  }

  /** Takes off the locks of a thread that is dead, with what it had half written. Until then nothing new is put into these buckets. */
  releaseOwner(owner: number): void {
    const words = this.#words;
    for (let bucket = 0; bucket < words.length; bucket += bucketWords) {
      if (Atomics.load(words, bucket + lockAt) !== owner + 1) continue;
      for (let entry = bucket + lowsAt; entry < bucket + lowsAt + entriesOfBucket; entry++) {
        if (!isHalfWritten(Atomics.load(words, entry + toVersion))) continue;
        Atomics.store(words, entry + toValue, empty);
        Atomics.add(words, entry + toVersion, 1);
      }
      Atomics.store(words, bucket + lockAt, unlocked);
    }
  }

  /**
   * The entry of a key, with its value and stamp in the fields, or -1. An entry whose version is odd or has changed meanwhile was given to
   * another key or is new: there was a moment without this key in it, and "absent" is a true answer.
   */
  #find(high: number, low: number, now: number): number {
    const words = this.#words;
    const bucket = this.#bucketOf(low);
    const end = bucket + lowsAt + entriesOfBucket;
    for (let entry = bucket + lowsAt; entry < end; entry++) {
      if (words[entry] !== low || words[entry + toHigh] !== high) continue;
      const version = Atomics.load(words, entry + toVersion);
      const same = Atomics.load(words, entry) === low && Atomics.load(words, entry + toHigh) === high;
      if (!same || isHalfWritten(version)) continue;

      this.#stamp = Atomics.load(words, entry + toStamp);
      this.#value = Atomics.load(words, entry + toValue);
      const whole = Atomics.load(words, entry + toVersion) === version;
      if (whole && this.#value !== empty && ageOf(this.#stamp, now) < this.#tooOld) return entry;
    }
    return absent;
  }

  /** For a bucket that is locked: the entry with this key, else an empty one, else the oldest. */
  #placeFor(bucket: number, high: number, low: number, now: number): number {
    const words = this.#words;
    const end = bucket + lowsAt + entriesOfBucket;
    let place = bucket + lowsAt;
    let oldest = -1;
    for (let entry = bucket + lowsAt; entry < end; entry++) {
      if (words[entry] === low && words[entry + toHigh] === high) return entry;
      const isEmpty = words[entry + toValue] === empty;
      const age = isEmpty ? Number.POSITIVE_INFINITY : this.#age(entry, now);
      if (age > oldest) {
        oldest = age;
        place = entry;
      }
    }
    return place;
  }

  /**
   * Empties the entries of one bucket that are over, of the next one each time. They are not found anyway, but their 32-bit stamps would
   * look young again after 49 days.
   */
  #sweep(now: number): void {
    const words = this.#words;
    const bucket = this.#hand;
    this.#hand = bucket + bucketWords === words.length ? 0 : bucket + bucketWords;
    if (!this.#lock(bucket)) return;
    for (let entry = bucket + lowsAt; entry < bucket + lowsAt + entriesOfBucket; entry++) {
      if (this.#age(entry, now) >= this.#tooOld) Atomics.store(words, entry + toValue, empty);
    }
    Atomics.store(words, bucket + lockAt, unlocked);
  }

  #lock(bucket: number): boolean {
    for (let tries = 0; tries < lockTries; tries++) {
      if (Atomics.compareExchange(this.#words, bucket + lockAt, unlocked, this.#owner) === unlocked) return true;
    }
    return false;
  }

  #age(entry: number, now: number): number {
    return ageOf(this.#words[entry + toStamp] as number, now);
  }

  #bucketOf(low: number): number {
    return (low & this.#lastBucket) * bucketWords;
  }
}

function isHalfWritten(version: number): boolean {
  return (version & 1) === 1;
}

/** How long ago a stamp was made, and the clock skew more so that it is never negative. Right also where 32 bits of time begin anew. */
function ageOf(stamp: number, now: number): number {
  return ((now | 0) - stamp + clockSkew) >>> 0;
}
