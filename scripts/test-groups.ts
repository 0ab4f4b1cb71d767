// Which tests are run together, and in what order: the quick ones that point closest to a mistake come first.

export interface Group {
  readonly name: string;
  readonly files: readonly string[];
  /** How many files run at once. */
  readonly together: number;
}

const atOnce = 2;

interface Kind {
  readonly name: string;
  readonly folders: readonly string[];
  /** Real processes under load get the machine to themselves, or a slow machine would be what they measure. */
  readonly alone?: true;
  /** Runs only when asked for with --all. */
  readonly slow?: true;
}

const kinds: readonly Kind[] = [
  { name: 'unit', folders: ['src/', 'scripts/', 'test/support/', 'bench/'] },
  { name: 'wire', folders: ['test/wire/'] },
  { name: 'golden', folders: ['test/golden/'] },
  { name: 'architecture', folders: ['test/architecture/'] },
  { name: 'integration', folders: ['test/integration/'] },
  { name: 'examples', folders: ['examples/'] },
  { name: 'chaos', folders: ['test/chaos/'], alone: true },
  { name: 'slow', folders: ['test/slow/'], alone: true, slow: true },
];

export const isSlow = (file: string): boolean => kindOf(file)?.slow === true;

/** Groups that hold a file, in order. A test that no kind claims is an error: it would never run. */
export function chooseGroups(files: readonly string[], withSlow: boolean): Group[] {
  const lost = files.filter((file) => kindOf(file) === undefined);
  if (lost.length > 0) throw new Error(`no group runs ${lost.join(', ')}; give the folder a place in scripts/test-groups.ts`);
  return kinds
    .filter((kind) => withSlow || !kind.slow)
    .map((kind) => ({ name: kind.name, files: files.filter((file) => kindOf(file) === kind), together: kind.alone ? 1 : atOnce }))
    .filter((group) => group.files.length > 0);
}

const kindOf = (file: string): Kind | undefined => kinds.find(({ folders }) => folders.some((folder) => file.startsWith(folder)));
