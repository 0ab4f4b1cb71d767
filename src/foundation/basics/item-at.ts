// The item at an index that the caller knows to be in range, which the compiler cannot see.

export function itemAt<Item>(list: readonly Item[], index: number): Item {
  // The cast drops the `undefined` that an index out of range would give.
  return list[index] as Item;
}
