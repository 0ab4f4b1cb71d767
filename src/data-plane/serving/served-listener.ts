// One listener of a worker and where its exchanges go. Another document may change all of that but the address while its connections stay.
import type { RouteTable } from '../../domain/routing/route-table.ts';
import { compileRoutes } from '../../domain/routing/route-table.ts';
import { parseAddressRanges } from '../../foundation/algorithms/address-ranges.ts';
import type { DispatchTools } from '../dispatching/dispatch-tools.ts';
import { Dispatcher } from '../dispatching/dispatcher.ts';
import { Listener } from '../listening/listener.ts';
import type { ListenerRules } from '../listening/listener-context.ts';
import { ListenerContext } from '../listening/listener-context.ts';
import type { BindAddress, ListenerSettings } from '../listening/settings.ts';
import type { SocketTools } from '../sockets/socket-tools.ts';
import type { Traffics } from './pool-set.ts';

export interface BoundListener {
  readonly name: string;
  /** The address as text, with its real port. */
  readonly address: string;
  /** The address with its real port. */
  readonly bind: BindAddress;
}

export interface ServedTools {
  readonly sockets: SocketTools;
  readonly dispatching: Omit<DispatchTools, keyof SocketTools | 'via'>;
}

/** What a listener is to do by a document. */
export interface ServedRules extends ListenerRules {
  readonly table: RouteTable;
}

/** `known` by the document in force, whose routes are taken over where they are the same. */
export function servedRules(settings: ListenerSettings, traffics: Traffics, tools: ServedTools, known?: ServedRules): ServedRules {
  const table = known?.settings.routes === settings.routes ? known.table : compileRoutes(settings.routes);
  const dispatching = { ...tools.sockets, ...tools.dispatching, via: settings.forwarding.via ?? '' };
  const dispatcher = new Dispatcher({ routes: table, pools: traffics, paths: settings.paths, tools: dispatching });
  const trusted = parseAddressRanges(settings.forwarding.trust);
  if (!trusted.ok) throw new Error(`A network that was checked with the document is none: ${JSON.stringify(trusted.fault)}`);
  return { settings, trusted: trusted.value, table, serve: (exchange) => dispatcher.dispatch(exchange) };
}

export class ServedListener {
  readonly listener: Listener;
  #rules: ServedRules;
  /** Once it listens. */
  #bound: BoundListener | undefined = undefined;

  constructor(rules: ServedRules, tools: SocketTools, counters: Float64Array) {
    this.#rules = rules;
    this.listener = new Listener(new ListenerContext({ ...rules, tools, counters }));
  }

  get rules(): ServedRules {
    return this.#rules;
  }

  get bound(): BoundListener | undefined {
    return this.#bound;
  }

  /** The document may say port 0, for any; the real one is told. Rejects with an error that says what to do. */
  async listen(): Promise<BoundListener> {
    const { name, bind } = this.#rules.settings;
    const real = await this.listener.listen(bind);
    this.#bound = { name, address: addressText(real), bind: real };
    return this.#bound;
  }

  /** Another document may be served without another socket. */
  isAt({ name, bind }: Pick<ListenerSettings, 'name' | 'bind'>): boolean {
    const { settings } = this.#rules;
    return settings.name === name && settings.bind.text === bind.text;
  }

  adopt(rules: ServedRules): void {
    this.#rules = rules;
    this.listener.context.adopt(rules);
  }
}

function addressText(bind: BindAddress): string {
  if (bind.kind === 'unix') return `unix:${bind.path}`;
  // Without a host it is all addresses, of version 6 as well where the machine has them.
  const host = bind.host ?? '*';
  return host.includes(':') ? `[${host}]:${bind.port}` : `${host}:${bind.port}`;
}
