// Parts of the document as they are written: before defaults are filled in, and with values from elsewhere as `${env:NAME}`. They are described by
// what checks documents, so nothing is said twice.
import * as z from 'zod';
import { documentSettings, shutdownSettings } from '../../../control-plane/configuration/document.ts';
import { listenerSettings } from '../../../data-plane/listening/settings.ts';
import { endpointSettings } from '../../../domain/endpoints/endpoint-settings.ts';
import { overloadSettings } from '../../../domain/resilience/settings.ts';
import { routeSettings } from '../../../domain/routing/route-settings.ts';
import { poolSettings } from '../../../domain/traffic/pool-settings.ts';

/** What stands behind a name of `writtenSchemas`. */
export interface WrittenSchema {
  readonly schema: z.ZodType;
  /** A key that the path of the request says already. */
  readonly inPath?: string;
}

const known = new Map<string, WrittenSchema>();

/** By name, as the OpenAPI document lists them. */
export const writtenSchemas: ReadonlyMap<string, WrittenSchema> = known;

/** The name under which a schema stands for a part of the document; undefined for any other schema. */
export const writtenName = (schema: z.ZodType): string | undefined => {
  const { writtenAs } = z.globalRegistry.get(schema) ?? {};
  return typeof writtenAs === 'string' ? writtenAs : undefined;
};

/** Takes whatever comes: the document is checked as a whole, and by one check. */
function asWritten<Schema extends z.ZodType>(name: string, schema: Schema): z.ZodType<z.input<Schema>, z.input<Schema>> {
  known.set(name, { schema });
  return z.custom<z.input<Schema>>().meta({ writtenAs: name });
}

export const writtenDocument = asWritten('Document', documentSettings);
export const writtenPool = asWritten('PoolSettings', poolSettings);
export const writtenListener = asWritten('ListenerSettings', listenerSettings);
export const writtenRoute = asWritten('RouteSettings', routeSettings);
export const writtenOverload = asWritten('OverloadSettings', overloadSettings.meta({ short: 'none' }));
export const writtenShutdown = asWritten('ShutdownSettings', shutdownSettings);

type EndpointInList = z.input<typeof endpointSettings>;
type EndpointByAddress = EndpointInList extends infer Form
  ? Form extends { address: unknown }
    ? Omit<Form, 'address'> & Partial<Pick<Form, 'address'>>
    : Form
  : never;

/** The path says its address. */
export const writtenEndpoint = z.custom<EndpointByAddress>().meta({ writtenAs: 'EndpointSettings' });
known.set('EndpointSettings', { schema: endpointSettings, inPath: 'address' });
