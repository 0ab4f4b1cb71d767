// What workers say of themselves, and what is known of one that says nothing.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { supervised } from '../../../test/support/supervised.ts';
import { Scoreboard, workerFigure } from '../../domain/endpoints/scoreboard.ts';
import { Supervisor } from './supervisor.ts';
import { sheddingText, workerLoads } from './worker-loads.ts';

function boardWith(figures: Readonly<Partial<Record<keyof typeof workerFigure, number>>>): Scoreboard {
  const board = new Scoreboard({ workers: 2, endpoints: 0, listeners: 1, pools: 0 });
  const row = board.workerRow(1);
  for (const [name, value] of Object.entries(figures)) row[workerFigure[name as keyof typeof workerFigure]] = value;
  return board;
}

describe('the load of a worker', () => {
  test('is what it says, and nothing before it says anything', () => {
    const board = boardWith({ delay: 12.5, dueAt: 5000, memory: 0.25, shedding: 1 });
    assert.deepEqual(workerLoads(board, 4950), [
      { worker: 0, delay: 0, memory: 0, isShedding: false },
      { worker: 1, delay: 12.5, memory: 0.25, isShedding: true },
    ]);
  });

  test('is told by how long it is overdue where that is more: one that hangs says nothing', () => {
    const board = boardWith({ delay: 12.5, dueAt: 5000 });
    assert.deepEqual(
      [5010, 65_000].map((now) => workerLoads(board, now)[1]?.delay),
      [12.5, 60_000],
    );
  });
});

test('the log says why requests are refused, and how many there were', () => {
  const news = { isShedding: true, refused: 3, delay: 312.4, memory: 0.456 };
  assert.equal(
    sheddingText(2, news),
    'Worker 2 has too much to do and refuses the least important requests: its timers are 312 ms late, and 46 % of the memory is in use.',
  );
  assert.equal(
    sheddingText(2, { ...news, isShedding: false }),
    'Worker 2 keeps up again: it refused 3 requests, and none in the last ten seconds.',
  );
  assert.match(sheddingText(2, { ...news, isShedding: false, refused: 1 }), /refused 1 request, /);
});

test('what a worker tells of it reaches the log, each once', async () => {
  await using here = supervised({ workers: 1 });
  const { document } = here.supervisor;
  const workerEntry = new URL('../../../test/support/threads/overloaded-worker.ts', import.meta.url);
  const supervisor = new Supervisor({ document, log: here.log, workerEntry });
  const isOver = here.log.next(/keeps up/);
  try {
    await supervisor.start();
    await isOver;
    assert.deepEqual(here.log.matching(/Worker 0/), [
      `warn ${sheddingText(0, { isShedding: true, refused: 1, delay: 250, memory: 0.5 })}`,
      `info ${sheddingText(0, { isShedding: false, refused: 7, delay: 0, memory: 0.5 })}`,
    ]);
  } finally {
    await supervisor.stop();
  }
});
