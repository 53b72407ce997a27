import { main } from './main.ts';

// The program from source under a watcher: see app/setup/dev.mjs.
await main(process.argv.slice(2));
