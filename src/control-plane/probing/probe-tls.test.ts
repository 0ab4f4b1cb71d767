// Which authorities are trusted. This file has a process of its own: what the machine trusts is read once in each.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createServer } from 'node:tls';
import { certificate, key } from '../../../test/support/probing/certificate.ts';
import { ask, probed, reasonOf } from '../../../test/support/probing/probed-server.ts';
import { tls } from './probes/tls.ts';

const folder = mkdtempSync(join(tmpdir(), 'evenkeel-'));
after(() => rmSync(folder, { recursive: true }));

// OpenSSL's own way to be told what this machine trusts.
const file = join(folder, 'trusted.pem');
writeFileSync(file, certificate);
process.env['SSL_CERT_FILE'] = file;

test('authorities that were added to this machine are trusted, and not where others are given in their place', {
  skip: process.platform !== 'linux',
}, async () => {
  await using server = await probed(createServer({ cert: certificate, key }, (socket) => socket.on('error', () => {}).resume()));
  assert.deepEqual(await ask(tls, server.target, { verify: true }), { passed: true });
  assert.equal(await reasonOf(ask(tls, server.target, { verify: true, authorities: other })), 'the certificate is signed by itself');
  assert.deepEqual(await ask(tls, server.target, { verify: true }), { passed: true });
});

/** Of nobody's, and until 2126. */
const other = `-----BEGIN CERTIFICATE-----
MIIBgTCCASegAwIBAgIUJGzZNn0rSPeF9/nt9JqasPtq74YwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKb3RoZXIudGVzdDAgFw0yNjExMjExNTI0NDBaGA8yMTI2MTAy
ODE1MjQ0MFowFTETMBEGA1UEAwwKb3RoZXIudGVzdDBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABM9YIlofgXw036N1o4BahlLN9Q0xqduCUtiSolUIho412ER7jqNW
11rh6terodE2CrYCKwyDPbwIEgJLtcxgAeyjUzBRMB0GA1UdDgQWBBST/NA6JJ6+
IaqkKDM8YXoGgXj9GjAfBgNVHSMEGDAWgBST/NA6JJ6+IaqkKDM8YXoGgXj9GjAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIEGngG7bxfGMmirKaBVG
UsX4yXIYnPX5RChtP2iyY9xLAiEAqUyfTnBi8cM8drY8EJGBEKVEYpMUj77C8Am3
5r4qJnM=
-----END CERTIFICATE-----
`;
