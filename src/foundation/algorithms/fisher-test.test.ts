// Known tables, the sum over all tables, and how often chance is taken for a difference.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seeded } from '../basics/random.ts';
import { chanceOfGreater } from './fisher-test.ts';

const close = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) <= 1e-9 * expected, `${actual} instead of ${expected}`);

describe("Fisher's exact test", () => {
  test('gives what counting all tables gives', () => {
    // The lady tasting tea: 3 of 4 right by chance is 17 in 70, 4 of 4 is 1 in 70.
    close(chanceOfGreater({ part: 1, whole: 4 }, { part: 3, whole: 4 }), 17 / 70);
    close(chanceOfGreater({ part: 0, whole: 4 }, { part: 4, whole: 4 }), 1 / 70);
    // None of a hundred before, and then three of three: one way to choose them in 103 over 3.
    close(chanceOfGreater({ part: 0, whole: 100 }, { part: 3, whole: 3 }), 6 / (103 * 102 * 101));
    // One of 402 is left out: it is among the earlier two.
    close(chanceOfGreater({ part: 1, whole: 2 }, { part: 400, whole: 400 }), 2 / 402);
  });

  test('says nothing of what is not greater, or not there', () => {
    assert.equal(chanceOfGreater({ part: 5, whole: 100 }, { part: 5, whole: 100 }), 1);
    assert.equal(chanceOfGreater({ part: 5, whole: 100 }, { part: 0, whole: 100 }), 1);
    assert.equal(chanceOfGreater({ part: 0, whole: 0 }, { part: 3, whole: 3 }), 1);
    assert.equal(chanceOfGreater({ part: 3, whole: 9 }, { part: 0, whole: 0 }), 1);
  });

  test('is right for large numbers, too', () => {
    // By the normal curve: z = 5.06, whose tail is 2.1e-7.
    const chance = chanceOfGreater({ part: 1000, whole: 1_000_000 }, { part: 1232, whole: 1_000_000 });
    assert.ok(chance > 2e-7 && chance < 7e-7, `${chance}`);
    assert.equal(chanceOfGreater({ part: 0, whole: 1_000_000 }, { part: 1_000_000, whole: 1_000_000 }), 0);
  });

  test('takes chance for a difference no more often than it says', () => {
    const random = seeded(0x5eed);
    const draw = (whole: number): number => {
      let part = 0;
      for (let index = 0; index < whole; index++) if (random() < 0.05) part++;
      return part;
    };
    let mistaken = 0;
    for (let round = 0; round < 2000; round++)
      if (chanceOfGreater({ part: draw(200), whole: 200 }, { part: draw(100), whole: 100 }) <= 0.02) mistaken++;
    assert.ok(mistaken <= 60, `${mistaken} of 2000`);
  });
});
