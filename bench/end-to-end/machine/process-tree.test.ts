// What the kernel says about this very process.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { processorTime, processTree, residentBytes } from './process-tree.ts';

const onLinux = { skip: process.platform !== 'linux' };

test('a tree holds the descendants of a process, not only its children', onLinux, async () => {
  const shell = spawn('sh', ['-c', 'sh -c "echo ready; read line; :"; :'], { stdio: ['pipe', 'pipe', 'ignore'] });
  await once(shell.stdout, 'data');
  assert.ok(shell.pid !== undefined);
  assert.equal(processTree(shell.pid).length, 2);
  assert.ok(processTree(process.pid).includes(shell.pid));
  assert.ok(residentBytes(shell.pid) > 0);
  const ended = once(shell, 'exit');
  shell.stdin.end();
  await ended;
  assert.equal(residentBytes(shell.pid), 0);
});

test('processor time is what Node.js itself sees, to within the kernel’s ticks', onLinux, () => {
  const { user, system } = processorTime(process.pid);
  const own = process.cpuUsage();
  assert.ok(user + system > 0);
  assert.ok(user + system <= (own.user + own.system) / 1e6 + 0.1);
});
