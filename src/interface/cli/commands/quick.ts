// `evenkeel quick --listen :8080 localhost:3001 localhost:3002`: serves without a file.
// The words become a document, so they are checked and explained like one.
import type { Issue } from '../../../control-plane/configuration/issue.ts';
import type { Command, Words } from '../command.ts';

export const quick: Command = {
  name: 'quick',
  summary: 'Balance over the given endpoints, without a file.',
  declare: (commander) => {
    commander
      .argument('<ENDPOINT...>', 'addresses such as localhost:3001 or unix:/run/app.sock')
      .option('--listen <ADDRESS>', 'where to listen', ':8080')
      .option('--balance <POLICY>', 'how to spread requests', 'round-robin')
      .option('--workers <N>', 'worker threads, or auto', 'auto')
      .option('--admin <ADDRESS>', 'where to serve /healthz, /readyz, /metrics and the API');
  },
  run: async (words, tools) => {
    const { checkWritten } = await import('../../../control-plane/configuration/read.ts');
    const { dataOf } = await import('../../../control-plane/configuration/reading/written.ts');
    const written = dataOf('evenkeel quick', documentOf(words), tools.folder);
    const checked = await checkWritten(written);
    if (checked.ok) {
      const { serve } = await import('../serve.ts');
      return serve({ document: checked.value, written }, tools);
    }
    for (const issue of checked.fault) tools.err(inWords(issue));
    return 1;
  },
};

function documentOf({ positional, options: { listen, balance, workers, admin } }: Words): unknown {
  return {
    workers: typeof workers === 'string' && /^\d+$/.test(workers) ? Number(workers) : workers,
    ...(admin === undefined ? {} : { admin: { bind: admin } }),
    listeners: [{ name: 'quick', bind: listen, pool: 'quick' }],
    pools: { quick: { balance, endpoints: positional } },
  };
}

/** Whoever wrote no document is told of the word that they wrote, not of a path. */
function inWords({ path, message, nearest }: Issue): string {
  const word = path.startsWith('pools.quick.endpoints') ? 'ENDPOINT' : (optionByPath[path] ?? path);
  return `evenkeel quick: ${word}: ${message}${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`;
}

const optionByPath: Readonly<Record<string, string>> = {
  'listeners[0].bind': '--listen',
  'pools.quick.balance': '--balance',
  'admin.bind': '--admin',
  workers: '--workers',
};
