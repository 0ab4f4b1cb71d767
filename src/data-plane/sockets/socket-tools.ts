// What all connections of one worker share.
import type { TimingWheel } from '../../foundation/algorithms/timing-wheel.ts';
import type { Buffers } from './buffers.ts';
import type { Abilities } from './native-stream.ts';
import type { Outbox } from './outbox.ts';

export interface SocketTools {
  readonly buffers: Buffers;
  readonly outbox: Outbox;
  readonly wheel: TimingWheel;
  readonly abilities: Abilities;
}
