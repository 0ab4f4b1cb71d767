// Matches a regular expression that people wrote against a text that anybody may have written, and gives up where that takes too long:
// backtracking takes a time that doubles with each character for expressions such as (a+)+$.
import { createContext, Script } from 'node:vm';
import { ProbeFailure } from './probe.ts';

/** Milliseconds that the main thread can do nothing else. */
const longest = 20;

const script = new Script('pattern.test(text)');
const place: { pattern: RegExp | undefined; text: string } = { pattern: undefined, text: '' };
createContext(place);

/** Throws where it takes too long. */
export function matchesInTime(source: string, text: string): boolean {
  place.pattern = new RegExp(source, 'u');
  place.text = text;
  try {
    // An engine in this thread that can be interrupted: Node.js watches the time from another one.
    return script.runInContext(place, { timeout: longest }) === true;
  } catch {
    throw new ProbeFailure(`the regular expression took more than ${longest} ms to match the body`);
  } finally {
    place.pattern = undefined;
    place.text = '';
  }
}
