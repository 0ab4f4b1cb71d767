// Hot path. The waiting rooms of one pool in one worker: one for all exchanges that may go to the same endpoints. Routes that ask for certain endpoints have
// rooms of their own, since nobody is to wait behind one who waits for another endpoint; what becomes free goes to them in turn.
import { itemAt } from '../../../foundation/basics/item-at.ts';
import type { WaitingRoom } from './waiting-room.ts';

export class WaitingRooms {
  readonly #rooms: WaitingRoom[] = [];
  readonly #byEndpoints = new Map<string, WaitingRoom>();
  #next = 0;

  /** The room for those endpoints, made when it is asked for first. */
  roomFor(endpoints: string, open: () => WaitingRoom): WaitingRoom {
    const known = this.#byEndpoints.get(endpoints);
    if (known !== undefined) return known;
    const room = open();
    this.#byEndpoints.set(endpoints, room);
    this.#rooms.push(room);
    return room;
  }

  /** A place has become free: the rooms are asked one after the other, beginning with another one each time that somebody waits. */
  freed(): void {
    const count = this.#rooms.length;
    const first = this.#next;
    for (let step = 0; step < count; step++) {
      const place = (first + step) % count;
      const room = itemAt(this.#rooms, place);
      if (room.isEmpty) continue;
      if (this.#next === first) this.#next = (place + 1) % count;
      room.freed();
    }
  }
}
