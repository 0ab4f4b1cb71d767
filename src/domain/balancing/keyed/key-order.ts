// What each keyed policy brings: for any key, the order in which it wants endpoints. The rest is the same for all (keyed-picker.ts).

/** One at a time: `next` goes on for the key that `first` was asked for last. Endpoints are told by their place in the list. */
export interface KeyOrder {
  /** Whose the key is. */
  first(key: string): number;
  /** Who comes next for it, also one that came before; negative when the order knows no more. */
  next(): number;
}
