// What the guard around a policy of the user's own costs for each pick, and what a pick costs that the policy fails to make.
import { guardPicker } from '../src/domain/balancing/guarded-picker.ts';
import { roundRobin } from '../src/domain/balancing/policies/round-robin.ts';
import type { Picker } from '../src/domain/balancing/policy.ts';
import { endpointsOf, policyTools, times } from '../test/support/endpoints.ts';
import type { MicroCase } from './micro.ts';
import { measure } from './micro.ts';

const request = { key: undefined, attempt: 0 };

const cases = [3, 100, 1000].flatMap((count): readonly MicroCase[] => {
  const candidates = endpointsOf(times(count, () => 1));
  const turns = (): Picker => roundRobin.build(candidates, {}, policyTools());
  const guarded = (picker: Picker): Picker => guardPicker({ picker, fallback: turns(), candidates, report: () => undefined });
  const failing = {
    pick: () => {
      throw new Error('boom');
    },
  };
  const caseOf = (name: string, picker: Picker): MicroCase => ({
    name: `${name}, ${count} endpoints`,
    run: (calls) => {
      let sum = 0;
      for (let call = 0; call < calls; call++) sum += picker.pick(request).load.slot;
      return sum;
    },
  });
  return [caseOf('unguarded', turns()), caseOf('guarded', guarded(turns())), caseOf('guarded, throws each time', guarded(failing))];
});

measure('A pick by turns', cases);
