// The entry of a worker thread that serves lines, and says at once that it had too much to do and has not any more.
import { serveInThread } from '../../../src/control-plane/supervising/serve-in-thread.ts';
import { createEchoDataPlane } from './echo-data-plane.ts';

serveInThread((parts) => {
  parts.reportShedding?.({ isShedding: true, refused: 1, delay: 250, memory: 0.5 });
  parts.reportShedding?.({ isShedding: false, refused: 7, delay: 0, memory: 0.5 });
  return createEchoDataPlane(parts);
});
