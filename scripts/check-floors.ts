// `npm run floors`: fails when a file imports upward or sideways, or uses what its floor must not.

import { checkFloors } from './floors.ts';
import { isTypeScript, listFiles, readTexts } from './source-files.ts';

const paths = listFiles('src', isTypeScript);
const problems = checkFloors(readTexts(paths));
for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  console.error(`\nfloors: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'} in ${paths.length} files`);
  process.exitCode = 1;
} else {
  console.log(`floors: ${paths.length} files, each uses only what stands before it`);
}
