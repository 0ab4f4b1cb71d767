// What is no policy yet, in several ways.
import { count } from 'evenkeel';

export default {
  name: 7,
  options: {
    room: count({ least: 1, most: 10, default: 0, about: 'Less than the least.' }),
    rest: 'count',
    policy: count({ least: 1, most: 10, default: 1, about: 'A name that is taken.' }),
  },
  pick: () => undefined,
  keyedOn: 'client',
};
