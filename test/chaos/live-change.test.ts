// Promise: another document disturbs nothing that it does not change. The long form is test/slow/live-change.test.ts.
import { test } from 'node:test';
import { proveUndisturbed } from '../support/changes/undisturbed.ts';

test('100 WebSockets and steady load live through 60 random changes, good and bad, of the file and over the API', (t) =>
  proveUndisturbed(t, { sockets: 100, changes: 60, seed: 20_261_121 }));
