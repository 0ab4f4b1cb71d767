// The display of the running shop: a view becomes lines of text. Nothing here reads a clock or writes to a terminal.

import { bar, clock, cut, duration, grouped, type Paint, painter, seenLength } from './text.ts';
import type { InstanceView, News, View } from './view.ts';

export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly colour: boolean;
}

/** As many lines as fit; the most important ones stand first. */
export function render(view: View, { columns, rows, colour }: Screen): string[] {
  const paint = painter(colour);
  const width = Math.min(columns, 110);
  const top = [...title(view, width, paint), '', ...table(view, width, paint), '', ...commands(view, paint), ''];
  const room = Math.max(0, rows - top.length - 1);
  const lines = [...top, ...recent(view, { width, rows: room }, paint)];
  return lines.slice(0, rows).map((line) => cut(line, columns));
}

function title(view: View, width: number, paint: Paint): string[] {
  const { balancer, policy, perSecond, requests, retries, shoppers } = view;
  const name = `${paint('bold', ' Evenkeel')} before a shop of ${view.instances.length} instances`;
  const state = balancer.state === 'up' ? paint('green', 'up') : paint('red', stateOf(balancer));
  const figures = [
    `${perSecond.toFixed(1)} requests/s`,
    `${grouped(requests)} in all`,
    retries > 0 ? paint('yellow', `${grouped(retries)} tried again elsewhere`) : undefined,
    shoppers.failed > 0 ? paint('red', `${grouped(shoppers.failed)} failed`) : paint('green', '0 failed'),
    `${grouped(shoppers.orders)} orders`,
  ];
  return [
    spread(name, `${clock(view.now - view.startedAt)} · Ctrl-C ends everything `, width),
    ` ${paint('cyan', `http://localhost:${view.port}`)} ${state}, pid ${balancer.pid ?? '–'}${policy ? `, ${policy}` : ''}`,
    ` ${figures.filter((figure) => figure !== undefined).join(' · ')}`,
  ];
}

const heading = { name: 'name', pid: 'pid', state: 'state', share: 'share of the last seconds', rate: 'req/s', requests: 'answers' };

// Beside the bar: name 8, pid 8, state 19, share 6, rate 6, answers 9, two latencies of 8, and the space at the left.
const besideBar = 73;

function table(view: View, width: number, paint: Paint): string[] {
  const barWidth = Math.max(0, Math.min(28, width - besideBar));
  const shareWidth = barWidth + 6;
  const head = [
    ` ${heading.name.padEnd(8)}${heading.pid.padEnd(8)}${heading.state.padEnd(19)}`,
    (shareWidth < heading.share.length ? 'share' : heading.share).padEnd(shareWidth),
    heading.rate.padStart(6),
    heading.requests.padStart(9),
    'p50'.padStart(8),
    'p99'.padStart(8),
  ];
  return [paint('dim', head.join('')), ...view.instances.map((instance) => row(instance, barWidth, paint))];
}

function row(instance: InstanceView, barWidth: number, paint: Paint): string {
  const { name, pid, state, share, perSecond, requests, p50, p99 } = instance;
  const colour = state === 'up' ? 'green' : state === 'starting' ? 'yellow' : 'red';
  return [
    ` ${name.padEnd(8)}${String(pid ?? '–').padEnd(8)}`,
    paint(colour, stateOf(instance).padEnd(19)),
    paint(colour, bar(share, barWidth)),
    `${Math.round(share * 100)} %`.padStart(6),
    perSecond.toFixed(1).padStart(6),
    grouped(requests).padStart(9),
    duration(p50).padStart(8),
    duration(p99).padStart(8),
  ].join('');
}

/** `up`, `up, restarted 2×`, `down, back in 5 s`. */
function stateOf({ state, restarts, returnsIn }: Pick<InstanceView, 'state' | 'restarts' | 'returnsIn'>): string {
  if (state === 'down' && returnsIn !== undefined) return `down, back in ${Math.ceil(returnsIn / 1000)} s`;
  return state === 'up' && restarts > 0 ? `up, restarted ${restarts}×` : state;
}

function commands({ port, adminPort, returnsAfter, instances }: View, paint: Paint): string[] {
  // The second one, so that the table shows traffic closing up around it; another one while it is down.
  const victim = [...instances.slice(1), ...instances].find(({ state }) => state === 'up');
  const lines: (readonly [string, string])[] = [
    [`curl -i http://localhost:${port}/catalogue`, 'X-Instance tells who answered'],
    [`curl http://127.0.0.1:${adminPort}/metrics`, 'every figure, for Prometheus'],
  ];
  if (victim) lines.splice(1, 0, [`kill ${victim.pid}`, `stops ${victim.name}; it returns after ${Math.round(returnsAfter / 1000)} s`]);
  const width = Math.max(...lines.map(([command]) => command.length));
  return [
    paint('dim', ' Try in another terminal, and see traffic go on'),
    ...lines.map(([command, effect]) => `   ${paint('bold', command.padEnd(width))}   ${paint('dim', effect)}`),
  ];
}

interface Room {
  readonly width: number;
  readonly rows: number;
}

/** Orders at the left, what happened at the right; on a narrow screen one above the other. */
function recent(view: View, { width, rows }: Room, paint: Paint): string[] {
  const count = Math.max(0, Math.min(8, rows - 1));
  if (count === 0) return [];
  const orders = [paint('dim', ' Last orders'), ...view.orders.slice(-count).reverse().map(orderLine)];
  const news = [paint('dim', 'What happened'), ...newsLines(view, count, paint)];
  if (width < 90) return [...orders.slice(0, Math.ceil(count / 2)), '', ...news.map((line) => ` ${line}`)].slice(0, rows);
  const left = 54;
  const height = Math.max(orders.length, news.length);
  return Array.from({ length: height }, (_, index) => {
    const order = cut(orders[index] ?? '', left - 2);
    return `${order}${' '.repeat(left - seenLength(order))}${news[index] ?? ''}`;
  });
}

const orderLine = ({ number, instance, what, milliseconds }: View['orders'][number]): string =>
  ` ${number}  ${instance.padEnd(8)}${duration(milliseconds).padStart(8)}   ${what}`;

function newsLines({ news, now }: View, count: number, paint: Paint): string[] {
  if (news.length === 0) return [paint('dim', 'nothing out of the ordinary')];
  const line = ({ at, what, times, isBad }: News): string => {
    const text = times > 1 ? `${what} (${times}×)` : what;
    return `${ago(now - at).padStart(6)}  ${isBad ? paint('red', text) : text}`;
  };
  return news.slice(-count).reverse().map(line);
}

const ago = (milliseconds: number): string => `-${clock(milliseconds)}`;

/** Two texts at the ends of a line, or one after the other when they do not fit. */
function spread(left: string, right: string, width: number): string {
  return `${left}${' '.repeat(Math.max(2, width - seenLength(left) - seenLength(right)))}${right}`;
}

/** The same in one line, for output that is not a terminal. */
export function renderLine(view: View): string {
  const instances = view.instances.map(
    (instance) => `${instance.name} ${stateOf(instance)} ${instance.perSecond.toFixed(1)}/s ${duration(instance.p50)}`,
  );
  const { failed, orders } = view.shoppers;
  return `${clock(view.now - view.startedAt)}  ${view.perSecond.toFixed(1)} requests/s, ${grouped(view.requests)} in all, ${failed} failed, ${orders} orders  |  ${instances.join('  |  ')}`;
}
