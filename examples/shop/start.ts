// `npm start`: a shop of three instances with Evenkeel before it, and a display of what goes where. Ends all of it on Ctrl-C.

import { chooseAddresses } from './addresses.ts';
import { Cluster } from './cluster.ts';
import { type Options, readOptions, usage } from './options.ts';
import { render, renderLine } from './render.ts';
import { Terminal } from './terminal.ts';
import { grouped } from './text.ts';
import type { View } from './view.ts';

const drawEvery = 250;
const lineEvery = 2000;

try {
  const options = readOptions(process.argv.slice(2));
  if (options) process.exitCode = await run(options);
  else console.log(usage);
} catch (error) {
  console.error(`evenkeel: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function run(options: Options): Promise<number> {
  const ended = waitForEnd();
  const { addresses, notes } = await chooseAddresses(options);
  for (const note of notes) console.log(`evenkeel: ${note}`);
  console.log('evenkeel: starting three instances of the shop, and Evenkeel before them …');
  await using cluster = await Cluster.start({ ...options, addresses });
  if (options.endAfter !== undefined) setTimeout(ended.resolve, options.endAfter);

  if (process.stdout.isTTY && !options.plain) await showDisplay(cluster, ended.promise);
  else await showLines(cluster, ended.promise);

  const last = cluster.view();
  console.log('evenkeel: ending Evenkeel and the shop …');
  await cluster.stop();
  console.log(summary(last));
  return last.shoppers.answered > 0 ? 0 : 1;
}

/** Resolves on the first signal to end. Later ones change nothing: the end is under way then and takes seconds at most. */
function waitForEnd(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  // Whoever read the output has gone: `npm start | head`.
  process.stdout.on('error', () => resolve());
  return { promise, resolve };
}

async function showDisplay(cluster: Cluster, ended: Promise<void>): Promise<void> {
  using terminal = new Terminal(process.stdout);
  const draw = (): void => terminal.show(render(cluster.view(), terminal.screen));
  draw();
  const drawing = setInterval(draw, drawEvery);
  process.stdout.on('resize', draw);
  await ended;
  clearInterval(drawing);
  process.stdout.off('resize', draw);
}

async function showLines(cluster: Cluster, ended: Promise<void>): Promise<void> {
  const { port, adminPort, instances } = cluster.view();
  console.log(`evenkeel: the shop is at http://localhost:${port}, figures at http://127.0.0.1:${adminPort}/metrics`);
  console.log(`evenkeel: ${instances.map(({ name, pid }) => `${name} has pid ${pid}`).join(', ')}`);
  const printing = setInterval(() => console.log(renderLine(cluster.view())), lineEvery);
  await ended;
  clearInterval(printing);
}

function summary({ shoppers, instances }: View): string {
  const { sent, answered, failed, orders, repeated } = shoppers;
  const shares = instances.map(({ name, requests }) => `${name} ${grouped(requests)}`).join(', ');
  return `evenkeel: ended. ${grouped(sent)} requests sent, ${grouped(answered)} answered, ${grouped(failed)} failed; ${grouped(orders)} orders, ${repeated} asked for again. Answers: ${shares}.`;
}
