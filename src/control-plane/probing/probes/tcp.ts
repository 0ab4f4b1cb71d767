// A connection is made; where a text is expected it must also come, after another one was sent if there is one.
import type { ProbeContext, ProbeTarget } from '../probe.ts';
import { defineProbe, pass } from '../probe.ts';
import { ProbeSocket } from '../probe-socket.ts';

/** Byte strings: each character is one byte. */
export interface TcpProbeSettings {
  readonly send?: string;
  /** Must be found anywhere in the first 64 KiB of what comes. */
  readonly expect?: string;
}

export const tcp = defineProbe({
  name: 'tcp',
  summary: 'Passes when a connection can be made, and when an expected text comes, if one is given.',
  run: async (target: ProbeTarget, { send, expect }: TcpProbeSettings, context: ProbeContext) => {
    using socket = await ProbeSocket.connect(target, context);
    if (send !== undefined) socket.write(Buffer.from(send, 'latin1'));
    if (expect === undefined) return pass;
    context.step('waiting for the expected text');
    await socket.readUntil(Buffer.from(expect, 'latin1'));
    return pass;
  },
});
