// Promise: another document disturbs nothing that it does not change: in full.
import { test } from 'node:test';
import { proveUndisturbed } from '../support/changes/undisturbed.ts';

for (const seed of [1, 2, 3]) {
  test(`1,000 WebSockets and steady load live through 300 random changes, good and bad, of the file and over the API (seed ${seed})`, (t) =>
    proveUndisturbed(t, { sockets: 1000, changes: 300, seed }));
}
