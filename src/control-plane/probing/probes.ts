// Every probe, one line each. Configuration, documentation and the shared tests read this list.
export { tcp } from './probes/tcp.ts';
