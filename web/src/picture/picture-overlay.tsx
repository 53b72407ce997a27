import type { Box, Polygon } from '../../../domain/mod.ts';

/** Zone and box over a picture. Each line is drawn dark and wide, then light and narrow: it shows on any ground. */
export function PictureOverlay({
  zone,
  box,
  label,
}: {
  readonly zone: Polygon | null;
  readonly box: Box | null;
  readonly label?: string;
}) {
  const points = zone?.map(([x, y]) => `${x},${y}`).join(' ');
  return (
    <>
      <svg className="overlay" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
        {points !== undefined && (
          <>
            <polygon className="overlay-zone-ground" points={points} vectorEffect="non-scaling-stroke" />
            <polygon className="overlay-zone" points={points} vectorEffect="non-scaling-stroke" />
          </>
        )}
        {box !== null && (
          <>
            <rect className="overlay-box-ground" {...toRect(box)} vectorEffect="non-scaling-stroke" />
            <rect className="overlay-box" {...toRect(box)} vectorEffect="non-scaling-stroke" />
          </>
        )}
      </svg>
      {box !== null && label !== undefined && (
        <span className={box[1] < 0.08 ? 'overlay-label inside' : 'overlay-label'} style={toLabelPlace(box)}>
          {label}
        </span>
      )}
    </>
  );
}

function toRect([x1, y1, x2, y2]: Box): { x: number; y: number; width: number; height: number } {
  return { x: x1, y: y1, width: Math.max(0, x2 - x1), height: Math.max(0, y2 - y1) };
}

function toLabelPlace([x1, y1]: Box): { left: string; top: string } {
  return { left: `${(x1 * 100).toFixed(2)}%`, top: `${(y1 * 100).toFixed(2)}%` };
}
