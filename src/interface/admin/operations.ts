// Every admin operation, one line each. The admin server and its tests read this list.
export { apply, guard } from './operations/apply.ts';
export { changeEndpoint } from './operations/change-endpoint.ts';
export { readConfig } from './operations/config/document.ts';
export { putEndpointConfig, readEndpointConfig, removeEndpointConfig } from './operations/config/endpoints.ts';
export { forgetLayer } from './operations/config/layer.ts';
export {
  putListenerConfig,
  putRoutesConfig,
  readListenerConfig,
  readRoutesConfig,
  removeListenerConfig,
} from './operations/config/listeners.ts';
export { putPoolConfig, readPoolConfig, removePoolConfig } from './operations/config/pools.ts';
export {
  putOverloadConfig,
  putShutdownConfig,
  readOverloadConfig,
  readShutdownConfig,
  removeOverloadConfig,
  removeShutdownConfig,
} from './operations/config/sections.ts';
export { changeConfig } from './operations/config/transactions.ts';
export { endpoint } from './operations/endpoint.ts';
export { events } from './operations/events.ts';
export { healthz } from './operations/healthz.ts';
export { history, versionOfHistory } from './operations/history.ts';
export { metrics } from './operations/metrics.ts';
export { openapi } from './operations/openapi.ts';
export { plan } from './operations/plan.ts';
export { pool } from './operations/pool.ts';
export { readyz } from './operations/readyz.ts';
export { reload } from './operations/reload.ts';
export { rollback } from './operations/rollback.ts';
export { status } from './operations/status.ts';
