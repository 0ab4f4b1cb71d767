// Texts to compare with: exact ones, and regular expressions behind a tilde.
import type { Result } from '../../../foundation/basics/result.ts';
import type { LinearPattern } from '../../../foundation/patterns/linear-pattern.ts';
import { linearPattern } from '../../../foundation/patterns/linear-pattern.ts';

export const isExpression = (text: string): boolean => text.startsWith('~');

/** Of `~REGEX`, or `~*REGEX` for letters in any case. */
export function readExpression(text: string): Result<LinearPattern, string> {
  return text.startsWith('~*') ? linearPattern(text.slice(2), true) : linearPattern(text.slice(1));
}

/** The same of a text that was checked with the document. */
export function expressionOf(text: string): LinearPattern {
  const read = readExpression(text);
  if (!read.ok) throw new Error(`The regular expression ${JSON.stringify(text)} ${read.fault}.`);
  return read.value;
}

export type TextTest = (text: string) => boolean;

/** Any of these. */
export function textTest(texts: readonly string[]): TextTest {
  const exact = new Set(texts.filter((text) => !isExpression(text)));
  const patterns = texts.filter(isExpression).map(expressionOf);
  const [only, ...others] = patterns;
  if (only === undefined) return (text) => exact.has(text);
  if (exact.size === 0 && others.length === 0) return (text) => only.test(text);
  return (text) => exact.has(text) || patterns.some((pattern) => pattern.test(text));
}
