// nginx as a peer: kept-alive upstream connections, the forwarding headers that Evenkeel writes, no access log, and nothing
// that would send bodies to disk. One worker, so that one core is what it has.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolVersion } from '../machine/machine.ts';
import { freePort } from '../machine/ports.ts';
import { start } from '../machine/processes.ts';
import type { Balancer, Running, Site } from './balancer.ts';
import { untilServing } from './http-probe.ts';

export function nginx(): Balancer {
  return { name: 'nginx', version: toolVersion('nginx'), start: startNginx };
}

async function startNginx(site: Site): Promise<Running> {
  mkdirSync(site.home, { recursive: true });
  const port = await freePort();
  const file = join(site.home, 'nginx.conf');
  writeFileSync(file, configuration(site, port));
  const started = start(['nginx', '-e', join(site.home, 'error.log'), '-p', site.home, '-c', file], { cores: site.cores });
  await untilServing('nginx', started, port);
  return { name: 'nginx', port, started };
}

function configuration(site: Site, port: number): string {
  const { home } = site;
  return `
daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes ${site.workers};
worker_rlimit_nofile 16384;
pid ${home}/nginx.pid;
events { worker_connections 16000; }
http {
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  client_max_body_size 0;
  client_body_buffer_size 64k;
  client_body_temp_path ${home}/body;
  proxy_temp_path ${home}/proxy;
  fastcgi_temp_path ${home}/fastcgi;
  uwsgi_temp_path ${home}/uwsgi;
  scgi_temp_path ${home}/scgi;
  upstream web {
    ${site.endpointPorts.map((endpoint) => `server 127.0.0.1:${endpoint};`).join('\n    ')}
    keepalive 1024;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://web;
      proxy_http_version 1.1;
      proxy_max_temp_file_size 0;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Port $server_port;
      proxy_set_header Forwarded "for=$remote_addr;host=\\"$http_host\\";proto=$scheme";
    }
  }
}
`;
}
