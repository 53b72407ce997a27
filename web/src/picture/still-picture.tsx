import { type CSSProperties, useCallback, useState } from 'react';
import type { Box, Polygon } from '../../../domain/mod.ts';
import { FailedPicture } from './failed-picture.tsx';
import { PictureOverlay } from './picture-overlay.tsx';

export interface StillPictureProps {
  readonly url: string;
  readonly alt: string;
  readonly width: number;
  readonly height: number;
  readonly zone: Polygon | null;
  readonly box: Box | null;
  readonly overlay: boolean;
  readonly label?: string;
  /** Enlarge the surroundings of the box. */
  readonly zoomed?: boolean;
  /** The picture is there, whole. */
  readonly onDrawn?: () => void;
}

/** The original picture with zone and box drawn over it, never into it. */
export function StillPicture(props: StillPictureProps) {
  // Kept by address: a failed picture must not hide the next one.
  const [failedUrl, setFailedUrl] = useState<string | null>(null);
  const zoom = props.zoomed === true && props.box !== null ? toZoom(props.box) : undefined;
  const retry = useCallback(() => setFailedUrl(null), []);
  const isFailed = failedUrl === props.url;
  const shape = { '--ratio': props.width / props.height } as CSSProperties;
  return (
    <div className="picture" style={shape}>
      <div className="picture-layer" style={isFailed ? undefined : zoom}>
        {isFailed ? (
          <FailedPicture url={props.url} onRetry={retry} />
        ) : (
          <img
            src={props.url}
            alt={props.alt}
            width={props.width}
            height={props.height}
            onLoad={props.onDrawn}
            onError={() => setFailedUrl(props.url)}
          />
        )}
        {props.overlay && (
          <PictureOverlay
            zone={props.zone}
            box={props.box}
            {...(props.label ? { label: props.label } : {})}
          />
        )}
      </div>
    </div>
  );
}

const maxZoom = 6;
const zoomMargin = 2.2;

/** Scales and shifts a picture so that the box, with some surroundings, fills it; edges stay at the edges. */
export function toZoom(box: Box): CSSProperties {
  const [x1, y1, x2, y2] = box;
  const extent = Math.max(x2 - x1, y2 - y1, 0.01) * zoomMargin;
  const scale = Math.min(maxZoom, Math.max(1, 1 / extent));
  const toShift = (center: number) => Math.min(0, Math.max(1 - scale, 0.5 - center * scale)) * 100;
  const left = toShift((x1 + x2) / 2);
  const top = toShift((y1 + y2) / 2);
  return {
    // Lines and words over the picture divide by it: they stay as thin and as small as they were.
    '--zoom': scale.toFixed(3),
    transformOrigin: '0 0',
    transform: `translate(${left.toFixed(2)}%, ${top.toFixed(2)}%) scale(${scale.toFixed(3)})`,
  } as CSSProperties;
}
