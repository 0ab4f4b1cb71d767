// A handshake of TLS ends well. Nothing is said afterwards.
import type { ProbeContext, ProbeTarget } from '../probe.ts';
import { defineProbe, pass } from '../probe.ts';
import { ProbeSocket } from '../probe-socket.ts';

export interface TlsProbeSettings {
  /** When it is absent none is asked for, unless it must be verified: then it is the endpoint's host. */
  readonly serverName?: string;
  /** Whether the certificate must be valid too. Not when absent. */
  readonly verify?: boolean;
  /** Authorities to trust in the place of the system's, as PEM. */
  readonly authorities?: string;
}

export const tls = defineProbe({
  name: 'tls',
  summary: 'Passes when a handshake of TLS ends well, with a valid certificate if one is asked for.',
  run: async (target: ProbeTarget, { verify = false, serverName, authorities }: TlsProbeSettings, context: ProbeContext) => {
    using socket = await ProbeSocket.connect(target, context);
    await socket.secure({ verify, serverName: serverName ?? (verify ? undefined : ''), authorities });
    await socket.finish();
    return pass;
  },
});
