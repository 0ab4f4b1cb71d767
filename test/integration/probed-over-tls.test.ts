// Probes of a document that verify certificates: by a file of authorities of one's own, or by what this machine trusts.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { issueText } from '../../src/control-plane/configuration/issue.ts';
import { parseDocument } from '../../src/control-plane/configuration/read.ts';
import { probeTasks } from '../../src/control-plane/judging/probe-tasks.ts';
import type { ProbeResult } from '../../src/control-plane/probing/probe.ts';
import { firstPlaces } from '../../src/domain/endpoints/places.ts';
import { certificate, key } from '../support/probing/certificate.ts';
import { probed, reasonOf } from '../support/probing/probed-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'evenkeel-ca-'));
after(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'ca.pem'), certificate);
const ca = './ca.pem';

/** What the one endpoint of a document is said to be. */
async function asked(health: object, endpoint: string): Promise<ProbeResult> {
  const text = JSON.stringify({ listeners: [{ bind: ':80', pool: 'web' }], pools: { web: { endpoints: [endpoint], health } } });
  const read = await parseDocument({ file: 'doc', format: 'json', text }, folder);
  const document = read.ok ? read.value : assert.fail(read.fault.map(issueText).join('\n'));
  const [task] = probeTasks(document.pools, firstPlaces(document));
  return (await task?.ask({ signal: AbortSignal.timeout(30_000), step: () => undefined })) ?? assert.fail('it has no probe');
}

describe('a probe that trusts a file of authorities', () => {
  const untrusted = 'the certificate is signed by itself';
  const kinds = [
    [
      'http',
      () => createHttpsServer({ cert: certificate, key }, (_, response) => response.end()),
      (tls: object) => ({ http: { path: '/', tls } }),
    ],
    ['tls', () => createHttpsServer({ cert: certificate, key }), (tls: object) => ({ tls })],
    [
      'grpc',
      () =>
        createSecureServer({ cert: certificate, key }, (_, response) => {
          response.writeHead(200, { 'content-type': 'application/grpc' });
          response.addTrailers({ 'grpc-status': '0' });
          response.end(Buffer.from([0, 0, 0, 0, 2, 8, 1]));
        }),
      (tls: object) => ({ grpc: { tls } }),
    ],
  ] as const;

  for (const [kind, serve, healthOf] of kinds) {
    test(`passes an endpoint whose certificate comes from them, and no other: ${kind}`, async () => {
      await using server = await probed(serve());
      const { id } = server.target;
      const ask = async (tls: object): Promise<string> => reasonOf(asked(healthOf(tls), id));
      assert.equal(await ask({ ca }), 'passed: true');
      assert.equal(await ask({ ca, serverName: 'shop.test' }), 'passed: true');
      assert.equal(await ask({ ca, serverName: 'other.test' }), 'the certificate is for another name');
      assert.equal(await ask({ verify: true }), untrusted);
      assert.equal(await ask({}), 'passed: true');
    });
  }
});
