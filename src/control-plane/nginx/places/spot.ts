// A place that requests come to, a location or a whole server, with all that is needed to translate what stands there.

import type { Coverage } from '../coverage/coverage.ts';
import type { Directive } from '../language/directive.ts';
import type { PoolBook } from '../pools/pool-book.ts';
import type { Location } from '../sites/locations.ts';
import type { Scope } from '../words/scope.ts';
import type { Surroundings } from '../words/variables.ts';

export interface Spot {
  /** The `location`, or the `server`. */
  readonly directive: Directive;
  readonly scope: Scope;
  readonly location: Location | undefined;
  /** The first name of the server. */
  readonly server: string;
  /** Of the listener. */
  readonly port: number | undefined;
  /** Of the listener, in bytes; 0 for none. */
  readonly bodyLimit: number;
  readonly around: Surroundings;
  readonly coverage: Coverage;
  readonly pools: PoolBook;
}
