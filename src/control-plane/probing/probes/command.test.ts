// Programs that pass, fail, hang, talk without end and leave children behind. They are started by Node.js or by /bin/sh as the program.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { eventually } from '../../../../test/support/balanced.ts';
import { ask, asking, leavesNothingOpen, reasonOf } from '../../../../test/support/probing/probed-server.ts';
import type { ProbeTarget } from '../probe.ts';
import { command } from './command.ts';

const target: ProbeTarget = { id: '[::1]:8080', address: { kind: 'tcp', host: '::1', port: 9090 } };
const shell = (script: string): { command: [string, ...string[]] } => ({ command: ['/bin/sh', '-c', script] });
const folder = mkdtempSync(join(tmpdir(), 'evenkeel-'));
after(() => rmSync(folder, { recursive: true }));
const hasShell = process.platform !== 'win32';

test('the exit status 0 passes, and another one fails with the first line of what was written', { skip: !hasShell }, async () => {
  await leavesNothingOpen(async () => {
    assert.deepEqual(await ask(command, target, shell('echo fine')), { passed: true });
    assert.equal(await reasonOf(ask(command, target, shell('echo "no disk"; echo more; exit 3'))), 'the program ended with 3: "no disk"');
    assert.equal(await reasonOf(ask(command, target, shell('echo oops >&2; exit 1'))), 'the program ended with 1: "oops"');
    assert.equal(await reasonOf(ask(command, target, shell('kill -TERM $$'))), 'the program was ended by SIGTERM');
  });
});

test('what a program writes cannot reach the terminal of whoever reads the reason', { skip: !hasShell }, async () => {
  assert.equal(await reasonOf(ask(command, target, shell("printf '\\033[2Jgone\\nmore'; exit 1"))), 'the program ended with 1: "[2Jgone"');
});

test('the program finds the endpoint in its environment, and nothing secret', { skip: !hasShell }, async () => {
  const { HOME } = process.env;
  Object.assign(process.env, { EVENKEEL_TEST_SECRET: 'hidden', HOME: '/home/probe' });
  const say = 'echo "$EVENKEEL_ENDPOINT $EVENKEEL_HOST $EVENKEEL_PORT $EVENKEEL_TEST_SECRET $HOME"; exit 1';
  assert.equal(await reasonOf(ask(command, target, shell(say))), 'the program ended with 1: "[::1]:8080 ::1 9090  /home/probe"');
  const unix: ProbeTarget = { id: 'unix:/run/app.sock', address: { kind: 'unix', path: '/run/app.sock' } };
  assert.equal(
    await reasonOf(ask(command, unix, shell('echo "$EVENKEEL_SOCKET $EVENKEEL_HOST."; exit 1'))),
    'the program ended with 1: "/run/app.sock ."',
  );
  delete process.env['EVENKEEL_TEST_SECRET'];
  if (HOME !== undefined) process.env['HOME'] = HOME;
});

test('arguments reach the program as they are', async () => {
  const odd = '$(touch /tmp/never) "; exit 9 #';
  const print = 'process.stdout.write(process.argv[1]); process.exitCode = 1';
  const { execPath } = process;
  assert.equal(await reasonOf(ask(command, target, { command: [execPath, '-e', print, odd] })), `the program ended with 1: "${odd}"`);
});

test('a program that is not there fails', async () => {
  await leavesNothingOpen(async () => {
    assert.match(await reasonOf(ask(command, target, { command: ['/nowhere/check'] })), /there is no such file/);
  });
});

test('a program that hangs is ended with all that it started', { skip: !hasShell }, async () => {
  await leavesNothingOpen(async () => {
    const file = join(folder, 'started');
    const asked = asking(command, target, shell(`sleep 1000 & echo "$$ $!" > ${file}.new; mv ${file}.new ${file}; wait`));
    await eventually(() => processesIn(file).length === 2, 'the program has started another one');
    const processes = processesIn(file);
    assert.deepEqual(processes.map(isAlive), [true, true]);
    asked.abort();
    assert.equal((await asked.result).passed, false);
    await eventually(() => !processes.some(isAlive), 'both are gone');
  });
});

test('what a program leaves behind ends with it, though it passed', { skip: !hasShell }, async () => {
  const file = join(folder, 'left');
  await leavesNothingOpen(async () => {
    assert.deepEqual(await ask(command, target, shell(`sleep 1000 & echo "$!" > ${file}`)), { passed: true });
    await eventually(() => !processesIn(file).some(isAlive), 'what it left is gone');
  });
});

test('a program that never stops talking is ended', { skip: !hasShell }, async () => {
  await leavesNothingOpen(async () => {
    const endless = shell('while :; do echo "all is well, all is well, all is well"; done');
    assert.equal(await reasonOf(ask(command, target, endless)), 'the program wrote more than 65536 bytes');
  });
});

function processesIn(file: string): readonly number[] {
  try {
    return readFileSync(file, 'utf8').trim().split(' ').map(Number);
  } catch {
    return [];
  }
}

/** One that has ended and was not waited for by whoever took it over counts as gone. */
function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${id}/status`, 'utf8'));
  } catch {
    return false;
  }
}
