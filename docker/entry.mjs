// The compiled program without the set-up that a checkout runs: the image was built with everything.
import { main } from '../dist/app/main.js';

await main(process.argv.slice(2));
