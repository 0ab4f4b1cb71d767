// HAProxy's agent check (check.c, process_chk_conn): a program beside the endpoint says in one line how well it is, and how much it wants.
// An agent that cannot be heard says nothing of the endpoint: whether that can be reached is for other probes to find out.
import { failureText } from '../failure-text.ts';
import type { Advice, ProbeContext, ProbeResult, ProbeTarget } from '../probe.ts';
import { defineProbe, ProbeFailure } from '../probe.ts';
import { ProbeSocket } from '../probe-socket.ts';
import { quoted } from '../words.ts';

export interface AgentProbeSettings {
  /** What the agent is sent once it is connected. Nothing when empty. */
  readonly send: string;
}

const mostLine = 4096;

export const agent = defineProbe({
  name: 'agent',
  summary: 'Reads a line such as "up 75%" from a program beside the endpoint: how well it is, its weight, and its state.',
  run: async (target: ProbeTarget, { send }: AgentProbeSettings, context: ProbeContext): Promise<ProbeResult> => {
    try {
      using socket = await ProbeSocket.connect(target, context, mostLine);
      if (send !== '') socket.write(Buffer.from(send, 'latin1'));
      context.step('waiting for the line of the agent');
      return readAgentLine(await socket.takeLine());
    } catch (error) {
      return { passed: undefined, reason: error instanceof ProbeFailure ? error.message : failureText(error) };
    }
  },
});

const adverse = ['down', 'stopped', 'fail', 'failed'];
const states = ['ready', 'drain', 'maint'] as const;

/** Words stand in any order, separated by blanks and commas; the last of each kind holds. What follows a "#" is a description. */
export function readAgentLine(line: string): ProbeResult {
  const [said = '', ...description] = line.split('#');
  let health: string | undefined;
  let advice: Advice = {};
  for (const word of said.split(/[ \t,]+/).filter((each) => each !== '')) {
    const lower = word.toLowerCase();
    if (lower === 'up' || adverse.includes(lower)) health = lower;
    else
      advice = {
        ...advice,
        ...(readAdvice(lower) ?? { remark: advice.remark ?? `the agent said ${quoted(word)}, which means nothing here` }),
      };
  }
  const passed = health === undefined ? undefined : health === 'up';
  if (passed) return { passed, advice };
  const why = description.length === 0 ? '' : `: ${quoted(description.join('#').trim())}`;
  const reason = health === undefined ? 'the agent said nothing of being up or down' : `the agent said "${health}"${why}`;
  return { passed, reason, advice };
}

/** `undefined` for what is none. */
function readAdvice(word: string): Advice | undefined {
  const state = states.find((each) => each === word);
  if (state !== undefined) return { state };
  const [, percent, most] = /^(?:(\d{1,6})%|maxconn:(\d{1,9}))$/.exec(word) ?? [];
  if (percent !== undefined) return { share: Number(percent) / 100 };
  return most === undefined ? undefined : { maxConnections: Number(most) };
}
