// The status codes that Evenkeel answers with by itself, and what a status says about the body (RFC 9110 section 15).

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  404: 'Not Found',
  408: 'Request Timeout',
  413: 'Content Too Large',
  414: 'URI Too Long',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

export const reasonPhrase = (status: number): string => reasons[status] ?? 'Unknown';

/** Answers that end with their head, whatever their fields say (RFC 9112 section 6.3, item 1). */
export const endsWithHead = (status: number): boolean => status < 200 || status === 204 || status === 304;
