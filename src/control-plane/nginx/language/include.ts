// Puts what `include` names in its place. Ways to files begin at the folder of the main file, as in nginx, whoever includes them.
// Files are read through what the caller gives; a file that includes itself, by whatever way, is a mistake and not a loop.
import type { Result } from '../../../foundation/basics/result.ts';
import type { Directive } from './directive.ts';
import type { Mistake } from './parse.ts';
import { parseNginx } from './parse.ts';

export interface Files {
  /** The text, or why there is none. */
  read(file: string): Result<string, string>;
  /** The files that a pattern with `*`, `?` or `[` names, in order. */
  matching(pattern: string): readonly string[];
}

/** The whole configuration, as far as it can be read, and all that is wrong with it. */
export interface Reading {
  readonly directives: readonly Directive[];
  readonly mistakes: readonly Mistake[];
  /** Every file that was read, once for each time. */
  readonly files: readonly string[];
}

/** A configuration of a thousand sites has a thousand files; far more means includes that multiply. */
const mostFiles = 10_000;

export function readNginx(file: string, files: Files): Reading {
  const reader = new Includer(files);
  const directives = reader.file(file, [], { file, line: 1 });
  return { directives, mistakes: reader.mistakes, files: reader.read };
}

class Includer {
  readonly mistakes: Mistake[] = [];
  readonly read: string[] = [];
  readonly #files: Files;

  constructor(files: Files) {
    this.#files = files;
  }

  file(file: string, way: readonly string[], from: Directive['place']): readonly Directive[] {
    if (way.includes(file))
      return this.#mistake(from, `the includes go in a circle: ${[...way.slice(way.indexOf(file)), file].join(' → ')}`);
    if (this.read.length >= mostFiles) return this.#mistake(from, `more than ${mostFiles} files are included`);
    const text = this.#files.read(file);
    if (!text.ok) return this.#mistake(from, `${file}: ${text.fault}`);
    this.read.push(file);
    const parsed = parseNginx(file, text.value);
    if (!parsed.ok) return this.#mistake(parsed.fault.place, parsed.fault.message);
    return this.#expanded(parsed.value, [...way, file]);
  }

  #expanded(directives: readonly Directive[], way: readonly string[]): readonly Directive[] {
    return directives.flatMap((directive) => {
      if (directive.name === 'include' && directive.block === undefined) return this.#included(directive, way);
      return [directive.block === undefined ? directive : { ...directive, block: this.#expanded(directive.block, way) }];
    });
  }

  #included({ args, place }: Directive, way: readonly string[]): readonly Directive[] {
    const [pattern] = args;
    if (pattern === undefined || args.length !== 1) return this.#mistake(place, 'include wants one file, or one pattern');
    const names = /[*?[]/.test(pattern) ? this.#files.matching(pattern) : [pattern];
    return names.flatMap((name) => this.file(name, way, place));
  }

  #mistake(place: Directive['place'], message: string): readonly Directive[] {
    if (this.mistakes.length < mostFiles) this.mistakes.push({ place, message });
    return [];
  }
}
