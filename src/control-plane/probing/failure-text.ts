// What Node.js throws when something cannot be reached, in words for an operator.
import { thrownText } from '../../foundation/basics/thrown.ts';

/** What says nothing about the endpoint. */
const shortages: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: 'no local port was free to connect from',
  EMFILE: 'this process has no descriptor free to probe with',
  ENFILE: 'this machine has no descriptor free to probe with',
  ENOBUFS: 'this machine has no memory free to probe with',
  ENOMEM: 'this machine has no memory free to probe with',
};

const texts: Readonly<Record<string, string>> = {
  ...shortages,
  EACCES: 'this process may not do that',
  EAGAIN: 'it takes no more connections',
  ENOENT: 'there is no such file',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed while sending',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'the connection could not be made in time',
  ENOTFOUND: 'the name of the host is not known',
  EAI_AGAIN: 'the name of the host could not be looked up',
  HPE_HEADER_OVERFLOW: 'the head of the answer is too long',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'the body of the answer has chunks with far too much beside them',
  ERR_HTTP2_ERROR: 'the answer is not HTTP/2',
  ERR_HTTP2_TOO_MANY_INVALID_FRAMES: 'the answer is not HTTP/2',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the answer is not TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'the answer is not TLS',
  ERR_SSL_HTTP_REQUEST: 'the answer is not TLS',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate comes from an authority that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate comes from an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate comes from an authority that is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another name',
};

/** A sentence without its full stop. */
export function failureText(error: unknown): string {
  // Several addresses were tried, and each has its own reason: the first is as good as any.
  if (error instanceof AggregateError && error.errors.length > 0) return failureText(error.errors[0]);
  const code = codeOf(error);
  if (code === 'ECONNRESET' && thrownText(error).endsWith('socket hang up')) return 'the connection was closed without an answer';
  if (code === 'ERR_HTTP2_STREAM_ERROR') return `the stream was closed with ${/NGHTTP2_(\w+)/.exec(thrownText(error))?.[1] ?? 'an error'}`;
  if (code.startsWith('ERR_SSL_') && texts[code] === undefined) return `the TLS handshake failed: ${reasonOf(error)}`;
  if (code.startsWith('HPE_') && texts[code] === undefined) return `the answer is not HTTP/1.1 (${code})`;
  return texts[code] ?? (code === '' ? thrownText(error) : `${thrownText(error)} (${code})`);
}

/** In the words of OpenSSL. Its whole message has numbers of threads and lines of code. */
function reasonOf(error: unknown): string {
  const reason = error instanceof Error && 'reason' in error ? String(error.reason) : '';
  return reason === '' ? codeOf(error).slice('ERR_SSL_'.length).toLowerCase().replaceAll('_', ' ') : reason;
}

/** Whether it was this machine that lacked something. */
export function isOwnShortage(error: unknown): boolean {
  const code = codeOf(error);
  // A socket of this machine says the same when the endpoint accepts nothing.
  if (code === 'EAGAIN') return error instanceof Error && 'syscall' in error && String(error.syscall).startsWith('spawn');
  return Object.hasOwn(shortages, code);
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
