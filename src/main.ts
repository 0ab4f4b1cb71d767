// Starts the command line. The one module that does something by being imported.
import type { Tools } from './interface/cli/command.ts';
import { runCommandLine } from './interface/cli/command-line.ts';

const out = (line: string): void => void process.stdout.write(`${line}\n`);
const err = (line: string): void => void process.stderr.write(`${line}\n`);
const logged = (print: (line: string) => void) => (line: string) => print(`evenkeel: ${line}`);
/** A line longer than the terminal is wide could not be taken back. */
const renew = (line: string): void => void process.stdout.write(`\r\u001b[K${line.slice(0, (process.stdout.columns || 80) - 1)}`);

const tools: Tools = {
  out,
  err,
  colour: process.stderr.isTTY === true && process.stderr.hasColors(),
  terminal: process.stdout.isTTY === true ? { colour: process.stdout.hasColors(), renew } : undefined,
  folder: process.cwd(),
  start: async (document, origin) => {
    const { assemble } = await import('./assemble.ts');
    const log = { info: logged(out), warn: logged(err), error: logged(err) };
    return assemble(document, { log, signals: process, exit: (code) => process.exit(code), origin });
  },
};

// Whoever read the output may be gone long before the balancer; without a listener the next line would end the program.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const code = await runCommandLine(process.argv.slice(2), tools);
// Output that is still on its way gets through; a program that serves keeps running.
if (code !== undefined) process.exitCode = code;
