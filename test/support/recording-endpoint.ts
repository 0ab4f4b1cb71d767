// An endpoint that keeps every request that reached it, and reacts to each as a test says.
import type { BytePeer, PeerMessage } from './byte-peer.ts';
import { ScriptedEndpoint } from './scripted-endpoint.ts';

/** What it does once a whole request is there. */
export type Reaction = (peer: BytePeer, request: PeerMessage) => void;

export class RecordingEndpoint implements AsyncDisposable {
  readonly endpoint: ScriptedEndpoint;
  /** Whole requests, in the order in which they came. */
  readonly requests: readonly PeerMessage[];

  private constructor(endpoint: ScriptedEndpoint, requests: readonly PeerMessage[]) {
    this.endpoint = endpoint;
    this.requests = requests;
  }

  static async open(react: Reaction): Promise<RecordingEndpoint> {
    const requests: PeerMessage[] = [];
    const endpoint = await ScriptedEndpoint.open(async (peer) => {
      for (;;) {
        const request = await peer.request();
        requests.push(request);
        react(peer, request);
      }
    });
    return new RecordingEndpoint(endpoint, requests);
  }

  get address(): string {
    return this.endpoint.address;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.endpoint[Symbol.asyncDispose]();
  }
}

/** Answers with this status, and its number as the body. */
export const answering =
  (status: number): Reaction =>
  (peer, { startLine }) =>
    void peer.send(`HTTP/1.1 ${status} Whatever\r\nContent-Length: 3\r\n\r\n${startLine.startsWith('HEAD ') ? '' : status}`);

/** Closes the connection in place of an answer. */
export const closing: Reaction = (peer) => peer.close();

/** Says nothing, ever. */
export const silent: Reaction = () => undefined;
