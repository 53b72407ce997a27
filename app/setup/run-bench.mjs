// `npm run bench:NAME`: set up and build, then run one measuring program of bench/ from source.
import path from 'node:path';
import { projectRoot, runThrough, setUp } from './setup.mjs';

setUp();
const [name, ...args] = process.argv.slice(2);
process.exitCode = runThrough(process.execPath, [
  '--expose-gc', // the soak compares memory after a collection
  '--import',
  'tsx',
  path.join(projectRoot, 'bench', `${name}.ts`),
  ...args,
]);
