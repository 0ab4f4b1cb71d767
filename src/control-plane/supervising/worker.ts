// Where a worker thread starts. It imports the data plane and nothing else: what is loaded here is paid for by every worker.
import { createDataPlane } from '../../data-plane/serving/data-plane.ts';
import { serveInThread } from './serve-in-thread.ts';

serveInThread(createDataPlane);
