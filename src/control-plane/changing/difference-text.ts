// A difference in words, in one line: "Pools: added spare, changed web; listeners: removed api."
import type { Difference, PartsDifference } from './difference.ts';

/** So many names are told of each kind. */
const mostNames = 5;

export function differenceText({ pools, listeners }: Difference): string {
  const parts = [textOf('pools', pools), textOf('listeners', listeners)].filter((text) => text !== '');
  const text = parts.length === 0 ? 'pools and listeners are what they were' : parts.join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function textOf(kind: string, { added, changed, removed }: PartsDifference): string {
  const parts = Object.entries({ added, changed, removed }).flatMap(([what, names]) =>
    names.length === 0 ? [] : [`${what} ${namesText(names)}`],
  );
  return parts.length === 0 ? '' : `${kind}: ${parts.join(', ')}`;
}

/** The first of them. */
export function namesText(names: readonly string[]): string {
  const more = names.length - mostNames;
  return more > 0 ? `${names.slice(0, mostNames).join(' ')} and ${more} more` : names.join(' ');
}
