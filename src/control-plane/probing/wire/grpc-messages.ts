// The two messages of gRPC's health check, with the five bytes before each: gRPC over HTTP/2 (PROTOCOL-HTTP2.md), grpc.health.v1.
// Of protocol buffers only what these need: varints, and fields of any kind that are passed over.
import { ProbeFailure } from '../probe.ts';

const prefixLength = 5;

export const servingStatuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;

/** Names of `grpc-status`, by number. */
const codes = [
  ...['OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS', 'PERMISSION_DENIED'],
  ...['RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS'],
  'UNAUTHENTICATED',
];

export const codeName = (code: number): string => codes[code] ?? `a code without a name, ${code}`;

/** HealthCheckRequest, whose field 1 is the name of the service; an empty one is not written. */
export function healthRequest(service: string): Buffer {
  const name = Buffer.from(service);
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([tagOf(1, lengthDelimited), ...varint(name.length)]), name]);
  const prefix = Buffer.alloc(prefixLength);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** The status in a HealthCheckResponse, whose field 1 it is; 0 where it is absent. Given all bytes of the answer. */
export function servingStatus(bytes: Buffer): number {
  if (bytes.length < prefixLength) throw new ProbeFailure('the answer has no message');
  if (bytes[0] !== 0) throw new ProbeFailure('the message of the answer is compressed, and nobody said that it may be');
  if (bytes.readUInt32BE(1) !== bytes.length - prefixLength) throw new ProbeFailure('the answer is not one whole message');
  const fields = new Fields(bytes, prefixLength);
  let status = 0;
  // Of a field that comes twice the last one holds.
  for (let tag = fields.tag(); tag !== undefined; tag = fields.tag()) {
    if (tag === tagOf(1, variable)) status = fields.varint();
    else fields.skip(tag);
  }
  return status;
}

const variable = 0;
const eightBytes = 1;
const lengthDelimited = 2;
const fourBytes = 5;

const tagOf = (field: number, kind: number): number => field * 8 + kind;

function varint(value: number): readonly number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

class Fields {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  tag(): number | undefined {
    return this.#at === this.#bytes.length ? undefined : this.varint();
  }

  /** Exact up to 2 ** 53; above that, as for a negative number, something large. */
  varint(): number {
    let value = 0;
    for (let place = 0; place < 10; place++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw malformed();
      value += (byte & 127) * 128 ** place;
      if (byte < 128) return value;
    }
    throw malformed();
  }

  skip(tag: number): void {
    const kind = tag % 8;
    if (kind === variable) this.varint();
    else if (kind === eightBytes) this.#at += 8;
    else if (kind === fourBytes) this.#at += 4;
    else if (kind === lengthDelimited) {
      const length = this.varint();
      this.#at += length;
    } else throw malformed();
    if (this.#at > this.#bytes.length) throw malformed();
  }
}

const malformed = (): ProbeFailure => new ProbeFailure('the message of the answer is malformed');
