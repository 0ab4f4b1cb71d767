// What all connections of one listener share in one worker.

import { RequestParser } from '../../domain/http/request-parser.ts';
import type { AddressRanges } from '../../foundation/algorithms/address-ranges.ts';
import type { Milliseconds } from '../../foundation/basics/units.ts';
import { milliseconds } from '../../foundation/basics/units.ts';
import type { SocketTools } from '../sockets/socket-tools.ts';
import type { ClientConnection } from './client-connection.ts';
import type { Serve } from './exchange.ts';
import type { ListenerSettings } from './settings.ts';

/** How long a connection that was refused is still read, so that the client gets to read why. */
export const lingerTime: Milliseconds = milliseconds(5000);

/** How long a draining listener waits for another request on a connection. */
export const drainGrace: Milliseconds = milliseconds(1000);

/** What a change of the document may change while connections are open. */
export interface ListenerRules {
  readonly settings: ListenerSettings;
  /** Networks whose word on the client is believed. */
  readonly trusted: AddressRanges;
  readonly serve: Serve;
}

export class ListenerContext {
  readonly tools: SocketTools;
  settings: ListenerSettings;
  serve: Serve;
  trusted: AddressRanges;
  /** Shared by all connections: a head is parsed in one go. */
  parser: RequestParser;
  /** This worker's figures for the listener, by `listenerCounter`. */
  readonly counters: Float64Array;
  readonly connections = new Set<ClientConnection>();
  /** The port that clients connect to, as text; '' on a Unix socket. Known once the listener is bound. */
  port = '';
  isDraining = false;
  /** Told when the last connection of a draining listener is gone. */
  onEmpty: () => void = () => {};

  constructor(parts: ListenerRules & { readonly tools: SocketTools; readonly counters: Float64Array }) {
    this.settings = parts.settings;
    this.tools = parts.tools;
    this.serve = parts.serve;
    this.trusted = parts.trusted;
    this.counters = parts.counters;
    this.parser = new RequestParser(parts.settings.limits);
  }

  /** From now on, for connections that are open as well: what they are at goes on. */
  adopt({ settings, trusted, serve }: ListenerRules): void {
    this.settings = settings;
    this.trusted = trusted;
    this.serve = serve;
    this.parser = new RequestParser(settings.limits);
  }

  /** Adds to one of the figures, a `listenerCounter`. */
  count(counter: number, by: number): void {
    this.counters[counter] = (this.counters[counter] ?? 0) + by;
  }
}
