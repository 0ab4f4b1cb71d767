// Every admin operation, one line each. The admin server and its tests read this list.
export { healthz } from './operations/healthz.ts';
export { metrics } from './operations/metrics.ts';
export { readyz } from './operations/readyz.ts';
export { status } from './operations/status.ts';
