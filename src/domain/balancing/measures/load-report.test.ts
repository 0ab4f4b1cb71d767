// Reports of load, as text and as JSON, whole and broken.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { LoadReport } from './load-report.ts';

const fields = (value: string): string => `Content-Type: text/plain\r\nEndpoint-Load-Metrics: ${value}\r\nServer: x\r\n`;

function readFrom(value: string, metrics: readonly string[] = []) {
  const report = new LoadReport(metrics);
  if (!report.read(fields(value))) return undefined;
  const { rate, errors, utilisation } = report;
  return { rate, errors, utilisation };
}

describe('a report of load', () => {
  test('is read from text with long and with short names', () => {
    const expected = { rate: 120, errors: 1.5, utilisation: 0.3 };
    assert.deepEqual(readFrom('TEXT cpu_utilization=0.3,rps_fractional=120,eps=1.5'), expected);
    assert.deepEqual(readFrom('TEXT cpu=0.3,rps=120,eps=1.5'), expected);
    assert.deepEqual(readFrom('TEXT  cpu = 3e-1 , rps_fractional = 1.2E+2, eps=1.5'), expected);
  });

  test('is read from JSON in both of its writings', () => {
    const expected = { rate: 100, errors: 0, utilisation: 0.3 };
    assert.deepEqual(readFrom('JSON {"cpu_utilization":0.3,"rps_fractional":100}'), expected);
    assert.deepEqual(readFrom('JSON {"cpuUtilization":0.3,"rpsFractional":"100","named_metrics":{"queue":7}}'), expected);
  });

  test('tells the utilisation of the application before all else', () => {
    assert.equal(readFrom('TEXT cpu=0.9,application_utilization=0.4,named_metrics.gpu=0.7,rps=1', ['gpu'])?.utilisation, 0.4);
    assert.equal(readFrom('TEXT cpu=0.9,application_utilization=0,rps=1')?.utilisation, 0.9);
  });

  test('tells the highest of the metrics that were named before that of the processor', () => {
    const report = 'TEXT cpu=0.9,mem=0.2,named_metrics.gpu=0.7,utilization.disk=0.5,named_metrics.other=5,request_cost.gpu=9,rps=1';
    assert.equal(readFrom(report, ['named_metrics.gpu', 'utilization.disk'])?.utilisation, 0.7);
    assert.equal(readFrom(report, ['gpu'])?.utilisation, 0.7);
    assert.equal(readFrom(report, ['disk', 'mem'])?.utilisation, 0.5);
    assert.equal(readFrom(report, ['mem_utilization'])?.utilisation, 0.2);
    assert.equal(readFrom(report, ['utilization.gpu'])?.utilisation, 0.9);
    const json = 'JSON {"cpu_utilization":0.9,"named_metrics":{"gpu":0.7},"utilization":{"disk":0.8}}';
    assert.equal(readFrom(json, ['gpu', 'disk'])?.utilisation, 0.8);
  });

  test('leaves out what it does not know', () => {
    assert.deepEqual(readFrom('TEXT cpu=0.5,rps=10,colour=blue,request_cost.x=-1'), { rate: 10, errors: 0, utilisation: 0.5 });
    assert.deepEqual(readFrom('JSON {"cpu_utilization":1.5,"rps_fractional":10,"x":[1],"y":null}'), {
      rate: 10,
      errors: 0,
      utilisation: 1.5,
    });
  });

  test('keeps nothing of the report before', () => {
    const report = new LoadReport([]);
    assert.ok(report.read(fields('TEXT application=0.5,cpu=0.9,rps=10,eps=3')));
    assert.ok(report.read(fields('TEXT cpu=0.2,rps=20')));
    assert.deepEqual([report.rate, report.errors, report.utilisation], [20, 0, 0.2]);
  });

  const broken = [
    '',
    'cpu=0.5,rps=10',
    'text cpu=0.5,rps=10',
    'BIN CAAA',
    'TEXT cpu',
    'TEXT cpu=0.5,rps',
    'TEXT cpu=,rps=10',
    'TEXT cpu=-0.5,rps=10',
    'TEXT cpu=0x1,rps=10',
    'TEXT cpu=Infinity,rps=10',
    'TEXT cpu=NaN,rps=10',
    'TEXT cpu=1e999,rps=10',
    'TEXT cpu=0.5;rps=10',
    'JSON',
    'JSON ',
    'JSON {"cpu_utilization":0.5',
    'JSON [0.5]',
    'JSON null',
    'JSON 5',
    'JSON {"cpu_utilization":"much"}',
    'JSON {"cpu_utilization":-1}',
    'JSON {"cpu_utilization":{}}',
    'JSON {"named_metrics":null}',
    `JSON ${'['.repeat(100_000)}`,
  ];
  for (const value of broken) {
    test(`is none when it is broken: ${value.slice(0, 40)}`, () => assert.equal(readFrom(value), undefined));
  }

  test('is none when an answer has no such field', () => {
    assert.equal(new LoadReport([]).read('Server: x\r\n'), false);
    assert.equal(new LoadReport([]).read('endpoint-load-metrics-bin: CAAA\r\n'), false);
    assert.equal(new LoadReport([]).read(''), false);
  });

  test('never throws and never tells what is no amount, whatever is written', () => {
    const name = fc.constantFrom('cpu', 'rps', 'eps', 'rps_fractional', 'application_utilization', 'named_metrics.gpu', '__proto__', '');
    const value = fc.oneof(fc.double().map(String), fc.string({ maxLength: 6 }), fc.constantFrom('1', '.5', '1e5', '-0', '1.'));
    const text = fc.array(fc.tuple(name, fc.constantFrom('=', '', '=='), value), { maxLength: 6 });
    const written = fc.oneof(
      text.map((pairs) => `TEXT ${pairs.map((pair) => pair.join('')).join(',')}`),
      fc.json().map((json) => `JSON ${json}`),
      fc
        .dictionary(name, fc.oneof(fc.double(), value, fc.dictionary(fc.string(), fc.double())))
        .map((map) => `JSON ${JSON.stringify(map)}`),
      fc.string({ unit: 'binary', maxLength: 60 }),
    );
    let sound = 0;
    fc.assert(
      fc.property(written, (given) => {
        const report = readFrom(given, ['gpu', '__proto__']);
        if (report === undefined) return;
        sound++;
        for (const amount of Object.values(report)) assert.ok(Number.isFinite(amount) && amount >= 0, `${amount} of ${given}`);
      }),
      { seed: 0x0eca, numRuns: 3000 },
    );
    assert.ok(sound > 100, `only ${sound} reports could be read`);
  });
});
