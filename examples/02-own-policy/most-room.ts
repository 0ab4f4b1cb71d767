// Picks the endpoint that can take the most requests more: its weight times `room`, less what it has in flight.
import { count, definePolicy, type Endpoint } from 'evenkeel';

export default definePolicy({
  name: 'most-room',
  summary: 'Picks the endpoint that can take the most requests more.',
  options: { room: count({ least: 1, most: 10_000, default: 100, about: 'Requests in flight that an endpoint of weight 1 takes.' }) },
  build: (candidates, { room }) => {
    const left = ({ weight, load }: Endpoint): number => weight * room - load.inFlight;
    return { pick: () => candidates.reduce((best, other) => (left(other) > left(best) ? other : best)) };
  },
});
