// A waiting room before a pool with a number of places, by a clock of its own, and what is done to those who wait.
import type { Waiter, WaitingEvent } from '../../../src/data-plane/dispatching/waiting/waiting-room.ts';
import { noTicket, WaitingRoom } from '../../../src/data-plane/dispatching/waiting/waiting-room.ts';
import type { QueueRules } from '../../../src/domain/resilience/rules.ts';
import { milliseconds } from '../../../src/foundation/basics/units.ts';

export const rules: QueueRules = { size: 3, timeout: milliseconds(1000), order: 'deadline' };

export const never = Number.POSITIVE_INFINITY;

/** One worker before a pool with so many places. */
export class Scene {
  readonly room: WaitingRoom;
  readonly events: WaitingEvent[] = [];
  /** What was done to whom, in order. */
  readonly told: string[] = [];
  /** How long each waited who does so no more. */
  readonly waits: number[] = [];
  /** This worker has more than its share of the places. */
  isBeyondShare = false;
  now = 1000;
  places: number;
  /** Timers that run. */
  looking = 0;
  look: () => void = () => undefined;

  constructor(other: Partial<QueueRules> = {}, places = 0) {
    this.places = places;
    this.room = new WaitingRoom({
      rules: { ...rules, ...other },
      hasRoom: () => this.places > 0,
      places: () => 1,
      clock: () => this.now,
      count: (event) => this.events.push(event),
      ended: (waited) => this.waits.push(waited),
      isBeyondShare: () => this.isBeyondShare,
      repeat: (look) => {
        this.looking++;
        this.look = look;
        return () => {
          this.looking--;
        };
      },
    });
  }

  waiter(name: string, onWake?: () => boolean): Waiter {
    return {
      ticket: noTicket,
      wake: () => {
        if (onWake !== undefined) return onWake();
        this.places--;
        this.told.push(`${name} served`);
        return true;
      },
      expired: (retryAfter, isDisplaced) => this.told.push(`${name} ${isDisplaced ? 'displaced' : 'late'} ${retryAfter}`),
    };
  }

  /** Joins by that name. */
  join(name: string, { priority = 0, deadline = never }: { priority?: number; deadline?: number } = {}): boolean {
    return this.room.join(this.waiter(name), priority, deadline);
  }

  free(places = 1): void {
    this.places += places;
    this.room.freed();
  }
}
