// Evenkeel itself, from this checkout or from another one that is to be compared with it, with everything on that is on by default.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort } from '../machine/ports.ts';
import { start } from '../machine/processes.ts';
import type { Balancer, Running, Site } from './balancer.ts';
import { untilServing } from './http-probe.ts';

export const thisCheckout = resolve(import.meta.dirname, '../../..');

export interface EvenkeelOptions {
  readonly name?: string;
  readonly checkout?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export function evenkeel(options: EvenkeelOptions = {}): Balancer {
  const { name = 'evenkeel', checkout = thisCheckout, env = {} } = options;
  return { name, version: versionOf(checkout), start: (site) => startEvenkeel({ name, checkout, env }, site) };
}

async function startEvenkeel(options: Required<EvenkeelOptions>, site: Site): Promise<Running> {
  mkdirSync(site.home, { recursive: true });
  const port = await freePort();
  const file = join(site.home, 'evenkeel.yaml');
  writeFileSync(file, configuration(site, port, await freePort()));
  const started = start([join(options.checkout, 'bin/evenkeel'), 'run', file], { cores: site.cores, env: options.env });
  await untilServing(options.name, started, port);
  return { name: options.name, port, started };
}

function configuration(site: Site, port: number, adminPort: number): string {
  return `
workers: ${site.workers}
admin: { bind: "127.0.0.1:${adminPort}" }
listeners:
  - bind: "127.0.0.1:${port}"
    pool: web
pools:
  web:
    balance: round-robin
    endpoints: [${site.endpointPorts.map((endpoint) => `"127.0.0.1:${endpoint}"`).join(', ')}]
`;
}

function versionOf(checkout: string): string {
  // The manifest is the project's own, so its version is a string.
  const manifest = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { readonly version: string };
  return manifest.version;
}
