import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render, renderLine } from './render.ts';
import { seenLength } from './text.ts';
import type { InstanceView, View } from './view.ts';

function instance(name: string, changes: Partial<InstanceView> = {}): InstanceView {
  const facts = { name, state: 'up', pid: 4711, restarts: 0, returnsIn: undefined } as const;
  return { ...facts, requests: 1234, failed: 0, share: 1 / 3, perSecond: 6.66, p50: 5.21, p99: 31.4, ...changes };
}

const view: View = {
  now: 65_000,
  startedAt: 0,
  port: 8080,
  adminPort: 9900,
  returnsAfter: 8000,
  balancer: { name: 'evenkeel', state: 'up', pid: 42, restarts: 0, returnsIn: undefined },
  policy: 'round-robin',
  instances: [instance('shop-1'), instance('shop-2', { pid: 4712 }), instance('shop-3')],
  requests: 3702,
  perSecond: 20,
  retries: 0,
  shoppers: { sent: 3710, answered: 3702, failed: 0, orders: 700, repeated: 0 },
  orders: [{ at: 64_000, number: 'A1B2C3', instance: 'shop-3', what: '2 Cup', milliseconds: 24 }],
  news: [],
};

const wide = { columns: 110, rows: 30, colour: false };

test('each instance has its state, share, rate and latency in one row', () => {
  const row = render(view, wide).find((line) => line.startsWith(' shop-2'));
  assert.match(row ?? '', /^ shop-2 +4712 +up +█+\S? +33 % +6\.7 +1,234 +5\.2 ms +31 ms$/);
});

test('an instance that is down says when it is back', () => {
  const down = instance('shop-2', { state: 'down', pid: undefined, returnsIn: 6001, share: 0 });
  const lines = render({ ...view, instances: [instance('shop-1'), down, instance('shop-3')] }, wide);
  assert.match(lines.find((line) => line.startsWith(' shop-2')) ?? '', /– +down, back in 7 s +0 %/);
});

test('the commands to try name real ports and an instance that is up', () => {
  const text = render(view, wide).join('\n');
  assert.match(text, /curl -i http:\/\/localhost:8080\/catalogue/);
  assert.match(text, /kill 4712 +stops shop-2; it returns after 8 s/);
  assert.match(text, /curl http:\/\/127\.0\.0\.1:9900\/metrics/);
  const down = instance('shop-2', { state: 'down', pid: undefined, returnsIn: 100 });
  const without = render({ ...view, instances: [instance('shop-1'), down, instance('shop-3', { pid: 4713 })] }, wide).join('\n');
  assert.match(without, /kill 4713 +stops shop-3/);
});

test('failures and second tries are told in the title', () => {
  assert.match(render(view, wide)[2] ?? '', /0 failed · 700 orders/);
  const troubled = { ...view, retries: 12, shoppers: { ...view.shoppers, failed: 3 } };
  assert.match(render(troubled, wide)[2] ?? '', /12 tried again elsewhere · 3 failed/);
});

test('the last orders and what happened stand side by side, or one above the other when narrow', () => {
  const eventful = { ...view, news: [{ at: 60_000, what: 'shop-2 ended (SIGTERM)', times: 1, isBad: true }] };
  assert.ok(render(eventful, wide).some((line) => /A1B2C3 +shop-3 +24 ms +2 Cup +-0:05 {2}shop-2 ended/.test(line)));
  const narrow = render(eventful, { columns: 80, rows: 30, colour: false });
  assert.ok(narrow.findIndex((line) => line.includes('A1B2C3')) < narrow.findIndex((line) => line.includes('shop-2 ended')));
});

test('what happened many times is told once', () => {
  const lines = render({ ...view, news: [{ at: 65_000, what: 'no answer', times: 53, isBad: true }] }, wide);
  assert.ok(lines.some((line) => line.endsWith('no answer (53×)')));
});

test('no line is longer than the screen, and no more lines are drawn than fit, in colour as well', () => {
  for (const colour of [false, true]) {
    for (let columns = 1; columns <= 130; columns += 3) {
      for (let rows = 1; rows <= 40; rows += 3) {
        const lines = render(view, { columns, rows, colour });
        assert.ok(lines.length <= rows);
        assert.ok(lines.every((line) => seenLength(line) <= columns));
      }
    }
  }
});

test('eighty columns show every figure of the table', () => {
  const rows = render(view, { columns: 80, rows: 24, colour: false });
  assert.match(rows.find((line) => line.startsWith(' shop-1')) ?? '', /31 ms$/);
});

test('one line tells the same where there is no terminal', () => {
  const line = renderLine(view);
  assert.match(line, /^1:05 {2}20\.0 requests\/s, 3,702 in all, 0 failed, 700 orders/);
  assert.match(line, /shop-2 up 6\.7\/s 5\.2 ms/);
});
