// A policy with a mistake: at every tenth pick it looks for an endpoint that is not there.
import { definePolicy, type Endpoint } from 'evenkeel';

export default definePolicy({
  name: 'faulty',
  summary: 'Picks the first endpoint, as long as it can.',
  options: {},
  build: (candidates) => {
    let picks = 0;
    return {
      pick: (): Endpoint => {
        picks++;
        if (picks % 10 === 0) throw new Error(`no endpoint for pick ${picks}`);
        return candidates[0];
      },
    };
  },
});
