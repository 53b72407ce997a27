import type { CameraHealth } from '../../domain/mod.ts';
import type { Bus, Logger } from '../../platform/mod.ts';

/** The one place where a camera's health leaves its process: to the bus each time, to the log when something has changed. */
export function createHealthReport(bus: Bus, logger: Logger): (health: CameraHealth) => void {
  let last: CameraHealth | null = null;
  return (health) => {
    bus.publishLive(`health.${health.camera}`, health);
    const { problem, reason } = health.view;
    if (problem !== (last?.view.problem ?? null)) {
      if (problem === null) logger.info({ was: last?.view.problem }, 'the view is good again');
      else logger.warn({ problem, reason }, 'the view is not as it should be');
    }
    const isStarved = health.sampling?.isStarved ?? false;
    if (isStarved !== (last?.sampling?.isStarved ?? false)) {
      if (isStarved)
        logger.warn({ reason: health.sampling?.reason }, 'samples are too far apart for the rules');
      else logger.info({}, 'samples are close enough again');
    }
    last = health;
  };
}
