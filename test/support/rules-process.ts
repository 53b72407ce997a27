// A process that runs the rules role alone: NATS_URL, RULES_OPTIONS (JSON). Tells on stdout how far it is, one number a line.
import { startRulesRole } from '../../app/roles/rules-role.ts';
import { openNatsBus } from '../../platform/bus/nats-bus.ts';
import { createLogger } from '../../platform/log/logger.ts';

const url = process.env['NATS_URL'] ?? '';
const options = JSON.parse(process.env['RULES_OPTIONS'] ?? '{}') as {
  shards?: number[];
  saveEachMs?: number;
  renewMs?: number;
};
const logger = createLogger('warn');
const bus = await openNatsBus({ url, name: 'rules alone', logger });
const role = await startRulesRole({ bus, logger, ...options });
let told = -1;
const telling = setInterval(() => {
  const seq = role.readSeq();
  if (seq !== told) process.stdout.write(`${seq}\n`);
  told = seq;
}, 20);
process.on('SIGTERM', () => {
  clearInterval(telling);
  void role.stop().then(() => bus.close());
});
