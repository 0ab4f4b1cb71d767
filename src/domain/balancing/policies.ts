// Every balancing policy, one line each. Configuration, documentation, the simulator and the shared tests read this list.
export { consistentHash } from './policies/consistent-hash.ts';
export { content } from './policies/content.ts';
export { firstAvailable } from './policies/first-available.ts';
export { hash } from './policies/hash.ts';
export { ipHash } from './policies/ip-hash.ts';
export { leastConnections } from './policies/least-connections.ts';
export { leastTime } from './policies/least-time.ts';
export { maglev } from './policies/maglev.ts';
export { peakEwma } from './policies/peak-ewma.ts';
export { powerOfTwoChoices } from './policies/power-of-two-choices.ts';
export { prequal } from './policies/prequal.ts';
export { random } from './policies/random.ts';
export { rendezvous } from './policies/rendezvous.ts';
export { roundRobin } from './policies/round-robin.ts';
export { utilisation } from './policies/utilisation.ts';
export { weightedRandom } from './policies/weighted-random.ts';
