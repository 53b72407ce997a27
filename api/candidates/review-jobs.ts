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

/** Long turns look at the signal between two pieces of work: a console that closes leaves the rest to the next one. */
type Job = (context: ConsoleContext, signal: AbortSignal) => Promise<unknown>;

const jobs: readonly [string, Job][] = [
  ['leases', releaseLapsedLeases],
  ['decisions', settleDue],
  ['reminders', sendDueReminders],
  ['second looks', lookAgainWhenDue],
  ['limits', applyLimits],
  ['tuning set', makeTuningExamples],
];

/** Each job has turns of its own: a gateway that is slow holds up no decision. */
function openLane(context: ConsoleContext, name: string, job: Job): ReviewJobs {
  const closing = new AbortController();
  let turn: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const takeTurn = async (): Promise<void> => {
    if (closing.signal.aborted) return;
    await job(context, closing.signal).catch((error: unknown) =>
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
        if (!closing.signal.aborted) plan();
      });
    }, periodMs);
    timer.unref();
  };
  plan();
  return {
    run,
    async close() {
      closing.abort();
      clearTimeout(timer);
      await turn;
    },
  };
}
