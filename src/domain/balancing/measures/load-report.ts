// Hot path. Reads what an endpoint reports of its own load in the head of an answer: `endpoint-load-metrics: TEXT cpu_utilization=0.3,…` or
// `JSON {"cpu_utilization":0.3,…}`. Names as in Open Request Cost Aggregation (xds.data.orca.v3.OrcaLoadReport) and as Envoy reads them.
// A report that cannot be read is no report. The binary form (`BIN`, `endpoint-load-metrics-bin`) is not read.
import { fieldValue } from '../../http/field-text.ts';

const headerName = 'endpoint-load-metrics';
const textMark = 'TEXT ';
const jsonMark = 'JSON ';
/** The maps of a report, whose entries are named `named_metrics.NAME` and `utilization.NAME`. */
const maps: Readonly<Record<string, string>> = {
  named_metrics: 'named_metrics.',
  namedMetrics: 'named_metrics.',
  utilization: 'utilization.',
};
/** Decimals, with an exponent or without. Not what else `Number` takes: nothing at all, blanks, hexadecimal. */
const decimalForm = /^\d{1,20}(\.\d{0,20})?([eE][+-]?\d{1,3})?$/;

export class LoadReport {
  /** Requests a second that the endpoint answers. */
  rate = 0;
  /** How many of them, a second, are errors. */
  errors = 0;
  /** How much of what it can do the endpoint is doing: 1 is all of it, and more is possible. 0 when the report does not tell. */
  utilisation = 0;
  /** Names that count when the endpoint tells no utilisation of the application as a whole. */
  readonly #metrics: ReadonlySet<string>;
  #application = 0;
  #named = 0;
  #cpu = 0;
  #isSound = true;

  /** `metrics`: `named_metrics.NAME`, `utilization.NAME`, `mem_utilization`, or NAME alone for an entry of either map. */
  constructor(metrics: readonly string[]) {
    this.#metrics = new Set(metrics.map((name) => (name === 'mem' ? 'mem_utilization' : name)));
  }

  /** Reads the report among the fields of an answer; false when there is none that can be read. */
  read(fields: string): boolean {
    const text = fieldValue(fields, headerName);
    if (text === undefined) return false;
    this.rate = this.errors = this.#application = this.#named = this.#cpu = 0;
    this.#isSound = true;
    if (text.startsWith(textMark)) this.#readPairs(text);
    else if (text.startsWith(jsonMark)) this.#readJson(text.slice(jsonMark.length));
    else return false;
    this.utilisation = this.#application > 0 ? this.#application : this.#named > 0 ? this.#named : this.#cpu;
    return this.#isSound;
  }

  /** `a=1,b=2`, with blanks or without. */
  #readPairs(text: string): void {
    let start = textMark.length;
    while (start < text.length) {
      const comma = text.indexOf(',', start);
      const end = comma < 0 ? text.length : comma;
      const equals = text.indexOf('=', start);
      if (equals < 0 || equals > end) this.#isSound = false;
      else this.#take(text.slice(start, equals).trim(), text.slice(equals + 1, end).trim());
      start = end + 1;
    }
  }

  #readJson(text: string): void {
    const report = parsedObject(text);
    if (report === undefined) {
      this.#isSound = false;
      return;
    }
    for (const [name, value] of Object.entries(report)) {
      const map = Object.hasOwn(maps, name) ? maps[name] : undefined;
      if (map === undefined) this.#take(name, value);
      else this.#takeMap(map, value);
    }
  }

  #takeMap(map: string, entries: unknown): void {
    if (typeof entries !== 'object' || entries === null) this.#isSound = false;
    else for (const [name, value] of Object.entries(entries)) this.#take(map + name, value);
  }

  /** Long names are those of the message, in either of JSON's writings; short ones are for people who write a report by hand. */
  #take(name: string, value: unknown): void {
    switch (name) {
      case 'rps_fractional':
      case 'rpsFractional':
      case 'rps':
        this.rate = this.#amount(value);
        break;
      case 'eps':
        this.errors = this.#amount(value);
        break;
      case 'application_utilization':
      case 'applicationUtilization':
      case 'application':
        this.#application = this.#amount(value);
        break;
      case 'cpu_utilization':
      case 'cpuUtilization':
      case 'cpu':
        this.#cpu = this.#amount(value);
        break;
      case 'mem':
      case 'memUtilization':
        this.#takeNamed('mem_utilization', value);
        break;
      default:
        this.#takeNamed(name, value);
    }
  }

  /** What nobody asked for is not even looked at. */
  #takeNamed(name: string, value: unknown): void {
    const metrics = this.#metrics;
    if (metrics.size === 0) return;
    if (metrics.has(name) || metrics.has(withoutMap(name))) this.#named = Math.max(this.#named, this.#amount(value));
  }

  #amount(value: unknown): number {
    const amount = typeof value === 'string' && decimalForm.test(value) ? Number(value) : value;
    if (typeof amount === 'number' && Number.isFinite(amount) && amount >= 0) return amount;
    this.#isSound = false;
    return 0;
  }
}

/** The name of a map's entry by itself. */
function withoutMap(name: string): string {
  if (name.startsWith('named_metrics.')) return name.slice('named_metrics.'.length);
  return name.startsWith('utilization.') ? name.slice('utilization.'.length) : name;
}

function parsedObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
