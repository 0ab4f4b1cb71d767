// HAProxy as a peer: one thread, upstream connections shared by all clients (http-reuse always), the forwarding headers that
// Evenkeel writes, and no log.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolVersion } from '../machine/machine.ts';
import { freePort } from '../machine/ports.ts';
import { start } from '../machine/processes.ts';
import type { Balancer, Running, Site } from './balancer.ts';
import { untilServing } from './http-probe.ts';

export function haproxy(): Balancer {
  return { name: 'haproxy', version: toolVersion('haproxy'), start: startHaproxy };
}

async function startHaproxy(site: Site): Promise<Running> {
  mkdirSync(site.home, { recursive: true });
  const port = await freePort();
  const file = join(site.home, 'haproxy.cfg');
  writeFileSync(file, configuration(site, port));
  const started = start(['haproxy', '-db', '-f', file], { cores: site.cores });
  await untilServing('haproxy', started, port);
  return { name: 'haproxy', port, started };
}

function configuration(site: Site, port: number): string {
  const servers = site.endpointPorts.map((endpoint, index) => `  server s${index} 127.0.0.1:${endpoint}`);
  return `
global
  nbthread ${site.workers}
  maxconn 12000
  no strict-limits
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  timeout http-keep-alive 600s
  http-reuse always
frontend web
  bind 127.0.0.1:${port} backlog 4096
  option forwardfor
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header X-Forwarded-Port %[dst_port]
  http-request set-header Forwarded for=%[src];host="%[req.hdr(host)]";proto=http
  default_backend endpoints
backend endpoints
  balance roundrobin
${servers.join('\n')}
`;
}
