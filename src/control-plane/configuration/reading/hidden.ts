// Keeps values that came from elsewhere, from the environment or a file, out of all that is printed.
/** A value that must not be shown, and what is shown in its place. */
export interface Hidden {
  /** Where it stands, as text. */
  readonly path: string;
  readonly text: string;
  readonly written: string;
}

interface Told {
  readonly path: string;
  readonly message: string;
  readonly nearest: string | undefined;
}

/** The same words with nothing in them that came from elsewhere. */
export function withoutHidden<Words extends Told>(words: Words, hidden: readonly Hidden[]): Words {
  if (hidden.length === 0) return words;
  // The longest first: one may be a part of another. Of two alike, the one that is meant here.
  const isHere = ({ path }: Hidden): number => Number(touches(words.path, path));
  const sorted = [...hidden].sort((one, other) => other.text.length - one.text.length || isHere(other) - isHere(one));
  let { message, nearest } = words;
  for (const one of sorted) {
    const { text, written } = one;
    message = without(message, text, written);
    if (nearest?.includes(text) && text !== '') nearest = undefined;
    if (isHere(one) === 1 && tellsOf(message.replaceAll(written, ''), text)) message = `what stands for ${written} is not allowed here`;
  }
  return { ...words, message, nearest };
}

/** Short ones stand in other words as well. */
function without(message: string, text: string, written: string): string {
  const quoted = JSON.stringify(text);
  const inQuotes = message.replaceAll(quoted, `"${written}"`);
  return text.length < shortest ? inQuotes : inQuotes.replaceAll(text, written).replaceAll(quoted.slice(1, -1), written);
}

const shortest = 4;

const touches = (one: string, other: string): boolean => one.startsWith(other) || other.startsWith(one);

/** Whether a part of it is left, in whatever letters: messages cut what is long. */
function tellsOf(message: string, text: string): boolean {
  const [small, secret] = [message.toLowerCase(), text.toLowerCase()];
  if (secret.length < shortest) return false;
  const length = Math.min(12, secret.length);
  for (let start = 0; start + length <= small.length; start += 1) {
    if (secret.includes(small.slice(start, start + length))) return true;
  }
  return false;
}
