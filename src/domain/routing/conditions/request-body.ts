// A request's body as conditions ask for it: fields of JSON or of a form. Taken apart once, when first asked: a listener may have many
// routes that ask.
import type { FieldValues } from './field-values.ts';
import type { FormFields } from './form-fields.ts';
import { formFields } from './form-fields.ts';

export class RequestBody {
  /** In bytes; infinite for one that was too long to be read. */
  readonly length: number;
  readonly #type: string;
  readonly #text: string;
  readonly #contentType: string;
  #form: FormFields | undefined = undefined;
  #json: unknown = undefined;
  #isParsed = false;

  /** `type` is the Content-Type, '' for none. */
  constructor(parts: { readonly length: number; readonly type: string; readonly text: string }) {
    this.length = parts.length;
    this.#contentType = parts.type;
    this.#type = (parts.type.split(';', 1)[0] ?? '').trim().toLowerCase();
    this.#text = parts.text;
  }

  /** RFC 6901. undefined where there is no such value, and in what is no JSON. */
  json(pointer: string): FieldValues {
    if (!isJson(this.#type)) return undefined;
    let value = this.#parsed();
    for (const step of pointer.split('/').slice(1)) value = memberOf(value, step.replaceAll('~1', '/').replaceAll('~0', '~'));
    if (typeof value === 'string') return value;
    return value === undefined ? undefined : JSON.stringify(value);
  }

  form(field: string): FieldValues {
    this.#form ??= formFields(this.#contentType, this.#text);
    return this.#form.get(field);
  }

  #parsed(): unknown {
    if (this.#isParsed) return this.#json;
    this.#isParsed = true;
    try {
      this.#json = JSON.parse(this.#text);
    } catch {
      this.#json = undefined;
    }
    return this.#json;
  }
}

const isJson = (type: string): boolean => type === 'application/json' || (type.startsWith('application/') && type.endsWith('+json'));

function memberOf(value: unknown, step: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return /^(?:0|[1-9]\d*)$/.test(step) ? value[Number(step)] : undefined;
  // An own property was just seen to be there.
  return Object.hasOwn(value, step) ? (value as Readonly<Record<string, unknown>>)[step] : undefined;
}

/** Of a request without a body, or with one that is longer than conditions look at. */
export const noBody = new RequestBody({ length: 0, type: '', text: '' });
export const longBody = new RequestBody({ length: Number.POSITIVE_INFINITY, type: '', text: '' });
