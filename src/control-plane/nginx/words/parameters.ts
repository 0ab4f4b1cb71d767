// Parameters as nginx writes them: `weight=3`.

/** At the first place; what follows is empty where it does not occur. */
export function splitOnce(text: string, at: string): readonly [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + at.length)];
}
