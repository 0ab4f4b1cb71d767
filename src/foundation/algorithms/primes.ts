// Primes for tables that are walked with a step: with a prime length every step comes by all places before any comes twice.

/** The number itself or the first prime after it, from 2 up. */
export function primeFrom(number: number): number {
  let candidate = Math.max(2, Math.ceil(number));
  while (!isPrime(candidate)) candidate++;
  return candidate;
}

function isPrime(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) return false;
  return true;
}
