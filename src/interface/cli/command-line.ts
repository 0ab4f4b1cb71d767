// From words on the command line to a command that runs. Unknown words are answered with the nearest ones that exist.
import { Command as Commander, CommanderError } from 'commander';
import type { Command, Tools } from './command.ts';
import * as commands from './commands.ts';

/** In the order in which somebody new needs them. */
export const allCommands: readonly Command[] = [
  commands.run,
  commands.quick,
  commands.check,
  commands.schema,
  commands.plan,
  commands.apply,
  commands.reload,
  commands.history,
  commands.rollback,
  commands.importCommand,
  commands.version,
];

/** Resolves with the exit code, or with undefined when the program goes on running. */
export async function runCommandLine(words: readonly string[], tools: Tools): Promise<number | undefined> {
  let outcome: number | undefined = 0;
  const program = describeProgram(tools, async (command, positional, options) => {
    outcome = await command.run({ positional, options }, tools);
  });
  try {
    await program.parseAsync(words.length === 1 && isVersionFlag(words[0]) ? ['version'] : words, { from: 'user' });
    return outcome;
  } catch (error) {
    // Commander has said what is wrong by the time it throws; asking for help is not wrong.
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
}

type Action = (
  command: Command,
  positional: readonly string[],
  options: Readonly<Record<string, string | true | undefined>>,
) => Promise<void>;

/** The whole command line as commander sees it. */
export function describeProgram(tools: Pick<Tools, 'out' | 'err'>, action: Action): Commander {
  const program = new Commander('evenkeel')
    .description('A highly available load balancer.')
    .usage('COMMAND')
    .exitOverride()
    .configureOutput({ writeOut: (text) => tools.out(text.trimEnd()), writeErr: (text) => tools.err(text.trimEnd()) })
    .configureHelp({ subcommandTerm: (command) => command.name(), showGlobalOptions: false })
    .addHelpText('after', '\n"evenkeel help COMMAND" tells more about one command.')
    .showHelpAfterError('"evenkeel help" lists what there is.');

  for (const command of allCommands) {
    const described = program.command(command.name).description(command.summary);
    command.declare(described);
    described.action(() => action(command, described.args, described.opts()));
  }
  return program;
}

const isVersionFlag = (word: string | undefined): boolean => word === '--version' || word === '-V';
