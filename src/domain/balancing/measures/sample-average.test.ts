// nginx's average of response times, and how it is forgotten.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { InFlightAge } from './in-flight-age.ts';
import { averageWith, SampleAverage } from './sample-average.ts';

const start = 1_000_000;

describe('an average of samples', () => {
  test('takes the first as it is and a twentieth of each one after it', () => {
    let average = 0;
    const averages = [100, 100, 200, 50, 50, 1000].map((sample) => {
      average = averageWith(average, sample);
      return average;
    });
    assert.deepEqual(averages, [100, 100, 105, 102, 99, 144]);
  });

  test('stands in the signals, and is halved for every window without a sample', () => {
    const average = new SampleAverage(10_000);
    const signals = new Float64Array(16);
    average.add(signals, 900, start);
    const after = (seconds: number) => average.read(signals, start + 1000 * seconds);
    assert.deepEqual([0, 9.9, 10, 19.9, 20, 31, 99, 100].map(after), [900, 900, 450, 450, 225, 112, 1, 0]);
    // Reading changes nothing.
    assert.equal(after(0), 900);
  });

  test('goes on from what is left', () => {
    const average = new SampleAverage(10_000);
    const signals = new Float64Array(16);
    average.add(signals, 2000, start);
    average.add(signals, 100, start + 50_000);
    // 62 is left of 2000.
    assert.equal(average.read(signals, start + 50_000), averageWith(62, 100));
    average.add(signals, 70, start + 500_000);
    assert.equal(average.read(signals, start + 500_000), 70);
  });

  test('bears a sample of a moment that another worker is ahead of', () => {
    const average = new SampleAverage(10_000);
    const signals = new Float64Array(16);
    average.add(signals, 100, start);
    assert.equal(average.read(signals, start - 20_000), 100);
  });
});

describe('the age of requests in flight', () => {
  test('is their mean, smoothed from look to look', () => {
    const age = new InFlightAge();
    assert.equal(age.look(start), 0);
    age.begin(start);
    age.begin(start + 100);
    assert.equal(age.look(start + 200), 150);
    assert.equal(age.look(start + 1000), averageWith(150, 950));
    age.end(start);
    assert.equal(age.look(start + 1000), averageWith(190, 900));
  });

  test('is nothing when none is left, and begins anew', () => {
    const age = new InFlightAge();
    age.begin(start);
    age.look(start + 5000);
    age.end(start);
    assert.equal(age.look(start + 5000), 0);
    age.begin(start + 5000);
    assert.equal(age.look(start + 5040), 40);
  });
});
