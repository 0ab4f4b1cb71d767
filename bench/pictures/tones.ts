// A policy has the same colour in all pictures.
import type { Tone } from './drawing/svg.ts';

export const toneOf: Readonly<Record<string, Tone>> = {
  random: 'grey',
  'weighted-random': 'grey',
  'round-robin': 'red',
  'power-of-two-choices': 'blue',
  'least-connections': 'green',
  'peak-ewma': 'purple',
  'least-time': 'amber',
  prequal: 'cyan',
  utilisation: 'grey',
  hash: 'grey',
  'ip-hash': 'red',
  'consistent-hash': 'amber',
  maglev: 'blue',
  rendezvous: 'green',
  content: 'purple',
};

export const tone = (policy: string): Tone => toneOf[policy] ?? 'grey';
