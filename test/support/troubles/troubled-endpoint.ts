// An endpoint that fails in every way that it can, by chance, and remembers what arrived at it. Every whole answer of it says to which request it
// belongs, and what of that had come.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../../src/foundation/basics/random.ts';
import { seeded } from '../../../src/foundation/basics/random.ts';
import type { BytePeer } from '../byte-peer.ts';
import { ScriptedEndpoint } from '../scripted-endpoint.ts';

interface Arrival {
  readonly peer: BytePeer;
  readonly head: string;
  readonly id: string;
  readonly random: Random;
}

/** What becomes of a request whose head has come. False when the connection is over. */
type Trouble = (arrival: Arrival) => Promise<boolean> | boolean;

export class TroubledEndpoint implements AsyncDisposable {
  /** The number of each request, once for each time that its head came. */
  readonly arrivals: string[] = [];
  /** From now on it answers everything at once and as it should. */
  isWell = false;
  readonly #random: Random;
  /** So many requests more get nothing good. */
  #illFor = 0;
  #endpoint: ScriptedEndpoint | undefined = undefined;

  private constructor(seed: number) {
    this.#random = seeded(seed);
  }

  static async open(seed: number): Promise<TroubledEndpoint> {
    const troubled = new TroubledEndpoint(seed);
    troubled.#endpoint = await ScriptedEndpoint.open((peer) => troubled.#serve(peer));
    return troubled;
  }

  get address(): string {
    return this.#endpoint?.address ?? '';
  }

  async #serve(peer: BytePeer): Promise<void> {
    for (let goesOn = true; goesOn; ) {
      const head = await peer.until('\r\n\r\n');
      const id = fieldOf(head, 'x-id');
      this.arrivals.push(id);
      this.#endpoint?.dropClosed();
      goesOn = await this.#next()({ peer, head, id, random: this.#random });
    }
  }

  /** Now and then it falls ill for a while, so that breakers open. */
  #next(): Trouble {
    const random = this.#random;
    if (this.isWell) return answer;
    if (this.#illFor === 0 && random() < 0.015) this.#illFor = Math.floor(random() * 20);
    if (this.#illFor === 0) return chosen(random, troubles);
    this.#illFor--;
    return chosen(random, illnesses);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#endpoint?.[Symbol.asyncDispose]();
  }
}

const fieldOf = (head: string, name: string): string => new RegExp(`^${name}: *(.*?)\r$`, 'im').exec(head)?.[1] ?? '';

/** What came of the body: its length, and its first and last letters. */
async function bodyOf(peer: BytePeer, head: string): Promise<string> {
  if (fieldOf(head, 'transfer-encoding') === '') return told(await peer.bytes(Number(fieldOf(head, 'content-length'))));
  let body = '';
  for (;;) {
    const size = Number.parseInt(await peer.until('\r\n'), 16);
    body += await peer.bytes(size);
    await peer.until('\r\n');
    if (size === 0) return told(body);
  }
}

/** What an endpoint tells of a body. */
export const told = (body: string): string => `${body.length}:${body.slice(0, 8)}:${body.slice(-8)}`;

function send({ peer, head, id, random }: Arrival, status: number, text: string, rest = ''): void {
  const start = `HTTP/1.1 ${status} Whatever\r\nX-Of: ${id}\r\n`;
  const body = `${text}|${'-'.repeat(Math.floor(random() ** 4 * 200_000))}`;
  const length = body.length + rest.length;
  const isToHead = head.startsWith('HEAD ');
  if (random() < 0.5) peer.send(`${start}Content-Length: ${length}\r\n\r\n${isToHead ? '' : body}`);
  else {
    const end = rest === '' ? '0\r\n\r\n' : '';
    peer.send(`${start}Transfer-Encoding: chunked\r\n\r\n${isToHead ? '' : `${body.length.toString(16)}\r\n${body}\r\n${end}`}`);
  }
}

const answer: Trouble = async (arrival) => {
  const { peer, head } = arrival;
  if (/^expect:/im.test(head)) peer.send('HTTP/1.1 100 Continue\r\n\r\n');
  if (/^upgrade:/im.test(head)) return talk(arrival);
  send(arrival, 200, await bodyOf(peer, head));
  return true;
};

async function talk({ peer, id, random }: Arrival): Promise<boolean> {
  peer.send(`HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: chat\r\nX-Of: ${id}\r\n\r\nhello`);
  await peer.until('ping');
  peer.send('pong');
  if (random() < 0.5) await peer.over();
  peer.close();
  return false;
}

const late: Trouble = async (arrival) => {
  await sleep(arrival.random() * 60);
  return await answer(arrival);
};

/** Between its pieces another endpoint may answer as well. */
const inPieces: Trouble = async ({ peer, head, id, random }) => {
  const body = `${await bodyOf(peer, head)}|${'-'.repeat(300)}`;
  peer.send(`HTTP/1.1 200 OK\r\nX-Of: ${id}\r\nContent-Length: ${body.length}\r\n\r\n`);
  if (head.startsWith('HEAD ')) return true;
  for (let at = 0; at < body.length; at += 100) {
    peer.send(body.slice(at, at + 100));
    await sleep(random() * 15);
  }
  return true;
};

const withStatus =
  (status: number): Trouble =>
  async (arrival) => {
    send(arrival, status, await bodyOf(arrival.peer, arrival.head));
    return true;
  };

const early =
  (status: number): Trouble =>
  async (arrival) => {
    send(arrival, status, 'early');
    await bodyOf(arrival.peer, arrival.head);
    return true;
  };

const hints: Trouble = async (arrival) => {
  arrival.peer.send('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n');
  return await late(arrival);
};

/** Ends the connection in one way or another; `after` says what it had sent by then. */
const ending =
  (after: (arrival: Arrival) => Promise<void> | void): Trouble =>
  async (arrival) => {
    const { peer, random } = arrival;
    await after(arrival);
    const way = random();
    if (way < 0.4) peer.close();
    else if (way < 0.8) peer.reset();
    else {
      peer.end();
      await peer.over();
    }
    return false;
  };

const nothing = ending(() => undefined);
const nothingAfterAll = ending(async ({ peer, head }) => void (await bodyOf(peer, head)));
const halfHead = ending(({ peer }) => void peer.send('HTTP/1.1 200 OK\r\nX-Half: '));
const halfBody = ending((arrival) => send(arrival, 200, 'half', 'the rest is missing'));
const wholeAndOver = ending(async (arrival) => {
  send(arrival, 200, await bodyOf(arrival.peer, arrival.head));
  await sleep(arrival.random() * 5);
});
const garbage: Trouble = ({ peer }) => {
  peer.send('no HTTP at all\r\n\r\n');
  return false;
};
/** The connection stays open, and nothing more comes of it. */
const silence: Trouble = () => false;

type Choice = readonly (readonly [weight: number, trouble: Trouble])[];

const troubles: Choice = [
  [45, answer],
  [10, late],
  [8, inPieces],
  [6, hints],
  [6, withStatus(503)],
  [4, withStatus(500)],
  [2, withStatus(404)],
  [3, early(200)],
  [2, early(503)],
  [4, nothing],
  [3, nothingAfterAll],
  [3, halfHead],
  [3, halfBody],
  [4, wholeAndOver],
  [1, garbage],
  [2, silence],
];
const illnesses: Choice = [
  [4, withStatus(500)],
  [4, withStatus(503)],
  [4, nothing],
  [2, halfHead],
  [1, silence],
];

function chosen(random: Random, choice: Choice): Trouble {
  let point = random() * choice.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, trouble] of choice) {
    point -= weight;
    if (point < 0) return trouble;
  }
  return answer;
}
