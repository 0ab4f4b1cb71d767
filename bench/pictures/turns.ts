// Where the turns of weights 5, 1 and 1 fall: as a list would have them, drawn, and as round-robin gives them.
import { buildPicker } from '../../src/domain/balancing/build-picker.ts';
import { policySettings } from '../../src/domain/balancing/policy-settings.ts';
import { seeded } from '../../src/foundation/basics/random.ts';
import { endpointsOf, policyTools, times } from '../../test/support/endpoints.ts';
import { drawStrips } from './drawing/strips.ts';
import { definePicture } from './picture.ts';

const weights = [5, 1, 1];
const round = 7;
const rounds = 3;

export interface TurnsData {
  readonly weights: readonly number[];
  readonly turns: Readonly<Record<string, readonly number[]>>;
}

export const turnsPicture = definePicture<TurnsData>({
  name: 'turns',
  measure: () => ({
    weights,
    turns: {
      'in the order of a list': times(round * rounds, (turn) => Math.max(0, (turn % round) - 4)),
      'weighted-random': turnsOf('weighted-random', seeded(6)),
      'round-robin': turnsOf('round-robin', () => 0),
    },
  }),
  draw,
});

function turnsOf(policy: 'round-robin' | 'weighted-random', random: () => number): number[] {
  const endpoints = endpointsOf(weights);
  const picker = buildPicker(policySettings.parse(policy), endpoints, policyTools({ random }));
  return times(round * rounds, () => endpoints.indexOf(picker.pick({ key: undefined, attempt: 0 })));
}

function draw({ turns }: TurnsData): string {
  return drawStrips({
    title: 'The turns of weights 5, 1 and 1',
    description:
      'Three rounds of seven turns. In the order of a list, endpoint a has five turns in a row. Drawn at random there is no order. round-robin spreads the turns of b and c between those of a, and every round has exactly 5, 1 and 1.',
    heading: 'Who has which turn, with weights a: 5, b: 1, c: 1',
    note: 'time →',
    strips: Object.entries(turns).map(([name, all]) => ({ name, turns: all })),
    members: [
      { letter: 'a', tone: 'blue' },
      { letter: 'b', tone: 'red' },
      { letter: 'c', tone: 'amber' },
    ],
    round,
  });
}
