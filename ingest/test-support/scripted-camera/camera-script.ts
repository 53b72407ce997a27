import type { RtspMessage } from '../../../samples/rtsp-camera/mod.ts';
import type { SenderReport } from './packetise.ts';

/** What goes to a client by the stream's transport. */
export interface SentPacket {
  /** As it was set up: RTP even, RTCP odd. */
  readonly channel: number;
  readonly bytes: Buffer;
}

/** An answer that is not sent whole and at once: nothing, a byte at a time, or one after which the connection is closed. */
export type Answer =
  | string
  | { readonly kind: 'none' }
  | { readonly kind: 'slow'; readonly text: string; readonly byteMs: number }
  | { readonly kind: 'last'; readonly text: string };

/** What a camera does otherwise than it should; looked at anew for each request and each packet. */
export interface CameraScript {
  /** Answers a request; `right`: what it should be answered with. */
  answer?(request: RtspMessage, right: string): Answer;
  /** Changes the description. */
  describe?(sdp: string): string;
  /** Which of the encodings is sent, from the next keyframe on; default 0. */
  readonly encoding?: number;
  /** Changes a picture's time, 90 kHz ticks. */
  ticks?(ticks: number): number;
  /** Changes what is sent in place of a packet. */
  packets?(packet: SentPacket): readonly SentPacket[];
  /** Changes the clock's report; `null`: none is sent. */
  report?(report: SenderReport): SenderReport | null;
  /** What the interleaved packets are framed as; default as RFC 2326 says. */
  frame?(framed: Buffer): Buffer;
  /** Sends these pictures alone. */
  isSent?(unit: { readonly isKey: boolean; readonly number: number }): boolean;
}
