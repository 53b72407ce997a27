import { toMessage } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import { lookAgainWhenDue } from '../reminders/second-look.ts';
import { sendDueReminders } from '../reminders/send-reminders.ts';
import { makeTuningExamples } from '../tuning-set/make-examples.ts';
import { releaseLapsedLeases } from './lease.ts';
import { applyLimits } from './review-limits.ts';
import { settleDue } from './settle.ts';

const periodMs = 500;

export interface ReviewJobs {
  /** Does now whatever is due now; waits for a turn that is under way. */
  run(): Promise<void>;
  /** Waits for the turn that is under way; what is not done stays due in the database. */
  close(): Promise<void>;
}

/**
 * What happens without anybody asking: leases lapse, decisions take effect, reminders go out, the system looks again, limits
 * run out, decisions become examples. All that is to be done stands in the database, so that any console may do it at any time,
 * after a restart as well, and each thing is done once.
 */
export function openReviewJobs(context: ConsoleContext): ReviewJobs {
  const lanes = jobs.map(([name, job]) => openLane(context, name, job));
  return {
    async run() {
      for (const lane of lanes) await lane.run();
    },
    async close() {
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
}

const jobs: readonly [string, (context: ConsoleContext) => Promise<unknown>][] = [
  ['leases', releaseLapsedLeases],
  ['decisions', settleDue],
  ['reminders', sendDueReminders],
  ['second looks', lookAgainWhenDue],
  ['limits', applyLimits],
  ['tuning set', makeTuningExamples],
];

/** Each job has turns of its own: a gateway that is slow holds up no decision. */
function openLane(
  context: ConsoleContext,
  name: string,
  job: (context: ConsoleContext) => Promise<unknown>,
): ReviewJobs {
  let isClosed = false;
  let turn: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const takeTurn = async (): Promise<void> => {
    if (isClosed) return;
    await job(context).catch((error: unknown) =>
      context.logger.error({ job: name, error: toMessage(error) }, 'a job of the review failed'),
    );
  };
  const run = (): Promise<void> => {
    turn = turn.then(takeTurn);
    return turn;
  };
  const plan = () => {
    timer = setTimeout(() => {
      void run().finally(() => {
        if (!isClosed) plan();
      });
    }, periodMs);
    timer.unref();
  };
  plan();
  return {
    run,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await turn;
    },
  };
}
