// `npm start`: set up what is missing, then become the program. One process, so that whoever stops it stops the program.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot, setUp } from './setup.mjs';

setUp();
const program = await import(pathToFileURL(path.join(projectRoot, 'dist/app/main.js')).href);
await program.main(process.argv.slice(2));
