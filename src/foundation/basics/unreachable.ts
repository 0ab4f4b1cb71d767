// Lets the compiler prove that a switch is complete.

export function unreachable(value: never): never {
  throw new Error(`Unreachable: ${String(value)}`);
}
