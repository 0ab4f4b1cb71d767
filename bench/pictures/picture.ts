// What every picture has: a name, something to measure, and a way to draw what was measured. Drawing needs the data and nothing else, so that
// pictures can be drawn again without a simulation.

export interface Picture {
  /** Of its file, and of its data. */
  readonly name: string;
  /** Plain data. `effort` is 1 for what stands in the documents; with less the run is shorter and its figures are rough. */
  measure(effort: number): unknown;
  draw(data: unknown): string;
}

/** Keeps the type of the data between measuring and drawing; outside it is only written and read. */
export function definePicture<Data>(picture: {
  readonly name: string;
  readonly measure: (effort: number) => Data;
  readonly draw: (data: Data) => string;
}): Picture {
  // The data of a name comes from `measure` of the same name.
  return { ...picture, draw: (data) => picture.draw(data as Data) };
}

/** Four digits say more than the runs do. */
export const rounded = (value: number): number => Number(value.toPrecision(4));

export const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

export const percent = (share: number, digits = 0): string => `${(100 * share).toFixed(digits)} %`;
