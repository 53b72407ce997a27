// `npm run dev`: the program from source, started again on every change, and the console's pages with hot reload.
import { spawn } from 'node:child_process';
import { findPackageBin, projectRoot, setUp } from './setup.mjs';

setUp({ build: false });
const options = { cwd: projectRoot, stdio: 'inherit' };
const children = [
  spawn(
    process.execPath,
    [
      findPackageBin('tsx', 'tsx'),
      'watch',
      '--clear-screen=false',
      'app/dev.ts',
      'start',
      ...process.argv.slice(2),
    ],
    options,
  ),
  spawn(process.execPath, [findPackageBin('vite', 'vite'), '--config', 'web/vite.config.ts'], options),
];
const stop = () => {
  for (const child of children) child.kill('SIGTERM');
};
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
for (const child of children) child.on('exit', stop);
