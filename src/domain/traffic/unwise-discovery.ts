// Settings of discovery that work as they are written and are hardly meant so: each with what will happen.
import type { DiscoverSettings } from './discover-settings.ts';

/** Sentences for whoever wrote the document, without full stops; each begins with the key that it is about. `isKept`: there is a folder for answers. */
export function unwiseDiscovery({ source, init }: DiscoverSettings, isKept: boolean): readonly string[] {
  const name = source.kind === 'dns' || source.kind === 'srv' ? source.name : undefined;
  return [
    ...(init === 'last' && !isKept
      ? ['discover.init is last, and there is no history.folder to keep what was found in: every start waits as with init: wait']
      : []),
    ...(name !== undefined && !name.includes('.')
      ? [
          `discover.${source.kind} is ${name}: resolvers are asked for just that, without the domains that a system searches and without its file of hosts; write the whole name`,
        ]
      : []),
  ];
}
