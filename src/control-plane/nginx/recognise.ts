// Whether a file is a configuration of nginx rather than a document of Evenkeel: by its name, and by what stands in it.
import { basename, extname } from 'node:path';

const ofEvenkeel: readonly string[] = ['.yaml', '.yml', '.json', '.ts', '.mts', '.js', '.mjs'];

/** A block of nginx's outermost levels at the beginning of a line, which no YAML has. */
const block = /^[ \t]*(?:http|events|server|stream|upstream[ \t]+[^\s{;]+|location[ \t]+[^{;\n]+)[ \t]*\r?\n?[ \t]*\{/m;

export const looksLikeNginx = (file: string, text: string): boolean =>
  !ofEvenkeel.includes(extname(file).toLowerCase()) && (basename(file) === 'nginx.conf' || block.test(text));
