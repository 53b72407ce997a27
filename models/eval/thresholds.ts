import type { Head } from '../../detector/mod.ts';

/** What the detector reports to the evaluation, in place of the card's thresholds: AP needs the weak detections too. */
export interface EvalThresholds {
  readonly score: number;
  /** 1: no suppression. */
  readonly nmsIou: number;
  readonly maxDetections: number;
}

/** COCO counts the best 100 of each class; the programs below cut off at 300 of a picture. */
const maxDetections = 300;

const yolox: EvalThresholds = { score: 0.01, nmsIou: 0.65, maxDetections };
const ultralytics: EvalThresholds = { score: 0.001, nmsIou: 0.7, maxDetections };
const endToEnd: EvalThresholds = { score: 0.001, nmsIou: 1, maxDetections };

/**
 * The thresholds with which each family publishes its figures: YOLOX's `test_conf` and `nmsthre` (yolox/exp/yolox_base.py),
 * Ultralytics' `conf` and `iou` of `val`; DETR and end-to-end models suppress nothing.
 */
export function toEvalThresholds(head: Head): EvalThresholds {
  switch (head) {
    case 'yolox':
      return yolox;
    case 'yolov5':
    case 'yolov8':
      return ultralytics;
    case 'yolo-e2e':
    case 'detr':
      return endToEnd;
    default:
      return head satisfies never;
  }
}
