// The entry of a worker thread that serves lines instead of HTTP. Given to a Supervisor by tests.
import { serveInThread } from '../../../src/control-plane/supervising/serve-in-thread.ts';
import { createEchoDataPlane } from './echo-data-plane.ts';

serveInThread(createEchoDataPlane);
