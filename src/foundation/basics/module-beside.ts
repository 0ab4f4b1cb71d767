// Where a thread finds the module that it starts with. The compiler renames imports when it emits a package, and a path in a text stays as it is:
// so the ending is that of whoever asks, `.ts` in a checkout and `.js` in a package.

/** `moduleBeside('worker', import.meta.url)` */
export const moduleBeside = (name: string, asker: string): URL => new URL(`./${name}${asker.slice(asker.lastIndexOf('.'))}`, asker);
