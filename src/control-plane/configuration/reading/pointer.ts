// Ways down into what a document says, as one text: JSON Pointer (RFC 6901), with names where lists have items that have one.
// `/pools/web/endpoints/10.0.0.1:8080`, `/listeners/web/routes`; a slash inside of a name is written `~1`, a `~` is `~0`.

export const pointerOf = (steps: readonly string[]): string =>
  steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** Undefined for a text that is none. */
export function stepsOf(pointer: string): readonly string[] | undefined {
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Whether the one is the other, or stands below it. */
export const isWithin = (pointer: string, around: string): boolean => pointer === around || pointer.startsWith(`${around}/`);
