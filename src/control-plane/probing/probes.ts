// Every probe, one line each. Tests and those who ask read this list. A probe is loaded when a document has it: HTTP/1.1, HTTP/2 and TLS as
// probes need them take twenty megabytes, which a program that asks nobody should not have.
export const probes = {
  agent: () => import('./probes/agent.ts').then(({ agent }) => agent),
  command: () => import('./probes/command.ts').then(({ command }) => command),
  grpc: () => import('./probes/grpc.ts').then(({ grpc }) => grpc),
  http: () => import('./probes/http.ts').then(({ http }) => http),
  mysql: () => import('./probes/mysql.ts').then(({ mysql }) => mysql),
  postgres: () => import('./probes/postgres.ts').then(({ postgres }) => postgres),
  redis: () => import('./probes/redis.ts').then(({ redis }) => redis),
  tcp: () => import('./probes/tcp.ts').then(({ tcp }) => tcp),
  tls: () => import('./probes/tls.ts').then(({ tls }) => tls),
} as const;
