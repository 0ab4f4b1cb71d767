// The Set-Cookie line of a session's cookie (RFC 6265 section 4.1), made once for each endpoint.
// Max-Age alone tells how long it lasts, which all browsers in use understand: Expires would need the time of each answer.
import type { IssuedSettings } from './sticky-settings.ts';

const sameSiteNames = { lax: 'Lax', strict: 'Strict', none: 'None' } as const;

/** With its CRLF. */
export function setCookieLine(settings: IssuedSettings, value: string): string {
  const { cookie, path, domain, maxAge, secure, httpOnly, sameSite } = settings;
  let line = `Set-Cookie: ${cookie}=${value}; Path=${path}`;
  if (domain !== undefined) line += `; Domain=${domain}`;
  if (maxAge !== undefined) line += `; Max-Age=${maxAge / 1000}`;
  if (httpOnly) line += '; HttpOnly';
  if (secure) line += '; Secure';
  if (sameSite !== undefined) line += `; SameSite=${sameSiteNames[sameSite]}`;
  return `${line}\r\n`;
}
