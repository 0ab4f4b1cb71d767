// Every picture of docs/choosing-a-policy.md, one line each.
import { contendedPicture } from './contended.ts';
import { failingFastPicture } from './failing-fast.ts';
import { hotKeysPicture } from './hot-keys.ts';
import { loadPicture } from './load.ts';
import { movedKeysPicture } from './moved-keys.ts';
import { oldNewsPicture } from './old-news.ts';
import type { Picture } from './picture.ts';
import { slowEndpointPicture } from './slow-endpoint.ts';
import { slowStartPicture } from './slow-start.ts';
import { turnsPicture } from './turns.ts';
import { unequalPicture } from './unequal.ts';
import { variabilityPicture } from './variability.ts';

export const pictures: readonly Picture[] = [
  loadPicture,
  variabilityPicture,
  oldNewsPicture,
  slowEndpointPicture,
  failingFastPicture,
  unequalPicture,
  contendedPicture,
  movedKeysPicture,
  hotKeysPicture,
  turnsPicture,
  slowStartPicture,
];
