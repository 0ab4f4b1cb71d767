// What holds in any run of visits while endpoints go and come back: a session never moves while its endpoint may serve, moves exactly once when
// that is gone, and does not move back. For both forms, and for applications that know each other's sessions as well as for those that do not.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { endpointsOf, times } from '../../../test/support/endpoints.ts';
import { answerHead, exchangeFacts } from '../../../test/support/http/exchange-facts.ts';
import { SharedTable } from '../../foundation/algorithms/shared-table.ts';
import { itemAt } from '../../foundation/basics/item-at.ts';
import type { Random } from '../../foundation/basics/random.ts';
import { seeded } from '../../foundation/basics/random.ts';
import { buildSessions, sessionTableShape } from './build-sessions.ts';
import type { Sessions } from './sessions.ts';
import type { StickySettings } from './sticky-settings.ts';
import { stickySettings } from './sticky-settings.ts';

const endpointCount = 4;
const clientCount = 5;
const endpoints = endpointsOf(times(endpointCount, () => 1));
const sign = (text: string): string => createHmac('sha256', 'a secret of many letters').update(text).digest('base64url');

/** Two workers with the same secret and table. */
function workersOf(settings: StickySettings): readonly Sessions[] {
  const shape = sessionTableShape(settings);
  const first = shape === undefined ? undefined : new SharedTable(shape, 0);
  const second = shape === undefined ? undefined : new SharedTable(shape, 1, first?.buffer);
  return [first, second].map((table) => buildSessions(settings, { pool: 'web', endpoints, sign, table, now: () => 1000 }));
}

/** A browser: keeps the cookies that it is given, and brings all of them. */
class Browser {
  readonly #cookies = new Map<string, string>();

  get lines(): readonly string[] {
    return this.#cookies.size === 0 ? [] : [`Cookie: ${[...this.#cookies].map((cookie) => cookie.join('=')).join('; ')}`];
  }

  has(name: string): boolean {
    return this.#cookies.has(name);
  }

  receive(fields: string): void {
    for (const [, name = '', value = ''] of fields.matchAll(/^Set-Cookie: ([^=]+)=([^;\r]*)/gm)) this.#cookies.set(name, value);
  }
}

/** An application at all endpoints. It makes a session for whoever has none, and for those that its endpoint does not know unless all share them. */
class Application {
  readonly #known = times(endpointCount, () => new Set<string>());
  readonly #isShared: boolean;
  #made = 0;

  constructor(isShared: boolean) {
    this.#isShared = isShared;
  }

  answer(slot: number, browser: Browser, client: string): readonly string[] {
    const known = itemAt(this.#known, this.#isShared ? 0 : slot);
    if (browser.has('SID') && known.has(client)) return [];
    known.add(client);
    return [`Set-Cookie: SID=${client}-${this.#made++}; Path=/`];
  }
}

/** Endpoints that may serve, of which one always is left, and who visited which last. */
class World {
  readonly up = new Set(times(endpointCount, (slot) => slot));
  readonly #workers: readonly Sessions[];
  readonly #application: Application;
  readonly #browsers = times(clientCount, () => new Browser());
  readonly #random: Random;

  constructor(settings: StickySettings, isShared: boolean, random: Random) {
    this.#workers = workersOf(settings);
    this.#application = new Application(isShared);
    this.#random = random;
  }

  turn(slot: number): void {
    if (!this.up.delete(slot)) this.up.add(slot);
    if (this.up.size === 0) this.up.add(slot);
  }

  /** As the balancer does it: the session's endpoint if it may serve, else any. Gives the slot that answers. */
  visit(client: number, worker: number): number {
    const sessions = itemAt(this.#workers, worker);
    const browser = itemAt(this.#browsers, client);
    const facts = exchangeFacts(browser.lines);
    const found = sessions.find(facts);
    const slot = this.up.has(found) ? found : itemAt([...this.up], Math.floor(this.#random() * this.up.size));
    browser.receive(sessions.keep(facts, slot, answerHead(this.#application.answer(slot, browser, `c${client}`))).fields);
    return slot;
  }
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ client: fc.nat(clientCount - 1), worker: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ slot: fc.nat(endpointCount - 1) }) },
);
const forms = [{ cookie: 'SERVER' }, { session: 'cookie:SID' }] as const;

describe('in any run of visits', () => {
  for (const form of forms) {
    for (const isShared of [true, false]) {
      test(`sessions by ${Object.values(form).join()} stay, with sessions ${isShared ? 'at all endpoints' : 'at one'}`, () => {
        fc.assert(
          fc.property(fc.array(step, { maxLength: 80 }), fc.nat(), (steps, seed) => {
            const world = new World(stickySettings.parse(form), isShared, seeded(seed));
            const homes = new Map<number, number>();
            for (const now of steps) {
              if ('slot' in now) {
                world.turn(now.slot);
                continue;
              }
              const home = homes.get(now.client);
              const slot = world.visit(now.client, now.worker);
              // It never moves while its endpoint is there; when it has moved, the other endpoint is its home.
              if (home !== undefined && world.up.has(home)) assert.equal(slot, home);
              assert.ok(world.up.has(slot));
              homes.set(now.client, slot);
            }
          }),
          { seed: 0x5e55, numRuns: 300 },
        );
      });
    }
  }

  test('an endpoint that goes moves its own sessions once, and no others', () => {
    for (const form of forms) {
      const world = new World(stickySettings.parse(form), true, seeded(1));
      const clients = times(clientCount, (client) => client);
      const before = clients.map((client) => world.visit(client, 0));
      const gone = itemAt(before, 0);
      world.turn(gone);
      const after = clients.map((client) => world.visit(client, 1));
      world.turn(gone);
      const later = times(3, (round) => clients.map((client) => world.visit(client, round % 2)));
      for (const client of clients) {
        const [was, is] = [itemAt(before, client), itemAt(after, client)];
        assert.equal(was === is, was !== gone, `client ${client} moves if and only if its endpoint is gone`);
      }
      for (const round of later) assert.deepEqual(round, after);
    }
  });
});
