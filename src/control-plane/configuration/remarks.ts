// What in a good document is hardly meant so: told with its place, as mistakes are, and nothing is refused for it.
import { noPanic } from '../../domain/health/priority-loads.ts';
import { unwise } from '../../domain/health/unwise.ts';
import { unwiseWaiting } from '../../domain/resilience/unwise-waiting.ts';
import type { Document } from './document.ts';
import type { Issue, Source } from './issue.ts';
import { issueOf, pathText } from './issue.ts';
import { routesNeverReached } from './unreachable.ts';

/** Sentences begin with the key that they are about: that is the place in the text. */
export function remarksOn({ listeners, pools }: Document, source: Source): readonly Issue[] {
  return [...routesNeverReached(listeners).map((finding) => issueOf(source, finding)), ...remarksOnPools(pools, source)];
}

function remarksOnPools(pools: Document['pools'], source: Source): readonly Issue[] {
  return Object.entries(pools).flatMap(([pool, settings]) => {
    const { endpoints, health, outliers, panic = noPanic } = settings;
    const ofHealth = unwise({ endpoints, ...(health === undefined ? {} : { health }), outliers, panic });
    return [...ofHealth, ...unwiseWaiting(settings)].map((message): Issue => {
      const [key = ''] = message.split(' ', 1);
      // What stands there may hold a password.
      const issue = issueOf(source, { path: ['pools', pool, ...key.split('.')], message, isSecret: true });
      return { ...issue, path: pathText(['pools', pool]) };
    });
  });
}
