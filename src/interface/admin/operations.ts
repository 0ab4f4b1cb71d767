// Every admin operation, one line each. The admin server and its tests read this list.
export { apply, guard } from './operations/apply.ts';
export { changeEndpoint } from './operations/change-endpoint.ts';
export { endpoint } from './operations/endpoint.ts';
export { events } from './operations/events.ts';
export { healthz } from './operations/healthz.ts';
export { metrics } from './operations/metrics.ts';
export { plan } from './operations/plan.ts';
export { pool } from './operations/pool.ts';
export { readyz } from './operations/readyz.ts';
export { reload } from './operations/reload.ts';
export { status } from './operations/status.ts';
