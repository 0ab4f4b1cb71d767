// Endpoints for pools of tests, all alike.
import { times } from '../endpoints.ts';

export const some = (count: number, given: object = {}): object[] => times(count, () => given);
