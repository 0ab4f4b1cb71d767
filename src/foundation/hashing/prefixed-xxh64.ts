// Hot path. XXH64 of a prefix with a key behind it, for many prefixes and one key after the other, without joining any text:
// rendezvous hashing asks every endpoint for the hash of its name and the key. A key is read once, not once for each prefix.
import { itemAt } from '../basics/item-at.ts';
import { readWords } from './byte-string.ts';
import type { Hash64 } from './limbs.ts';
import { xxh64WordsInto } from './xxh64.ts';

/** A prefix with room for keys behind it. */
interface Message {
  /** Of the prefix, in bytes. */
  readonly length: number;
  /** The last word of the prefix when the key begins within that word, and by how many bits the words of the key stand aside then. */
  readonly broken: number;
  readonly aside: number;
  words: Int32Array;
}

export class PrefixedXxh64 {
  readonly #messages: readonly Message[];
  #key = new Int32Array(64);
  #keyLength = 0;

  constructor(prefixes: readonly string[]) {
    this.#messages = prefixes.map(messageOf);
  }

  /** Takes the key for the calls of `hashInto` that follow. */
  begin(key: string): void {
    // One word more than the key takes, because it may stand aside behind a prefix.
    if (key.length + 4 >= 4 * this.#key.length) this.#makeRoom(key.length);
    readWords(key, this.#key);
    this.#keyLength = key.length;
  }

  /** The hash of the prefix at the index and the key behind it, with the seed 0. */
  hashInto(index: number, target: Hash64): void {
    const { length, broken, aside, words } = itemAt(this.#messages, index);
    const key = this.#key;
    const total = length + this.#keyLength;
    const end = total >> 2;
    let carried = broken;
    // All have been given room, so the words are there, which the compiler cannot see. What an older key left behind this one is not hashed.
    for (let at = length >> 2, from = 0; at <= end; at++, from++) {
      const word = key[from] as number;
      words[at] = carried | (word << aside);
      // In two steps, because a shift by 32 bits would be none.
      carried = (word >>> (24 - aside)) >>> 8;
    }
    xxh64WordsInto(words, total, 0, target);
  }

  /** Keys may be as long as an URL, but seldom are. */
  #makeRoom(keyLength: number): void {
    this.#key = new Int32Array((keyLength >> 1) + 2);
    for (const message of this.#messages) message.words = withRoom(message.words, message.length + 4 * this.#key.length);
  }
}

function messageOf(prefix: string): Message {
  const { length } = prefix;
  const words = new Int32Array((length >> 2) + 1);
  readWords(prefix, words);
  const broken = words[length >> 2] as number; // The words reach one beyond the whole ones.
  return { length, broken, aside: 8 * (length & 3), words: withRoom(words, length + 256) };
}

function withRoom(words: Int32Array, bytes: number): Int32Array {
  const grown = new Int32Array((bytes >> 2) + 1);
  grown.set(words);
  return grown;
}
