// What somebody else's code threw, put into words. It may be anything at all: no error, one without a stack, or one that throws when it is read.

/** On one line and not too long for a log: `TypeError: not today`. */
export function thrownText(thrown: unknown): string {
  try {
    const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
    const line = text.replace(/\s+/g, ' ').trim();
    if (line === '') return 'an empty text';
    return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
  } catch {
    return 'something that has no text';
  }
}

/** `/etc/evenkeel/mine.ts:7:11`, the first file in the stack that is not of Node.js; undefined when there is none. */
export function thrownAt(thrown: unknown): string | undefined {
  try {
    const stack = thrown instanceof Error ? String(thrown.stack) : '';
    // What the compiler of a module complains of stands first and without the form of a frame.
    const complaint = /^(?:file:\/\/)?(\/.*:\d+)$/m.exec(stack.split('\n', 1)[0] ?? '')?.[1];
    const frame = /\bfile:\/\/(\/\S+?:\d+:\d+)/.exec(stack)?.[1];
    const place = complaint ?? frame;
    return place === undefined ? undefined : decodeURI(place);
  } catch {
    return undefined;
  }
}

const longest = 300;
