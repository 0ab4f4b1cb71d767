// The endpoints behind every balancer: one nginx with one worker that answers on three ports, from memory.
// It is the lightest HTTP server that Debian brings, so that the balancer is what a row measures.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../machine/ports.ts';
import { type Started, start } from '../machine/processes.ts';
import { untilServing } from './http-probe.ts';

export interface Backend {
  readonly ports: readonly number[];
  readonly started: Started;
}

/** What the backend answers, by path. */
export const pages = { '/small': 100, '/16k': 16 * 1024, '/1m': 1024 * 1024, '/upload': 2 } as const;
export type Page = keyof typeof pages;

export async function startBackend(directory: string, cores: string): Promise<Backend> {
  const home = join(directory, 'backend');
  mkdirSync(home);
  for (const page of ['/16k', '/1m'] as const) writeFileSync(join(home, page), Buffer.alloc(pages[page], 'x'));
  const ports = await freePorts(3);
  const file = join(home, 'nginx.conf');
  writeFileSync(file, configuration(home, ports));
  const started = start(['nginx', '-e', join(home, 'error.log'), '-p', home, '-c', file], { cores });
  for (const port of ports) await untilServing('the backend', started, port);
  return { ports, started };
}

function configuration(home: string, ports: readonly number[]): string {
  return `
daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
worker_rlimit_nofile 16384;
pid ${home}/nginx.pid;
events { worker_connections 12000; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  open_file_cache max=16;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  client_body_temp_path ${home}/body;
  proxy_temp_path ${home}/proxy;
  fastcgi_temp_path ${home}/fastcgi;
  uwsgi_temp_path ${home}/uwsgi;
  scgi_temp_path ${home}/scgi;
  server {
    ${ports.map((port) => `listen 127.0.0.1:${port} backlog=4096;`).join('\n    ')}
    root ${home};
    location = /small { return 200 "${'x'.repeat(pages['/small'])}"; }
    location = /upload { client_max_body_size 0; return 200 "ok"; }
  }
}
`;
}
