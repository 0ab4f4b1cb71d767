// What of the source nothing uses but tests: what a file exports, and the members of classes. Of members the names alone are compared, so one
// that shares its name with something used is not found; whatever is found is dead.

import { posix } from 'node:path';
import {
  isCallExpression,
  isClassDeclaration,
  isExportDeclaration,
  isIdentifier,
  isImportDeclaration,
  isImportTypeNode,
  isLiteralTypeNode,
  isNamedExports,
  isNamedImports,
  isStringLiteral,
  isVariableStatement,
  type Node,
  type SourceFile,
  SyntaxKind,
} from 'typescript/unstable/ast';
import { lineOf, type Texts, withTrees } from './source-files.ts';

interface Made {
  readonly path: string;
  readonly line: number;
  readonly name: string;
}

interface Found {
  /** `src/a.ts#name` of whatever some file takes from another. `src/a.ts#*` where it takes all. */
  readonly taken: Set<string>;
  readonly exports: Made[];
  readonly members: Made[];
  /** How often a name stands in all files together. */
  readonly names: Map<string, number>;
  /** And in each, as `src/a.ts#name`. */
  readonly namesHere: Map<string, number>;
}

/** One line for each export below `src/` that no other file takes and its own does not mention again, and for each member that nobody names. */
export function checkUnused(texts: Texts): string[] {
  const found: Found = { taken: new Set(), exports: [], members: [], names: new Map(), namesHere: new Map() };
  withTrees(texts, (path, tree) => {
    tree.forEachChild((statement) => noteStatement(found, path, tree, statement));
    visitAll(tree, (node) => noteNode(found, path, node));
  });
  const isTaken = ({ path, name }: Made): boolean => found.taken.has(`${path}#${name}`) || found.taken.has(`${path}#*`);
  const deadExports = found.exports.filter((made) => !isTaken(made) && found.namesHere.get(`${made.path}#${made.name}`) === 1);
  const deadMembers = found.members.filter(({ name }) => found.names.get(name) === 1);
  return [...deadExports, ...deadMembers]
    .filter(({ path }) => path.startsWith('src/'))
    .map(({ path, line, name }) => `${path}:${line}  ${name} is used by nothing but tests, if by those`);
}

function noteStatement({ exports, members }: Found, path: string, tree: SourceFile, statement: Node): void {
  const line = lineOf(tree, statement);
  if (isExported(statement)) for (const name of declaredBy(statement)) exports.push({ path, line, name });
  if (!isClassDeclaration(statement)) return;
  for (const member of statement.members) {
    for (const name of nameOf(member)) members.push({ path, line: lineOf(tree, member), name });
  }
}

const isExported = (statement: Node): boolean => {
  let isSo = false;
  statement.forEachChild((child) => {
    isSo ||= child.kind === SyntaxKind.ExportKeyword;
  });
  return isSo;
};

/** Only plain names: what is taken apart in a declaration is not exported anywhere here. */
function declaredBy(statement: Node): string[] {
  if (isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => (isIdentifier(name) ? [name.text] : []));
  }
  return nameOf(statement);
}

/** None where it has none, or one that is private or computed. The node's own type does not tell. */
function nameOf(node: Node): string[] {
  const name = 'name' in node ? (node.name as Node | undefined) : undefined;
  return name && isIdentifier(name) ? [name.text] : [];
}

function noteNode({ taken, names, namesHere }: Found, path: string, node: Node): void {
  if (isIdentifier(node)) {
    const here = `${path}#${node.text}`;
    names.set(node.text, (names.get(node.text) ?? 0) + 1);
    namesHere.set(here, (namesHere.get(here) ?? 0) + 1);
  }
  const from = fileNamedBy(path, node);
  if (from !== undefined) for (const name of namesTaken(node)) taken.add(`${from}#${name}`);
}

function fileNamedBy(path: string, node: Node): string | undefined {
  const from = specifierOf(node);
  return from && isStringLiteral(from) && from.text.startsWith('.') ? posix.join(posix.dirname(path), from.text) : undefined;
}

function specifierOf(node: Node): Node | undefined {
  if (isImportDeclaration(node) || isExportDeclaration(node)) return node.moduleSpecifier;
  if (isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword) return node.arguments[0];
  return isImportTypeNode(node) && isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
}

function namesTaken(node: Node): readonly string[] {
  const clause = isImportDeclaration(node) ? node.importClause?.namedBindings : isExportDeclaration(node) ? node.exportClause : undefined;
  if (!clause || !(isNamedImports(clause) || isNamedExports(clause))) return ['*'];
  return clause.elements.map(({ propertyName, name }) => (propertyName ?? name).text);
}

function visitAll(tree: SourceFile, visit: (node: Node) => void): void {
  const descend = (node: Node): void => {
    visit(node);
    node.forEachChild(descend);
  };
  tree.forEachChild(descend);
}
