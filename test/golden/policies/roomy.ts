// A policy as users write it, for documents in test/golden.
import { count, definePolicy, duration, word } from 'evenkeel';

export default definePolicy({
  name: 'roomy',
  summary: 'Picks the first endpoint that has room.',
  options: {
    room: count({ least: 1, most: 100, default: 10, about: 'Requests in flight that are room enough.' }),
    wait: duration({ default: '250ms', about: 'For nothing.' }),
    order: word({ words: ['forward', 'backward'], default: 'forward', about: 'Where it begins.' }),
  },
  build: (candidates, { room }) => ({
    pick: () => candidates.find(({ load }) => load.inFlight < room) ?? candidates[0],
  }),
});
