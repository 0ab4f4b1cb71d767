// Every probe, one line each. Configuration, documentation and the shared tests read this list.
export { agent } from './probes/agent.ts';
export { command } from './probes/command.ts';
export { grpc } from './probes/grpc.ts';
export { http } from './probes/http.ts';
export { mysql } from './probes/mysql.ts';
export { postgres } from './probes/postgres.ts';
export { redis } from './probes/redis.ts';
export { tcp } from './probes/tcp.ts';
export { tls } from './probes/tls.ts';
