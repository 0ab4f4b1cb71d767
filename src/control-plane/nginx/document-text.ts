// A document as people would write it in YAML: one line for what is short, a line of its own for each route and endpoint.
import { Document, isCollection, isMap, isNode, isPair, isScalar, isSeq, visit } from 'yaml';

/** Sections that fit into a line of this length stand in one. */
const widest = 110;

/** `remarkOf` says what stands above a route. */
export function documentText(
  document: Readonly<Record<string, unknown>>,
  remark: string,
  remarkOf: (route: object) => string | undefined = () => undefined,
): string {
  const tree = new Document(document, { aliasDuplicateObjects: false });
  tree.commentBefore = ` ${remark}`;
  remarkRoutes(tree, document['listeners'], remarkOf);
  // In a document these characters ask for a value from elsewhere.
  visit(tree, {
    Scalar: (_key, node) => {
      // In a replacement, `$$` is one dollar.
      if (typeof node.value === 'string') node.value = node.value.replaceAll('${', '$$$${');
    },
  });
  fold(tree.contents, 0);
  return tree.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** Once where several in a row come from the same. */
function remarkRoutes(tree: Document, listeners: unknown, remarkOf: (route: object) => string | undefined): void {
  for (const [at, listener] of (Array.isArray(listeners) ? (listeners as readonly unknown[]) : []).entries()) {
    const routes: unknown = typeof listener === 'object' && listener !== null && 'routes' in listener ? listener.routes : [];
    let last: string | undefined;
    for (const [index, route] of (routes as readonly object[]).entries()) {
      const remark = remarkOf(route);
      const node = tree.getIn(['listeners', at, 'routes', index], true);
      if (isNode(node) && remark !== undefined && remark !== last) node.commentBefore = ` ${remark}`;
      last = remark;
    }
  }
}

/** The upper levels (the document, its listeners and pools by name) stay open. */
function fold(node: unknown, depth: number): void {
  if (!isCollection(node)) return;
  const isShort = JSON.stringify(node).length <= widest && !holdsLines(node) && !holdsRemarks(node);
  const isOpen = depth < 3 && !(isSeq(node) && node.items.every(isScalar));
  if (isShort && !isOpen) {
    node.flow = true;
    return;
  }
  for (const item of node.items) fold(isPair(item) ? item.value : item, depth + 1);
}

/** A text of several lines is easier to read in a block of its own. */
function holdsLines(node: unknown): boolean {
  if (isScalar(node)) return typeof node.value === 'string' && node.value.trimEnd().includes('\n');
  if (isMap(node)) return node.items.some(({ value }) => holdsLines(value));
  return isSeq(node) && node.items.some(holdsLines);
}

const holdsRemarks = (node: unknown): boolean => isSeq(node) && node.items.some((item) => isNode(item) && item.commentBefore !== undefined);
