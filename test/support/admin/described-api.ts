// An admin API by its own description: asks for operations by name, and holds every answer against the OpenAPI document that the program serves.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';

interface DescribedOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string; readonly responses: Responses }>>>>;
}

type Responses = Readonly<Record<string, { readonly content: Readonly<Record<string, object>>; readonly headers?: object }>>;

export interface Asked {
  readonly parameters?: Readonly<Record<string, string>>;
  /** With its question mark. */
  readonly query?: string;
  /** As JSON, or as it is. */
  readonly body?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** In place of that with all rights. */
  readonly token?: string | undefined;
}

export interface Told {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers: IncomingMessage['headers'];
}

/** Those that are described where they are sent, and nowhere else. */
const describedHeaders = ['ETag', 'WWW-Authenticate', 'Retry-After'];

export class DescribedApi {
  readonly operations: readonly DescribedOperation[];
  /** `pool 200`: what was answered so far. */
  readonly seen = new Set<string>();
  /** The last answer's body, for messages. */
  last = '';
  readonly #address: string;
  readonly #token: string;
  readonly #document: OpenApi;
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  readonly #checks = new Map<string, ValidateFunction>();

  private constructor(address: string, token: string, document: OpenApi) {
    this.#address = address;
    this.#token = token;
    this.#document = document;
    this.#ajv.addSchema({ $id: 'api', ...document });
    this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => ({ id: operationId, method: method.toUpperCase(), path })),
    );
  }

  /** `address` as in a URL, without the path. */
  static async of(address: string, token: string): Promise<DescribedApi> {
    const response = await fetch(`${address}/api/v1/openapi.json`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(response.status, 200);
    return new DescribedApi(address, token, (await response.json()) as OpenApi);
  }

  /** The status; what is answered is what the document says, or this throws. */
  async ask(id: string, asked: Asked = {}): Promise<number> {
    const told = await this.#send(this.#operation(id), asked);
    this.last = told.text;
    this.check(id, told);
    this.seen.add(`${id} ${told.status}`);
    if (told.status < 400 && asked.body !== undefined) this.#checkBody(id, asked.body);
    return told.status;
  }

  check(id: string, { status, type, text, headers }: Told): void {
    const { method, path } = this.#operation(id);
    const response = this.#document.paths[path]?.[method.toLowerCase()]?.responses[status];
    assert.ok(response !== undefined, `${id} does not say that it may answer ${status}: ${text}`);
    for (const name of describedHeaders) {
      const isSent = headers[name.toLowerCase()] !== undefined;
      const isDescribed = Object.hasOwn(response.headers ?? {}, name);
      assert.equal(isSent, isDescribed, `${id} ${status}: ${name} is ${isDescribed ? 'described and not sent' : 'sent and not described'}`);
    }
    const [media = ''] = type.split(';', 1);
    assert.ok(Object.hasOwn(response.content, media), `${id} ${status} does not say that it may answer ${media}`);
    const check = this.#checkAt(['paths', path, method.toLowerCase(), 'responses', String(status), 'content', media, 'schema']);
    const value: unknown = media === 'application/json' ? JSON.parse(text) : text;
    assert.ok(check(value), `${id} ${status} answers what it does not describe: ${this.#ajv.errorsText(check.errors)}\n${text}`);
  }

  /** What was taken has to be described. */
  #checkBody(id: string, body: unknown): void {
    const { method, path } = this.#operation(id);
    const check = this.#checkAt(['paths', path, method.toLowerCase(), 'requestBody', 'content', 'application/json', 'schema']);
    assert.ok(check(body), `${id} takes what it does not describe: ${this.#ajv.errorsText(check.errors)}\n${JSON.stringify(body)}`);
  }

  #checkAt(steps: readonly string[]): ValidateFunction {
    const pointer = steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const check = this.#checks.get(pointer) ?? this.#ajv.compile({ $ref: `api#/${pointer}` });
    this.#checks.set(pointer, check);
    return check;
  }

  #operation(id: string): DescribedOperation {
    const found = this.operations.find((operation) => operation.id === id);
    assert.ok(found !== undefined, `${id} is not described`);
    return found;
  }

  async #send(
    { method, path }: DescribedOperation,
    { parameters = {}, query = '', body, text, headers = {}, ...rest }: Asked,
  ): Promise<Told> {
    const token = 'token' in rest ? rest.token : this.#token;
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? '');
    const content = text ?? (body === undefined ? undefined : JSON.stringify(body));
    const url = new URL(this.#address);
    const asked = httpRequest({
      ...{ host: url.hostname, port: url.port, method, path: `${filled}${query}`, agent: false },
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(content === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) }),
        ...headers,
      },
    });
    asked.end(content);
    // The one value of the event.
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    let told = '';
    for await (const bytes of answer) told += bytes;
    return { status: answer.statusCode ?? 0, type: answer.headers['content-type'] ?? '', text: told, headers: answer.headers };
  }
}
