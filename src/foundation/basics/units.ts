// Numbers that carry their unit in the type, so that a size cannot be passed where a duration is meant.

declare const unit: unique symbol;
type Measured<Unit extends string> = number & { readonly [unit]: Unit };

export type Milliseconds = Measured<'Milliseconds'>;
export type Bytes = Measured<'Bytes'>;

export const milliseconds = (value: number): Milliseconds => value as Milliseconds;
export const bytes = (value: number): Bytes => value as Bytes;
