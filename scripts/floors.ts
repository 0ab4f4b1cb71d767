// The floors of the source, and the judgement of what a file of each may use (ARCHITECTURE.md).
// Folders stand in one order; a file imports from its own folder and from those before it, so there are no cycles between folders.

import { posix } from 'node:path';
import {
  isCallExpression,
  isExportDeclaration,
  isIdentifier,
  isImportDeclaration,
  isImportTypeNode,
  isLiteralTypeNode,
  isPropertyAccessExpression,
  isPropertyAssignment,
  isStringLiteral,
  type Node,
  type SourceFile,
  SyntaxKind,
} from 'typescript/unstable/ast';
import { isTest, lineOf, type Texts, withTrees } from './source-files.ts';

/** Floor 1 first, and on each floor from left to right. A new folder is one more word here, where it stands. */
export const floors = {
  foundation: ['basics', 'hashing', 'algorithms', 'patterns'],
  domain: [
    'settings',
    'http',
    'exceptions',
    'endpoints',
    'health',
    'telemetry',
    'balancing',
    'sessions',
    'resilience',
    'routing',
    'traffic',
  ],
  'data-plane': ['sockets', 'listening', 'connecting', 'routing', 'dispatching', 'serving'],
  'control-plane': ['configuration', 'nginx', 'changing', 'discovery', 'probing', 'judging', 'supervising', 'planning'],
  interface: ['admin', 'cli'],
} as const;

const order: readonly string[] = Object.entries(floors).flatMap(([floor, folders]) => folders.map((folder) => `${floor}/${folder}`));

// Above all floors: the file that joins the parts, the one that starts it, and those that users import.
const aboveAll = new Set(['src/assemble.ts', 'src/client.ts', 'src/evenkeel.ts', 'src/main.ts']);
const pureFloors = new Set(['foundation', 'domain']);
const floorsWithFewLibraries = new Set(['foundation', 'domain', 'data-plane']);

// What would bring time, chance or the outside world into a pure floor.
const impureNames = new Set([
  ...['Date', 'performance', 'process', 'console', 'fetch', 'crypto', 'globalThis'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate', 'queueMicrotask'],
]);

/** What is wrong, one line for each, with the place first. */
export function checkFloors(texts: Texts): string[] {
  const problems: string[] = [];
  withTrees(texts, (path, tree) => {
    const folder = folderOf(path);
    if (folder === undefined && !aboveAll.has(path)) {
      problems.push(`${path}:1  stands in no folder of the floors; put it into one, or add its folder to scripts/floors.ts`);
    }
    visitAll(tree, (node) => {
      const problem = judgeImport(path, node) ?? judgePurity(path, node);
      if (problem !== undefined) problems.push(`${path}:${lineOf(tree, node)}  ${problem}`);
    });
  });
  return problems;
}

/** `src/domain/balancing/policies/random.ts` stands in `domain/balancing`. */
function folderOf(path: string): string | undefined {
  const [, floor, folder] = path.split('/');
  const name = `${floor}/${folder}`;
  return order.includes(name) ? name : undefined;
}

const floorOf = (path: string): string => path.split('/')[1] ?? '';

function judgeImport(path: string, node: Node): string | undefined {
  const specifier = importedBy(node);
  if (specifier === undefined) return undefined;
  if (specifier.startsWith('.')) return judgeOwnFile(path, posix.join(posix.dirname(path), specifier));
  if (isTest(path)) return undefined;
  const floor = floorOf(path);
  if (specifier.startsWith('node:')) {
    return pureFloors.has(floor) ? `imports ${specifier}; ${floor} is pure and takes what comes from outside as arguments` : undefined;
  }
  if (specifier !== 'zod' && floorsWithFewLibraries.has(floor)) {
    return `imports the library ${specifier}; below the control plane zod is the only one`;
  }
  return undefined;
}

function judgeOwnFile(path: string, target: string): string | undefined {
  if (aboveAll.has(path)) return undefined;
  if (!target.startsWith('src/')) return isTest(path) ? undefined : `imports ${target}, which lies outside src`;
  if (aboveAll.has(target)) return `imports ${target}, which stands above all floors`;
  const from = folderOf(path);
  const to = folderOf(target);
  if (from === undefined) return undefined;
  if (to === undefined) return `imports ${target}, which stands in no folder of the floors`;
  if (order.indexOf(to) <= order.indexOf(from)) return undefined;
  const direction = floorOf(path) === floorOf(target) ? 'sideways' : 'upward';
  return `imports ${direction}: ${to} stands after ${from}`;
}

function judgePurity(path: string, node: Node): string | undefined {
  if (isTest(path) || !pureFloors.has(floorOf(path)) || !isIdentifier(node)) return undefined;
  if (isMemberName(node)) return undefined;
  const isRandom = node.text === 'Math' && isPropertyAccessExpression(node.parent) && node.parent.name.text === 'random';
  if (!isRandom && !impureNames.has(node.text)) return undefined;
  return `uses ${isRandom ? 'Math.random' : node.text}; ${floorOf(path)} is pure and takes time and chance as arguments`;
}

/** Whether an identifier names a member (`exchange.process`, `{ process: 1 }`) rather than something in reach. */
function isMemberName(node: Node): boolean {
  const { parent } = node;
  if (isPropertyAccessExpression(parent) || isPropertyAssignment(parent)) return parent.name === node;
  return (
    parent.kind === SyntaxKind.PropertySignature ||
    parent.kind === SyntaxKind.PropertyDeclaration ||
    parent.kind === SyntaxKind.MethodDeclaration
  );
}

/** The text behind `from`, in `import()` and in a type's `import()`. */
function importedBy(node: Node): string | undefined {
  if (isImportDeclaration(node) || isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword) return textOf(node.arguments[0]);
  if (isImportTypeNode(node) && isLiteralTypeNode(node.argument)) return textOf(node.argument.literal);
  return undefined;
}

const textOf = (node: Node | undefined): string | undefined => (node && isStringLiteral(node) ? node.text : undefined);

function visitAll(tree: SourceFile, visit: (node: Node) => void): void {
  const descend = (node: Node): void => {
    visit(node);
    node.forEachChild(descend);
  };
  tree.forEachChild(descend);
}
