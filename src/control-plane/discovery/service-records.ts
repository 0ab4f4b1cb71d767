// What records SRV mean (RFC 2782): the targets of the lowest priority get everything, by their weights, and those of the next ones are backups in
// their order. Pure: the addresses of targets are asked for elsewhere.

export interface ServiceRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

/** As a document writes an endpoint. */
export interface ServiceEntry {
  readonly address: string;
  readonly weight: number;
  readonly backup: boolean;
  readonly priority: number;
}

/** Documents have no smaller weight. */
const leastWeight = 0.001;
const mostPriority = 15;

/** "." as the only target: the service is decidedly not there. */
export const isUnavailable = (records: readonly ServiceRecord[]): boolean =>
  records.length === 1 && records.every(({ name }) => name === '' || name === '.');

/** `addresses` are those of a target by its name; one without any is left out. A weight is shared by the addresses of its target. */
export function serviceEntries(
  records: readonly ServiceRecord[],
  addresses: ReadonlyMap<string, readonly string[]>,
): readonly ServiceEntry[] {
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((one, other) => one - other);
  return priorities.flatMap((priority, rank) => {
    const alike = records.filter((record) => record.priority === priority);
    return alike.flatMap((record) => {
      const found = addresses.get(record.name) ?? [];
      const weight = Math.max(leastWeight, weightOf(record, alike) / found.length);
      const place = { backup: rank > 0, priority: Math.max(0, Math.min(mostPriority, rank - 1)) };
      return found.map((address) => ({ address: endpointText(address, record.port), weight, ...place }));
    });
  });
}

/**
 * The RFC draws a number from 0 to the sum of all weights, both included, and targets of weight 0 come first: together they are chosen once in
 * `sum + 1` times. Where all are 0 there is nothing to choose by, and all are alike.
 */
function weightOf({ weight }: ServiceRecord, alike: readonly ServiceRecord[]): number {
  const zeros = alike.filter((record) => record.weight === 0).length;
  if (zeros === alike.length) return 1;
  return weight === 0 ? 1 / zeros : weight;
}

export const endpointText = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
