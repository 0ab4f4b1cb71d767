// What an endpoint said, made fit to stand in a line of a log: short, on one line, and without what a terminal would obey.

const longest = 80;

/** In double quotes. */
export function quoted(text: string): string {
  const plain = text
    .slice(0, longest + 1)
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  return plain.length > longest ? `"${plain.slice(0, longest)}…"` : `"${plain}"`;
}
