// Measures the code against the sizes in CONTRIBUTING.md: lines, functions, parameters, nesting, files in a folder.
// Tests are measured by file length only in so far as a reader must hold them, which is not at all: they are left out.

import { posix } from 'node:path';
import {
  isCallExpression,
  isFunctionLikeDeclaration,
  isIfStatement,
  type Node,
  type SourceFile,
  SyntaxKind,
} from 'typescript/unstable/ast';
import { lineOf, type Texts, withTrees } from './source-files.ts';

export const limits = {
  linesInFile: 400,
  linesInMostFiles: 250,
  shareOfMostFiles: 0.9,
  linesInFunction: 50,
  filesInFolder: 20,
  parameters: 4,
  nesting: 3,
} as const;

/** What is too large, one line for each, with the place first. */
export function checkSizes(texts: Texts): string[] {
  const problems = [...checkFolders(Object.keys(texts)), ...checkLines(texts)];
  withTrees(texts, (path, tree) => {
    for (const { line, message } of checkFunctions(tree)) problems.push(`${path}:${line}  ${message}`);
  });
  return problems;
}

export const countLines = (text: string): number => text.trimEnd().split('\n').length;

function checkLines(texts: Texts): string[] {
  const lengths = Object.entries(texts).map(([path, text]) => ({ path, lines: countLines(text) }));
  const problems = lengths
    .filter(({ lines }) => lines > limits.linesInFile)
    .map(({ path, lines }) => `${path}:1  has ${lines} lines; the limit is ${limits.linesInFile}`);

  const long = lengths.filter(({ lines }) => lines > limits.linesInMostFiles);
  if (long.length > lengths.length * (1 - limits.shareOfMostFiles)) {
    const names = long.map(({ path, lines }) => `${path} (${lines})`).join(', ');
    problems.push(`${long.length} of ${lengths.length} files have more than ${limits.linesInMostFiles} lines; a tenth may: ${names}`);
  }
  return problems;
}

function checkFolders(paths: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const path of paths) counts.set(posix.dirname(path), (counts.get(posix.dirname(path)) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > limits.filesInFolder)
    .map(([folder, count]) => `${folder}  holds ${count} files; the limit is ${limits.filesInFolder}`);
}

interface Finding {
  readonly line: number;
  readonly message: string;
}

function checkFunctions(tree: SourceFile): Finding[] {
  const findings: Finding[] = [];
  const descend = (node: Node, depth: number): void => {
    const isFunction = isFunctionLikeDeclaration(node);
    if (isFunction) findings.push(...judgeFunction(tree, node));
    // A function inside a function begins anew: it can be read alone.
    const inside = isFunction ? 0 : depth + (nests(node) ? 1 : 0);
    if (inside > limits.nesting && inside > depth) {
      findings.push({ line: lineOf(tree, node), message: `is nested ${inside} deep; the limit is ${limits.nesting}` });
    }
    node.forEachChild((child) => descend(child, inside));
  };
  tree.forEachChild((node) => descend(node, 0));
  return findings;
}

function judgeFunction(tree: SourceFile, node: Node): Finding[] {
  if (!isFunctionLikeDeclaration(node)) return [];
  const line = lineOf(tree, node);
  const lines = tree.getLineAndCharacterOfPosition(node.end).line + 2 - line;
  const findings: Finding[] = [];
  if (lines > limits.linesInFunction) {
    findings.push({ line, message: `${nameOf(node)} has ${lines} lines; the limit is ${limits.linesInFunction}` });
  }
  // A function that is handed over takes what its caller gives, as with the groups of String.replace.
  const isHandedOver = isCallExpression(node.parent) && node.parent.expression !== node;
  if (!isHandedOver && node.parameters.length > limits.parameters) {
    findings.push({ line, message: `${nameOf(node)} takes ${node.parameters.length} parameters; the limit is ${limits.parameters}` });
  }
  return findings;
}

const nesting: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.IfStatement,
  SyntaxKind.ForStatement,
  SyntaxKind.ForInStatement,
  SyntaxKind.ForOfStatement,
  SyntaxKind.WhileStatement,
  SyntaxKind.DoStatement,
  SyntaxKind.SwitchStatement,
  SyntaxKind.TryStatement,
]);

/** Whether a statement takes the reader one step deeper. `else if` goes on at the depth of its `if`. */
const nests = (node: Node): boolean => nesting.has(node.kind) && !(isIfStatement(node.parent) && node.parent.elseStatement === node);

function nameOf(node: Node): string {
  const name = 'name' in node ? (node.name as Node | undefined) : undefined;
  if (name) return name.getText();
  // An arrow function goes by the name of the constant or member that holds it.
  const holder = 'name' in node.parent ? (node.parent.name as Node | undefined) : undefined;
  return holder ? holder.getText() : 'a function without a name';
}
