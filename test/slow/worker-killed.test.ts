// The long form of the last test of test/chaos/worker-killed.test.ts: what one death in a hundred leaves behind shows here.
import { test } from 'node:test';
import { proveDeathsAnywhere } from '../support/chaos/deaths-anywhere.ts';

test('workers die a hundred times in the midst of whatever they do: all that they held is free in the end', (t) =>
  proveDeathsAnywhere(t, 100));
