// The body of a request to the admin server: JSON, short, and nothing that a page on the web can send without being asked first.
import type { IncomingMessage } from 'node:http';
import type { Answer } from './operation.ts';
import { jsonAnswer } from './operation.ts';

/** Far more than a change of one thing has to say. */
const usualLongest = 64 * 1024;
/** Read and thrown away of a body that is too long: a connection that is closed with bytes unread can lose the answer. */
const patience = 1024 * 1024;

/** The body as text, or the answer that refuses it. */
export async function readBody(request: IncomingMessage, longest = usualLongest): Promise<string | Answer> {
  const { headers } = request;
  // A page on the web can send text and forms to anybody. Before it sends this type its browser asks, and here nobody says yes.
  if (!/^application\/json *(;|$)/i.test(headers['content-type'] ?? '')) {
    return jsonAnswer(415, { error: 'A change is sent as JSON, with Content-Type: application/json.' });
  }
  const bytes = await collect(request, longest);
  if (bytes === undefined) return jsonAnswer(413, { error: `A body has ${longest} bytes at most.` });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return jsonAnswer(400, { error: 'The body is not UTF-8 text.' });
  }
}

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

/** Undefined for a body that is too long. */
async function collect(request: IncomingMessage, longest: number): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  // Leaving the loop must not destroy the connection, which is to carry the answer.
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    size += piece.length;
    if (size <= longest) pieces.push(piece);
    if (size > Math.max(longest, patience)) break;
  }
  return size > longest ? undefined : Buffer.concat(pieces);
}
