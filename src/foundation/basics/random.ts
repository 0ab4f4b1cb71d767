// A seeded generator with the interface that policies receive, so that tests and the simulator can replay a run.
// PCG and xoshiro256** want 64-bit integers; this is sfc32 (C. Doty-Humphrey, PractRand): 32-bit steps, 128 bits of state.

/** A number in [0, 1). */
export type Random = () => number;

/** The same seed always gives the same numbers. */
export function seeded(seed: number): Random {
  let a = 0;
  let b = seed | 0;
  let c = 0x9e3779b9 | 0;
  let counter = 1;

  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    // Cut to 32 bits, or it would be carried along as a fraction.
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 0x1_0000_0000;
  };

  // The first draws of neighbouring seeds resemble each other; these are thrown away.
  for (let round = 0; round < 12; round++) next();
  return next;
}
