// Hot path. Picks along a key's own order: attempt k gives the endpoint that comes k-th, each endpoint once. Whom the order leaves out comes
// last, as in the list. Asked for one attempt after the other it goes on from where it was, so that passing over many endpoints that are
// down is one walk, not one for each of them.
import { itemAt } from '../../../foundation/basics/item-at.ts';
import type { Endpoint } from '../../endpoints/endpoint.ts';
import type { Candidates, Picker, PickRequest } from '../policy.ts';
import type { KeyOrder } from './key-order.ts';

export class KeyedPicker implements Picker {
  readonly #candidates: Candidates;
  readonly #order: KeyOrder;
  /** By place: the number of the walk that came there last. */
  readonly #visits: Uint32Array;
  #walk = 0;
  // Where the walk is: for which key, how many endpoints from the first, at which place; and whether the order has no more to say.
  #key: string | undefined;
  #steps = 0;
  #place = 0;
  #isAtEnd = false;

  /** The order's places are those of the candidates. */
  constructor(candidates: Candidates, order: KeyOrder) {
    this.#candidates = candidates;
    this.#order = order;
    this.#visits = new Uint32Array(candidates.length);
  }

  pick({ key = '', attempt }: PickRequest): Endpoint {
    return itemAt(this.#candidates, attempt === 0 ? this.#begin(key) : this.#placeOf(key, attempt % this.#candidates.length));
  }

  #begin(key: string): number {
    this.#key = key;
    this.#steps = 0;
    this.#place = this.#order.first(key);
    return this.#place;
  }

  #placeOf(key: string, attempt: number): number {
    if (key !== this.#key || attempt < this.#steps) this.#begin(key);
    while (this.#steps < attempt) this.#step();
    return this.#place;
  }

  /** To the next endpoint that this walk has not come to. There is one, because no walk takes as many steps as there are endpoints. */
  #step(): void {
    if (this.#steps === 0) this.#beginWalk();
    this.#steps++;
    do this.#place = this.#isAtEnd ? this.#behind() : this.#next();
    while (this.#visits[this.#place] === this.#walk);
    this.#visits[this.#place] = this.#walk;
  }

  #beginWalk(): void {
    this.#isAtEnd = false;
    this.#walk = (this.#walk + 1) >>> 0;
    // After four billion walks the numbers begin anew.
    if (this.#walk === 0) this.#visits.fill(this.#walk++);
    this.#visits[this.#place] = this.#walk;
  }

  #next(): number {
    const next = this.#order.next();
    this.#isAtEnd = next < 0;
    return this.#isAtEnd ? this.#behind() : next;
  }

  #behind(): number {
    return this.#place + 1 === this.#candidates.length ? 0 : this.#place + 1;
  }
}
