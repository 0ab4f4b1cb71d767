// What may be written for judging endpoints by their traffic, and for panic, and what it is read as.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DetectionSettings } from './outlier-settings.ts';
import { outlierSettings } from './outlier-settings.ts';
import { panicSettings } from './panic-settings.ts';

const off = Number.POSITIVE_INFINITY;
const accepts = (inputs: readonly unknown[], schema: { safeParse(input: unknown): { success: boolean } } = outlierSettings): void => {
  for (const input of inputs) assert.equal(schema.safeParse(input).success, true, `${JSON.stringify(input)} is accepted`);
};
const refuses = (inputs: readonly unknown[], schema: { safeParse(input: unknown): { success: boolean } } = outlierSettings): void => {
  for (const input of inputs) assert.equal(schema.safeParse(input).success, false, `${JSON.stringify(input)} is refused`);
};
const complaints = (input: unknown): readonly string[] =>
  (outlierSettings.safeParse(input).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

function detection(input: Parameters<typeof outlierSettings.parse>[0]): DetectionSettings {
  const settings = outlierSettings.parse(input);
  assert.ok(settings.kind === 'detection');
  return settings;
}

const mild: DetectionSettings = {
  kind: 'detection',
  consecutive: { fivexx: off, gateway: 5, local: 5 },
  interval: 10_000 as DetectionSettings['interval'],
  rates: {},
  ejection: { baseEjection: 30_000, maxEjection: 300_000, jitter: 0 } as DetectionSettings['ejection'],
  cap: { maxEjected: 10, alwaysOne: true },
  endOnPass: true,
};

describe('presets', () => {
  test('are mild unless something else is chosen: no error of an application ejects anybody', () => {
    assert.deepEqual(outlierSettings.parse({}), mild);
    assert.deepEqual(outlierSettings.parse('mild'), mild);
  });

  test('follow Envoy', () => {
    assert.deepEqual(outlierSettings.parse('envoy'), {
      ...mild,
      consecutive: { fivexx: 5, gateway: off, local: 5 },
      rates: { successRate: { minHosts: 5, volume: 100, factor: 1.9 } },
      cap: { maxEjected: 10, alwaysOne: false },
    });
  });

  test('follow nginx', () => {
    assert.deepEqual(outlierSettings.parse('nginx'), { kind: 'nginx', maxFails: 1, failTimeout: 10_000 });
    assert.deepEqual(outlierSettings.parse({ preset: 'nginx', statuses: 'none' }), {
      kind: 'nginx',
      maxFails: 1,
      failTimeout: 10_000,
      statuses: 'none',
    });
    assert.deepEqual(outlierSettings.parse({ preset: 'nginx', maxFails: 3, failTimeout: '30s' }), {
      kind: 'nginx',
      maxFails: 3,
      failTimeout: 30_000,
    });
  });

  test('judge nothing', () => assert.deepEqual(outlierSettings.parse('none'), { kind: 'none' }));

  test('take no keys of one another', () => {
    refuses([
      { maxFails: 3 },
      { preset: 'envoy', failTimeout: '10s' },
      { preset: 'nginx', consecutive: 5 },
      { preset: 'none', interval: '1s' },
      { preset: 'none', maxFails: 3 },
    ]);
    assert.deepEqual(complaints({ preset: 'nginx', maxEjected: 20 }), [
      'maxEjected: "maxEjected" says nothing with the preset "nginx"; take it out, or choose another preset',
    ]);
  });

  test('are known by their names', () => {
    assert.deepEqual(complaints('mlid'), ['preset: expected one of "mild", "envoy", "nginx", "none"']);
    assert.equal(complaints({ preset: 'mlid', maxFails: 1 }).length, 1);
    refuses([null, [], 5, true, { preset: 'off' }, { unknown: 1 }]);
  });
});

describe('outliers', () => {
  test('are judged by errors in a row, of all kinds or of some', () => {
    assert.deepEqual(detection({ consecutive: 3 }).consecutive, { fivexx: 3, gateway: 3, local: 3 });
    assert.deepEqual(detection({ consecutive: { fivexx: 10, gateway: 'none' } }).consecutive, { fivexx: 10, gateway: off, local: 5 });
    assert.deepEqual(detection({ consecutive: 'none', successRate: true }).consecutive, { fivexx: off, gateway: off, local: off });
    refuses([0, -1, 1.5, '5', true, { local: 0 }, { '5xx': 5 }].map((consecutive) => ({ consecutive })));
    assert.deepEqual(complaints({ consecutive: 0 }).length, 1);
  });

  test('are judged by rates where that is wanted', () => {
    assert.deepEqual(detection({ successRate: true, failureShare: true }).rates, {
      successRate: { minHosts: 5, volume: 100, factor: 1.9 },
      failureShare: { threshold: 85, minHosts: 5, volume: 50 },
    });
    assert.deepEqual(detection({ successRate: { factor: 3, minHosts: 12 } }).rates, {
      successRate: { minHosts: 12, volume: 100, factor: 3 },
    });
    refuses([false, 'true', { factor: 0 }, { minHosts: 1 }, { volume: 0 }].map((successRate) => ({ successRate })));
    // With 0 percent, an endpoint without a single failure would be one with too many.
    refuses([false, { threshold: 0 }, { threshold: 101 }, { minHosts: 0 }].map((failureShare) => ({ failureShare })));
  });

  test('are ejected for times that are in order', () => {
    assert.deepEqual(detection({ baseEjection: '10s', maxEjection: '1m', jitter: '500ms' }).ejection, {
      baseEjection: 10_000,
      maxEjection: 60_000,
      jitter: 500,
    });
    assert.equal(detection({ baseEjection: '10m' }).ejection.maxEjection, 600_000);
    refuses([{ maxEjection: '29s' }, { baseEjection: '2m', maxEjection: '1m' }, { baseEjection: '0s' }, { jitter: '-1s' }]);
    accepts([{ maxEjection: '30s' }, { baseEjection: '1s', maxEjection: '1s' }]);
  });

  test('are some of the pool', () => {
    assert.deepEqual(detection({ maxEjected: 33.3, alwaysOne: false }).cap, { maxEjected: 33.3, alwaysOne: false });
    refuses([0, 101, -1, '10%', '10'].map((maxEjected) => ({ maxEjected })));
    accepts([{ maxEjected: 100 }]);
  });

  test('are judged by something', () => {
    assert.deepEqual(complaints({ consecutive: 'none' }), [
      'consecutive: with these settings nothing is judged; say so by the preset "none"',
    ]);
    accepts([
      { consecutive: 'none', failureShare: true },
      { preset: 'envoy', consecutive: 'none' },
    ]);
  });
});

describe('panic', () => {
  test('is below half of the endpoints, with 40 percent to spare, and believes no probe then', () => {
    assert.deepEqual(panicSettings.parse({}), { threshold: 50, overprovisioning: 140, action: 'spread' });
  });

  test('is a threshold, or all of it', () => {
    assert.equal(panicSettings.parse(25).threshold, 25);
    assert.deepEqual(panicSettings.parse({ threshold: 0, overprovisioning: 100, action: 'fail' }), {
      threshold: 0,
      overprovisioning: 100,
      action: 'fail',
    });
    refuses(
      [-1, 101, '50', null, { threshold: '50%' }, { overprovisioning: 99 }, { overprovisioning: 1.4 }, { action: 'stop' }],
      panicSettings,
    );
  });
});
